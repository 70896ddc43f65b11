/** The example of the repository, run as its reader would run it, against a server that serves every dialect. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rotateCredential } from '#directory';
import { receiveAll, textOf } from '../support/receive.ts';
import { writeLetter, writeReport } from '../support/letters.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pdf = Buffer.from('%PDF-1.7\n% công văn 128\n%%EOF\n');

let world: World;
beforeAll(async () => {
  world = await createWorld([{ code: 'H64.31', name: 'Ủy ban nhân dân xã Minh Sơn' }, { code: 'G10' }]);
  await world.serve();
});
afterAll(() => world.drop());

test('the example signs in with its key, sends, and waits until a ministry with VXP has registered the letter', async () => {
  const { id } = world.credentials('H64.31');
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const jwk = publicKey.export({ format: 'jwk' });
  await rotateCredential(world.platform, { system: id, kind: 'api_key', publicKey: jwk }, { method: 'axis' });
  const keyFile = join(world.folder, 'key.pem');
  const letter = join(world.folder, 'cong-van.pdf');
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(letter, pdf);

  const running = promisify(execFile)(
    process.execPath,
    ['examples/send_a_pdf.ts', world.rootUrl(), id, keyFile, 'H64.31', 'G10', letter],
    { cwd: root, timeout: 20_000 },
  );
  running.child.once('exit', () => (isOver = true));
  let isOver = false;
  const ministry = world.client('G10');
  for (;;) {
    const [mail] = isOver ? [undefined] : await receiveAll(ministry);
    if (isOver) break;
    if (!mail) continue;
    expect(textOf('Subject', mail.bytes)).toBe('V/v gửi báo cáo tháng 11 năm 2026');
    expect(mail.bytes.includes(pdf.toString('base64'))).toBe(true);
    const about = { from: 'H64.31', documentId: textOf('DocumentId', mail.bytes) };
    const report = writeReport({ from: 'G10', about, code: '03', description: 'Đã vào sổ' });
    expect((await ministry.sendEdoc(report, { kind: 'status', from: 'G10' })).answer.status).toBe('OK');
    break;
  }
  const { stdout } = await running;
  const lines = stdout.trim().split('\n');
  expect(lines[1]).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(lines.at(-1)).toBe('done 03 Đã tiếp nhận');
});

test('and a letter from VXP is read and answered through the native API, its answer fetched by VXP', async () => {
  const commune = await world.api('H64.31');
  const ministry = world.client('G10');
  const sent = await ministry.sendEdoc(await writeLetter({ from: 'G10', to: ['H64.31'], number: '9' }), {
    from: 'G10',
  });
  const { data: mailbox } = await commune.GET('/api/exchange/deliveries');
  const delivery = mailbox!.deliveries.find(({ envelopeId }) => envelopeId === sent.answer.DocId)!;
  const params = { path: { delivery: delivery.id } };
  const { data: message } = await commune.GET('/api/exchange/deliveries/{delivery}/message', { params });
  expect(message).toMatchObject({ kind: 'document', number: '9', attachments: [{ name: '9-UBND-VP.pdf' }] });
  await commune.POST('/api/exchange/deliveries/{delivery}/marks', { params, body: { mark: 'done' } });
  await commune.POST('/api/exchange/statuses', {
    body: { deliveryId: delivery.id, code: '03', text: 'Số đến 5' },
  });

  const [status] = await receiveAll(ministry, 'status');
  expect([textOf('StatusCode', status!.bytes), textOf('Description', status!.bytes)]).toEqual([
    '03',
    'Số đến 5',
  ]);
  const { answer } = await ministry.getSentEdocList('edoc', sent.answer.DocId);
  expect(answer.data).toMatchObject([{ receiveStatus: 'DONE', businessStatus: '03' }]);
});
