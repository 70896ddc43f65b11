import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentIdOf, writeLetter, writeReport } from '../support/letters.ts';
import { receiveAll, textOf } from '../support/receive.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const provinces = Array.from({ length: 62 }, (_, index) => `H${String(index + 1).padStart(2, '0')}`);

let world: World;
beforeAll(async () => {
  // One hub receives for all provinces: what it lists shows whether each got its own copy.
  world = await createWorld([
    { code: 'G22', name: 'Văn phòng Chính phủ' },
    ...provinces.map((code) => ({ code, oldCode: `000.00.00.${code}`, system: 'hub' })),
  ]);
  await world.serve();
}, 60_000);
afterAll(() => world.drop());

test('62 get it, the unknown one is told of, and one that refuses says so', async () => {
  const office = world.client('G22');
  const hub = world.client('H01');
  const circular = await writeLetter({ from: 'G22', to: [...provinces, 'H99'], number: '7816', priority: 3 });

  const sent = await office.sendEdoc(circular);
  expect(sent.answer.status).toBe('OK');
  // One entry for the fact, not one for each recipient.
  const { answer: history } = await office.getSentEdocHistory(sent.answer.DocId!);
  expect((history.data as { event: string }[]).map(({ event }) => event)).toEqual(['exchange.accepted']);
  const copies = await receiveAll(hub);
  expect(copies.map(({ to }) => to).sort()).toEqual(provinces);
  expect(copies.every(({ bytes }) => bytes.equals(circular))).toBe(true);

  const [notice] = await receiveAll(office, 'status');
  expect(notice).toMatchObject({ from: '00.00.W00' });
  expect(textOf('StatusCode', notice!.bytes)).toBe('02');
  expect(textOf('Description', notice!.bytes)).toContain('H99');

  const about = { from: 'G22', documentId: documentIdOf({ from: 'G22', number: '7816' }) };
  const refusal = writeReport({ from: 'H07', about, code: '02', description: 'Không thuộc thẩm quyền' });
  expect((await hub.sendEdoc(refusal, { kind: 'status' })).answer.status).toBe('OK');

  const { answer } = await office.getSentEdocList('edoc', sent.answer.DocId);
  const rows = answer.data as { toCode: string; receiveStatus: string; businessStatus: string }[];
  expect(rows).toHaveLength(63);
  expect(rows.filter(({ receiveStatus }) => receiveStatus === 'DONE')).toHaveLength(62);
  expect(rows.find(({ toCode }) => toCode === 'H07')).toMatchObject({ businessStatus: '02' });
  expect(rows.find(({ toCode }) => toCode === 'H99')).toMatchObject({ sendStatus: 'FAIL' });
});
