/** E7, its log line: what describes a letter is in no line that the server writes, at its most talkative. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { SandboxFile } from '../../src/sandbox/prepare-sandbox.ts';
import { runTyped } from '../../src/cli/testing/run-typed.ts';
import { createLog } from '#foundation/log';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { writeLetter } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import { createVxpClient } from '../support/vxp-client.ts';

const subject = 'V/v xử lý đơn của ông Tạ Đình Khôi Vĩ';
const documentId = (code: string) => `${code},2026/11/20,7788/XYZQ`;
const lines: string[] = [];
let database: TestDatabase;
let dataFolder: string;
let app: Awaited<ReturnType<typeof createApp>>;
let baseUrl: string;
let sandbox: SandboxFile;

beforeAll(async () => {
  database = await createTestDatabase();
  dataFolder = await mkdtemp(join(tmpdir(), 'lienthong-quiet-'));
  const config = await loadConfig({ argv: ['--data', dataFolder, '--port', '0'], env: {} });
  const log = createLog({ format: 'json', level: 'trace', write: (line) => lines.push(line) });
  app = await createApp({
    config,
    database: database.database,
    log,
    reread: () => Promise.resolve(config),
  });
  baseUrl = await app.listen();
  sandbox = JSON.parse(await readFile(join(dataFolder, 'sandbox.json'), 'utf8')) as SandboxFile;
});
afterAll(async () => {
  await app.close();
  await database.drop();
  await rm(dataFolder, { recursive: true });
});

test('a letter that is accepted, fetched, refused and erased leaves its subject, number and people in no log line', async () => {
  const [receiver, sender] = sandbox.agencies as [Agency, Agency];
  const from = { client: clientOf(sender), code: sender.code };
  const to = { client: clientOf(receiver), code: receiver.code };
  const letter = await writeLetter({
    from: from.code,
    to: [to.code, 'X99'],
    number: '7788',
    documentId: documentId(from.code),
    subject,
  });
  const sent = await from.client.sendEdoc(letter, { from: from.code });
  expect(sent.answer.status).toBe('OK');
  const other = await writeLetter({
    from: from.code,
    to: [to.code],
    number: '7788',
    documentId: documentId(from.code),
    subject: `${subject}, bản khác`,
  });
  expect((await from.client.sendEdoc(other, { from: from.code })).answer.status).not.toBe('OK');
  const cut = await from.client.sendEdoc(letter.subarray(0, -40), { from: from.code });
  expect(cut.answer.status).not.toBe('OK');

  expect(await receiveAll(to.client)).toHaveLength(1);
  const erase = ['evidence', 'erase', String(sent.answer.DocId), '--organisation', from.code, '--content'];
  const basis = ['--basis', 'Luật số 91/2025/QH15, Điều 14', '--data', dataFolder];
  expect((await runTyped([...erase, ...basis])).exitCode).toBe(0);

  // The log was written, of these very requests; so the words are missing because nobody wrote them.
  const written = lines.join('');
  expect(written).toContain('/vxp');
  expect(written).toContain('erasures');
  for (const secret of [subject, 'Tạ Đình', 'Khôi Vĩ', '7788', 'XYZQ', sender.system.secret]) {
    expect(written).not.toContain(secret);
    expect(written).not.toContain(encodeURIComponent(secret));
  }
  from.client.close();
  to.client.close();
});

type Agency = SandboxFile['agencies'][number];

function clientOf({ system }: Agency) {
  return createVxpClient({ baseUrl: `${baseUrl}/vxp`, systemId: system.id, secret: system.secret });
}
