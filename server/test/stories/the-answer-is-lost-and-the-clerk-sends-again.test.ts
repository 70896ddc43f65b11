import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeLetter } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld([{ code: 'H64.31' }, { code: 'G10' }]);
  await world.serve();
});
afterAll(() => world.drop());

test('the letter arrives once, and the second answer is the one that was lost', async () => {
  const letter = { from: 'H64.31', to: ['G10'], number: '128' };
  const bytes = await writeLetter(letter);
  // The connection breaks at the first byte of the answer: the commit has happened, the sender does not know.
  await world
    .client('H64.31')
    .sendEdoc(bytes, { hangsUp: true })
    .catch(() => undefined);

  const again = await world.client('H64.31').sendEdoc(bytes);
  const rebuilt = await writeLetter({ ...letter, sentAt: Temporal.Instant.from('2026-11-20T11:45:00Z') });
  const third = await world.client('H64.31').sendEdoc(rebuilt);
  expect(again.answer.status).toBe('OK');
  expect([third.answer.DocId, third.receipt]).toEqual([again.answer.DocId, again.receipt]);
  expect(await receiveAll(world.client('G10'))).toHaveLength(1);
});

test('an upload that is cut in the middle leaves nothing, and the next one succeeds', async () => {
  const bytes = await writeLetter({ from: 'H64.31', to: ['G10'], content: Buffer.alloc(300_000, 'a') });
  const client = world.client('H64.31');
  await client.sendEdoc(bytes, { cutAfterBytes: 120_000 }).catch(() => undefined);
  expect((await world.client('G10').countReceiveEdoc()).answer.count).toBe(0);
  expect((await client.sendEdoc(bytes)).answer.status).toBe('OK');
  expect(await receiveAll(world.client('G10'))).toHaveLength(1);
});
