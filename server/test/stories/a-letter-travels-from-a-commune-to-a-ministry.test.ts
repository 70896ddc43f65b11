import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentIdOf, writeLetter, writeReport } from '../support/letters.ts';
import { receiveAll, textOf } from '../support/receive.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld([
    { code: 'H64.31', oldCode: '000.00.31.H64', name: 'Ủy ban nhân dân xã Minh Sơn' },
    { code: 'G10', oldCode: '000.00.00.G10', name: 'Bộ Nông nghiệp và Môi trường' },
  ]);
  await world.serve();
});
afterAll(() => world.drop());

test('the commune sends, the ministry receives and answers, and each sees where the letter is', async () => {
  const commune = world.client('H64.31');
  const ministry = world.client('G10');
  const letter = await writeLetter({ from: '000.00.31.H64', to: ['000.00.00.G10'], number: '128' });

  const sent = await commune.sendEdoc(letter, { from: 'H64.31' });
  expect(sent.answer).toMatchObject({ status: 'OK', ErrorCode: '0' });
  expect(sent.receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect((await ministry.countReceiveEdoc('GET')).answer.count).toBe(1);

  const [mail] = await receiveAll(ministry);
  expect(mail).toMatchObject({ from: '000.00.31.H64', to: '000.00.00.G10' });
  expect(mail!.bytes.equals(letter)).toBe(true);
  expect((await ministry.countReceiveEdoc()).answer.count).toBe(0);

  const about = { from: '000.00.31.H64', documentId: documentIdOf({ from: '000.00.31.H64', number: '128' }) };
  for (const code of ['01', '03', '05', '06']) {
    const report = writeReport({ from: 'G10', about, code, description: `Bước ${code}` });
    expect((await ministry.sendEdoc(report, { kind: 'status', from: 'G10' })).answer.status).toBe('OK');
  }
  const statuses = await receiveAll(commune, 'status');
  expect(statuses.map(({ bytes }) => textOf('StatusCode', bytes))).toEqual(['01', '03', '05', '06']);

  const history = await commune.getSentEdocHistory(sent.answer.DocId!);
  expect((history.answer.data as { event: string }[]).map(({ event }) => event)).toEqual([
    'exchange.accepted',
    'exchange.fetched',
    'exchange.done',
    ...Array.from({ length: 4 }, () => 'exchange.status_reported'),
  ]);
  expect((await ministry.getSentEdocHistory(sent.answer.DocId!)).answer.ErrorDesc).toMatch(
    /^exchange\.envelope_unknown/,
  );

  const { answer } = await commune.getSentEdocList('edoc', sent.answer.DocId);
  expect(answer.data).toMatchObject([
    { toCode: '000.00.00.G10', receiveStatus: 'DONE', businessStatus: '06' },
  ]);
});
