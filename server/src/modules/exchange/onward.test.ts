/** A circular passed on: the ministry that sent it sees how many communes have it, and none of their names. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, writeLetter } from '../../../test/support/letters.ts';
import { createWorld } from '../../../test/support/world.ts';
import type { World } from '../../../test/support/world.ts';
import { fetchDelivery, listWaiting, readOnward, readTimeline, send } from './index.ts';

let world: World;
beforeAll(async () => {
  const codes = ['G10', 'H64', 'H64.31', 'H64.31.1', 'H64.31.2', 'H64.32'];
  world = await createWorld(codes.map((code) => ({ code })));
});
afterAll(() => world.drop());

test('over two levels, the origin sees counts and statuses, and nobody else sees anything', async () => {
  const circular = await sendLetter('G10', ['H64']);
  const ofProvince = await fetchOne('H64');
  await sendLetter('H64', ['H64.31', 'H64.32', 'X99'], ofProvince);
  const ofDistrict = await fetchOne('H64.31');
  const third = await sendLetter('H64.31', ['H64.31.1', 'H64.31.2'], ofDistrict);
  await fetchOne('H64.31.1');

  const progress = await readOnward(world.exchange, await world.caller('G10'), circular.envelopeId);
  expect(progress).toEqual({
    recipients: 5,
    reached: 2,
    counts: [
      { state: 'fetched', businessStatus: null, recipients: 2 },
      { state: 'refused', businessStatus: null, recipients: 1 },
      { state: 'waiting', businessStatus: null, recipients: 2 },
    ],
  });
  expect(await readOnward(world.exchange, await world.caller('H64.31'), third.envelopeId)).toEqual({
    recipients: 0,
    reached: 0,
    counts: [],
  });
  for (const stranger of ['H64', 'H64.31']) {
    await expect(
      readOnward(world.exchange, await world.caller(stranger), circular.envelopeId),
    ).rejects.toThrow(/envelope_unknown/);
  }
  const [accepted] = await readTimeline(world.exchange, await world.caller('H64.31'), third.envelopeId);
  const payload = JSON.parse(Buffer.from(accepted!.receipt.split('.')[1]!, 'base64url').toString());
  expect(payload.claims).toMatchObject({ onwardOf: ofDistrict, origin: circular.envelopeId });
});

test('only what the sender received, fetched and still holds is passed on', async () => {
  await sendLetter('G10', ['H64']);
  const unseen = (await mailOf('H64')).find(({ state }) => state === 'waiting');
  for (const copy of ['nothing', '01a200e6-d226-7683-890c-8437bbcddd88', unseen!.deliveryId]) {
    await expect(sendLetter('H64', ['H64.31'], copy)).rejects.toThrow(/onward_unknown/);
  }
  const held = await fetchOne('H64');
  await expect(sendLetter('H64.32', ['H64.31'], held)).rejects.toThrow(/onward_unknown/);
});

async function sendLetter(from: string, to: readonly string[], onwardOf?: string) {
  const bytes = await writeLetter({ from, to });
  return send(world.exchange, await world.caller(from), {
    kind: 'document',
    from: undefined,
    sizeBytes: bytes.length,
    body: bodyOf(bytes),
    ...(onwardOf !== undefined && { onwardOf }),
  });
}

async function mailOf(code: string) {
  return listWaiting(world.exchange, await world.caller(code), { kind: 'document' });
}

async function fetchOne(code: string): Promise<string> {
  const [mail] = await mailOf(code);
  await fetchDelivery(world.exchange, await world.caller(code), mail!.deliveryId);
  return mail!.deliveryId;
}
