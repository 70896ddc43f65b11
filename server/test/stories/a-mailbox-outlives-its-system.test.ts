/** Mail waits while its agency is merged and gets another system: nothing of it is lost, and who owes what stays clear. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSystem, assignOrganisation, findSystem, mergeOrganisations } from '#directory';
import {
  callerOf,
  climbLadder,
  fetchDelivery,
  listSent,
  listWaiting,
  makeEvents,
  markDelivery,
  readFeed,
  send,
  watchDeadlines,
} from '#exchange';
import type { Caller, Sent } from '#exchange';
import type { Actor } from '#foundation/evidence';
import { assert } from '#foundation/refusal';
import { listLate } from '../../src/modules/exchange/duties/list-late.ts';
import { acceptedAt, followAll } from '../support/following.ts';
import { bodyOf, writeLetter } from '../support/letters.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const operator: Actor = { method: 'operator', credential: 'quan-tri' };
let world: World;
let former: Caller;
let waiting: Sent;
let begin: string;
beforeAll(async () => {
  world = await createWorld([{ code: 'G10' }, { code: 'H64.1' }, { code: 'H64.2' }]);
  former = await world.caller('H64.1');
  begin = (await readFeed(world.exchange, await world.caller('G10'), {})).cursor;
  waiting = await sendTo('H64.1');
  await acceptedAt(world, waiting.envelopeId, { at: '2026-06-01T09:00:00+07' });
  await followAll(world);
});
afterAll(() => world.drop());

test('the agency is merged while its mail waits: new mail is refused, what waits stays and climbs on', async () => {
  await mergeOrganisations(world.platform, { codes: ['H64.1'], into: 'H64.2' }, operator);
  await expect(sendTo('H64.1')).rejects.toThrow(/recipient/);
  const climbed = await climbLadder(world.exchange, { now: Temporal.Instant.from('2026-06-01T11:00:00+07') });
  expect(climbed).toMatchObject({ remindedOperator: 1, failures: [] });
});

test('another system receives for it: the former one sees nothing more, the new one has the mail, the duty and the feed', async () => {
  const { credential } = await addSystem(
    world.platform,
    { externalId: 'sys.moi', name: 'Hệ thống mới', parentCode: 'H64.2', needsApproval: false },
    operator,
  );
  await assignOrganisation(world.platform, { system: 'sys.moi', code: 'H64.1', receives: true }, operator);
  const successor = await callerNow('sys.moi', credential.credentialId);
  const formerNow = await callerNow(former.externalId, former.credentialId);
  expect(await waitingOf(formerNow)).toEqual([]);
  expect(await waitingOf(successor)).toHaveLength(1);

  const overdue = await climbLadder(world.exchange, { now: Temporal.Instant.from('2026-06-02T09:00:00+07') });
  expect(overdue).toMatchObject({ remindedSender: 1, failures: [] });
  while ((await watchDeadlines(world.platform)) > 0);
  const late = await listLate(world.exchange, successor, { of: 'own' });
  expect(late.map(({ rule, holder }) => ({ rule, holder }))).toEqual([{ rule: 'confirm', holder: 'H64.1' }]);

  const [copy] = await waitingOf(successor);
  await fetchDelivery(world.exchange, successor, copy!);
  await markDelivery(world.exchange, successor, { id: copy!, mark: 'done' });
  await followAll(world);
  while (await makeEvents(world.exchange));
  const sender = await world.caller('G10');
  const { events } = await readFeed(world.exchange, sender, { after: begin });
  expect(events.map(({ kind }) => kind)).toEqual([
    'exchange.accepted',
    'exchange.delivery_overdue',
    'exchange.fetched',
    'exchange.done',
  ]);
  const [row] = await listSent(world.exchange, sender, { kind: 'document', envelopeId: waiting.envelopeId });
  expect(row).toMatchObject({ state: 'done', overdueAt: null });
  const later = await climbLadder(world.exchange, { now: Temporal.Instant.from('2026-07-01T09:00:00+07') });
  expect(later).toMatchObject({ copies: 0, returned: 0 });
});

async function sendTo(code: string): Promise<Sent> {
  const bytes = await writeLetter({ from: 'G10', to: [code] });
  const message = { kind: 'document', from: undefined, sizeBytes: bytes.length } as const;
  return send(world.exchange, await world.caller('G10'), { ...message, body: bodyOf(bytes) });
}

async function callerNow(system: string, credentialId: Caller['credentialId']): Promise<Caller> {
  const found = await findSystem(world.platform, system);
  assert(found, 'the system is in the directory');
  return callerOf(found, { credentialId, method: 'vxp' });
}

async function waitingOf(caller: Caller) {
  const rows = await listWaiting(world.exchange, caller, { kind: 'document' });
  return rows.map(({ deliveryId }) => deliveryId);
}
