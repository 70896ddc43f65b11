/**
 * A ministry writes to a province, the province passes it on to its communes: the ministry sees in the history of its own
 * letter how far it has come, in counts. Who the communes are and what they answered stays between them and the province.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeLetter } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const communes = ['H64.31', 'H64.32', 'H64.33'];

let world: World;
beforeAll(async () => {
  world = await createWorld([{ code: 'G10' }, { code: 'H64' }, ...communes.map((code) => ({ code }))]);
  await world.serve();
});
afterAll(() => world.drop());

test('the ministry sees "reached 2 of 3 communes", and not one word more', async () => {
  const [ministry, province] = [world.client('G10'), world.client('H64')];
  const circular = await ministry.sendEdoc(await writeLetter({ from: 'G10', to: ['H64'], number: '7' }));
  const [received] = await receiveAll(province);
  const onward = await writeLetter({ from: 'H64', to: communes, number: '210' });
  expect((await province.sendEdoc(onward, { onwardOf: received!.docId })).answer.status).toBe('OK');
  expect(await onwardOf(circular.answer.DocId!)).toEqual({ recipients: 3, reached: 0 });

  for (const code of communes.slice(0, 2)) await receiveAll(world.client(code));
  expect(await onwardOf(circular.answer.DocId!)).toEqual({ recipients: 3, reached: 2 });
  const { body } = await ministry.getSentEdocHistory(circular.answer.DocId!);
  for (const code of communes) expect(body.toString()).not.toContain(code);
});

test('nobody passes on what it never received', async () => {
  const letter = await writeLetter({ from: 'H64.33', to: ['H64'], number: '1' });
  const { answer } = await world.client('H64.33').sendEdoc(letter, { onwardOf: 'khong-co' });
  expect(answer.ErrorDesc).toMatch(/^exchange\.onward_unknown: /);
});

async function onwardOf(docId: string): Promise<unknown> {
  return (await world.client('G10').getSentEdocHistory(docId)).answer['onward'];
}
