import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentIdOf, writeLetter, writeReport } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld([
    { code: 'H64.31', system: 'hub' },
    { code: 'H64.32', system: 'hub' },
    { code: 'G10' },
  ]);
  await world.serve();
});
afterAll(() => world.drop());

test('it sends for each in its own name, receives for both, and cannot speak for a third', async () => {
  const hub = world.client('H64.31');
  const ministry = world.client('G10');
  for (const from of ['H64.31', 'H64.32']) {
    const bytes = await writeLetter({ from, to: ['G10'], number: '1' });
    expect((await hub.sendEdoc(bytes, { from })).answer.status).toBe('OK');
  }
  expect((await receiveAll(ministry)).map(({ from }) => from)).toEqual(['H64.31', 'H64.32']);

  const reply = await writeLetter({ from: 'G10', to: ['H64.32', 'H64.31'], number: '2' });
  await ministry.sendEdoc(reply);
  expect((await receiveAll(hub)).map(({ to }) => to).sort()).toEqual(['H64.31', 'H64.32']);

  // The header of an earlier call stays in the client and names the other organisation: it must not count.
  const about = { from: 'G10', documentId: documentIdOf({ from: 'G10', number: '2' }) };
  const report = writeReport({ from: 'H64.31', about, code: '03' });
  expect((await hub.sendEdoc(report, { kind: 'status', from: 'H64.31' })).answer.status).toBe('OK');
  const { answer } = await ministry.getSentEdocList('edoc');
  const rows = answer.data as { toCode: string; businessStatus: string | null }[];
  expect(
    Object.fromEntries(rows.map(({ toCode, businessStatus }) => [toCode, businessStatus])),
  ).toMatchObject({
    'H64.31': '03',
  });

  const foreign = await writeLetter({ from: 'G10', to: ['H64.31'], number: '3' });
  expect((await hub.sendEdoc(foreign, { from: 'G10' })).answer.ErrorDesc).toMatch(
    /^exchange\.not_your_organisation/,
  );
});
