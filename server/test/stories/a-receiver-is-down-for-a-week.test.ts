/**
 * A receiver whose system is down: its mail waits, the sender is reminded, then told that it was returned; when the system
 * comes back it collects everything all the same. And a letter that its system dies of does not hold up the others.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redeliver } from '#exchange';
import { climbLadder } from '../../src/modules/exchange/duties/climb-ladder.ts';
import { followAll } from '../support/following.ts';
import { documentIdOf, writeLetter, writeReport } from '../support/letters.ts';
import { receiveAll, textOf } from '../support/receive.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const waiting = 'Chờ nhận';
const stored = 'Bên nhận đã nhận đủ';
const returned = 'Quá hạn không nhận, đã báo trả lại bên gửi';
const setAside = 'Chờ nhận, đã thử chuyển nhiều lần không thành công';

let world: World;
beforeAll(async () => {
  world = await createWorld([{ code: 'H64.31' }, { code: 'G10' }, { code: 'G12' }]);
  await world.serve();
});
afterAll(() => world.drop());

test('its mail waits, the sender is reminded and told of the return, and the late collection counts', async () => {
  const commune = world.client('H64.31');
  const sent = [];
  for (const number of ['1', '2']) {
    const letter = await writeLetter({ from: 'H64.31', to: ['G10', 'G12'], number });
    sent.push((await commune.sendEdoc(letter)).answer.DocId!);
  }
  await receiveAll(world.client('G12'));
  await followAll(world);

  await climbUntil({ days: 8 });
  const { answer: history } = await commune.getSentEdocHistory(sent[0]!);
  const told = (history.data as { event: string }[]).map(({ event }) => event);
  expect(told).toContain('exchange.delivery_overdue');
  expect(await stateOf(sent[0]!)).toEqual([waiting, stored]);

  await climbUntil({ days: 15 });
  expect(await statesOf(sent)).toEqual([
    [returned, stored],
    [returned, stored],
  ]);
  const notices = await receiveAll(commune, 'status');
  expect(notices.map(({ bytes }) => [textOf('StatusCode', bytes), textOf('DocumentId', bytes)])).toEqual(
    ['1', '2'].map((number) => ['02', documentIdOf({ from: 'H64.31', number })]),
  );

  // The system is back: all of it is there, in its order, and the sender sees it.
  const collected = await receiveAll(world.client('G10'));
  expect(collected.map(({ bytes }) => textOf('DocumentId', bytes))).toEqual(
    ['1', '2'].map((number) => documentIdOf({ from: 'H64.31', number })),
  );
  expect(await statesOf(sent)).toEqual([
    [stored, stored],
    [stored, stored],
  ]);
  const about = { from: 'H64.31', documentId: documentIdOf({ from: 'H64.31', number: '1' }) };
  const report = writeReport({ from: 'G10', about, code: '03' });
  expect((await world.client('G10').sendEdoc(report, { kind: 'status' })).answer.status).toBe('OK');
});

test('a letter that its system dies of is set aside after a hundred attempts, others go on, and it can be released', async () => {
  const [commune, ministry] = [world.client('H64.31'), world.client('G10')];
  const poison = await commune.sendEdoc(await writeLetter({ from: 'H64.31', to: ['G10'], number: '3' }));
  const [copy] = (await ministry.getReceivedEdocList()).answer.data as { docId: string }[];
  for (let attempt = 0; attempt < 100; attempt++) await ministry.downloadEdoc(copy!.docId);

  await commune.sendEdoc(await writeLetter({ from: 'H64.31', to: ['G10'], number: '4' }));
  const others = await receiveAll(ministry);
  expect(others.map(({ bytes }) => textOf('DocumentId', bytes))).toEqual([
    documentIdOf({ from: 'H64.31', number: '4' }),
  ]);
  expect(await stateOf(poison.answer.DocId!)).toEqual([setAside]);

  const { receivesFor: organisations } = await world.caller('G10');
  await redeliver(world.exchange, { organisations, actor: { method: 'operator' }, id: copy!.docId });
  expect(await receiveAll(ministry)).toHaveLength(1);
  expect(await stateOf(poison.answer.DocId!)).toEqual([stored]);
});

/** As if so much time had passed; the ladder alone looks at the clock. */
async function climbUntil(later: { readonly days: number }): Promise<void> {
  const now = Temporal.Now.instant().add({ hours: 24 * later.days });
  while ((await climbLadder(world.exchange, { now })).copies > 0);
}

async function statesOf(envelopes: readonly string[]): Promise<string[][]> {
  return Promise.all(envelopes.map(stateOf));
}

/** What the list of what was sent says of each copy, in the order of the recipients. */
async function stateOf(envelopeId: string): Promise<string[]> {
  const { answer } = await world.client('H64.31').getSentEdocList('edoc', envelopeId);
  return (answer.data as { toCode: string; receiveStatusDesc: string }[])
    .sort((a, b) => a.toCode.localeCompare(b.toCode))
    .map(({ receiveStatusDesc }) => receiveStatusDesc);
}
