/** The first steps of a newcomer, as the start page tells them: the real server, and the real command for each step. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServerProcess } from '../support/server-process.ts';
import type { ServerProcess } from '../support/server-process.ts';

const bin = fileURLToPath(new URL('../../bin/lienthong.mjs', import.meta.url));
// What the bin runs, without its look whether everything is installed.
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const storyMillis = 90_000; // some twenty processes, on a machine that may be busy
const letter = fileURLToPath(new URL('../../../examples/cong-van.edxml', import.meta.url));

let server: ServerProcess;
let desk: string;
beforeAll(async () => {
  desk = await mkdtemp(join(tmpdir(), 'lienthong-desk-'));
  server = await createServerProcess({ environment: { LIENTHONG_TSA_INTERVAL_SECONDS: '1' } });
  await server.start();
});
afterAll(async () => {
  await server.end();
  await rm(desk, { recursive: true });
});

test(
  'a commune sends a letter, the ministry receives and answers it, and both hold receipts that verify',
  { timeout: storyMillis },
  async () => {
    const sent = await lienthong('send', letter, '--as', 'H64.31', '--receipt', 'bien-nhan.txt');
    expect(sent).toMatchObject({
      exitCode: 0,
      result: { repeated: false, refused: [], level: expect.stringMatching(/^R[13]$/) },
    });
    expect(await lienthong('verify', 'bien-nhan.txt')).toMatchObject({
      exitCode: 0,
      // A stamp may have come in this moment.
      result: { ok: true, level: expect.stringMatching(/^R[13]$/) },
    });

    const again = await lienthong('send', letter, '--as', '000.00.31.H64');
    expect(again.result).toMatchObject({
      repeated: true,
      docId: sent.result['docId'],
      receipt: sent.result['receipt'],
    });

    const { result: inbox } = await lienthong('inbox', '--as', 'G10', '--kind', 'document');
    expect(inbox).toMatchObject({ messages: [{ from: 'H64.31', to: 'G10', status: 'INITIAL' }] });
    const [{ id }] = inbox['messages'] as [{ id: string }];

    const got = await lienthong(
      'get',
      id,
      '--out',
      'den.edxml',
      '--attachments',
      'dinh-kem',
      '--receipt',
      'da-lay.txt',
    );
    expect(got.exitCode).toBe(0);
    expect((await readFile(join(desk, 'den.edxml'))).equals(await readFile(letter))).toBe(true);
    const [attachment] = got.result['attachments'] as [{ path: string }];
    expect((await readFile(join(desk, attachment.path))).toString('latin1')).toMatch(/^%PDF-/);
    expect((await lienthong('mark', id, 'done', '--receipt', 'da-luu.txt')).exitCode).toBe(0);
    for (const receipt of ['da-lay.txt', 'da-luu.txt']) {
      expect(await lienthong('verify', receipt)).toMatchObject({
        exitCode: 0,
        result: { level: expect.stringMatching(/^R[13]$/) },
      });
    }

    expect((await lienthong('reply', id, '03', '--as', 'G10')).exitCode).toBe(0);
    expect(await lienthong('status', String(sent.result['docId']))).toMatchObject({
      result: { receivers: [{ code: 'G10', transport: 'DONE', status: '03' }] },
    });
    expect((await lienthong('inbox', '--as', 'H64.31', '--kind', 'status')).result).toMatchObject({
      messages: [{ from: 'G10', to: 'H64.31' }],
    });
    const backward = await lienthong('reply', id, '01', '--as', 'G10');
    expect(backward).toMatchObject({ exitCode: 1, result: { error: { code: 'exchange.status_backward' } } });
  },
);

test(
  'a PDF becomes a letter; who cannot be reached is named, and the others get it',
  { timeout: storyMillis },
  async () => {
    await writeFile(join(desk, 'thư mời.pdf'), '%PDF-1.7\n%%EOF\n');
    const receivers = ['--to', 'H64.02', '--to', 'H99.01'];
    const header = [
      '--number',
      '7',
      '--notation',
      'GM-UBND',
      '--type',
      'Giấy mời',
      '--subject',
      'Họp giao ban quý IV',
    ];
    const sent = await lienthong('send', 'thư mời.pdf', '--as', 'H64', ...receivers, ...header);
    expect(sent).toMatchObject({
      exitCode: 0,
      result: {
        refused: [{ code: 'H99.01', reason: 'exchange.recipient_unknown' }],
        to: [{ code: 'H64.02' }, {}],
      },
    });
    const { result } = await lienthong('inbox', '--as', 'H64.02');
    const [{ id }] = result['messages'] as [{ id: string }];
    await lienthong('get', id, '--attachments', 'giay-moi');
    expect(await readFile(join(desk, 'giay-moi', 'thư mời.pdf'), 'utf8')).toBe('%PDF-1.7\n%%EOF\n');
  },
);

test(
  'a letter sent by mistake is taken back, another one passed on and recalled, and the sender sees what became of it',
  { timeout: storyMillis },
  async () => {
    await writeFile(join(desk, 'chi-dao.pdf'), '%PDF-1.7\n%%EOF\n');
    const send = (number: string, as: string, ...more: string[]) => {
      const about = ['--number', number, '--notation', 'UBND-VP', '--subject', 'V/v thử lấy lại'];
      return lienthong('send', 'chi-dao.pdf', '--as', as, ...about, ...more);
    };
    const mistaken = await send('31', 'H64', '--to', 'H64.02', '--to', 'H64.31');
    const id = String(mistaken.result['docId']);
    expect(await lienthong('take-back', id, '--from-recipient', 'G99')).toMatchObject({ exitCode: 2 });
    const again = ['take-back', String(mistaken.result['documentId']), '--as', 'H64'];
    expect(await lienthong(...again, '--from-recipient', 'H64.02')).toMatchObject({
      exitCode: 0,
      result: { docId: id, receivers: [{ code: 'H64.02', takingBack: 'unseen' }], unasked: [] },
    });
    expect((await lienthong('status', id)).result).toMatchObject({
      receivers: [
        { code: 'H64.02', takingBack: 'unseen' },
        { code: 'H64.31', takingBack: null },
      ],
    });

    const order = await send('32', 'G10', '--to', 'H64');
    const orderId = String(order.result['docId']);
    const { result: inbox } = await lienthong('inbox', '--as', 'H64', '--kind', 'document');
    const [copy] = (inbox['messages'] as { id: string; from: string }[]).filter(({ from }) => from === 'G10');
    const onward = ['--to', 'H64.02', '--onward-of', copy!.id];
    expect(await send('33', 'H64', ...onward)).toMatchObject({
      exitCode: 1,
      result: { error: { code: 'exchange.onward_unknown' } },
    });
    await lienthong('get', copy!.id, '--as', 'H64', '--out', 'chi-dao.edxml');
    expect((await send('33', 'H64', ...onward)).exitCode).toBe(0);

    expect((await lienthong('recall', orderId)).exitCode).toBe(2);
    expect(await lienthong('recall', orderId, '--reason', 'Ban hành sai')).toMatchObject({
      exitCode: 0,
      result: { receivers: [{ code: 'H64', takingBack: 'asked' }] },
    });
    expect((await lienthong('status', orderId)).result).toMatchObject({
      receivers: [{ code: 'H64', takingBack: 'asked' }],
      onward: { recipients: 1, reached: 0 },
    });
  },
);

test(
  'an operator erases what describes a letter, with its content; its receipt stays right',
  { timeout: storyMillis },
  async () => {
    await writeFile(join(desk, 'nham.pdf'), '%PDF-1.7\n%%EOF\n');
    const header = ['--number', '8', '--notation', 'CV-UBND', '--subject', 'Gửi nhầm'];
    const sent = await lienthong(
      'send',
      'nham.pdf',
      '--as',
      'H64',
      '--to',
      'H64.02',
      ...header,
      '--receipt',
      'nham.txt',
    );
    const docId = String(sent.result['docId']);
    const erase = ['evidence', 'erase', docId, '--organisation', 'H64', '--content'];
    expect((await lienthong(...erase)).exitCode).toBe(2);
    expect(await lienthong(...erase, '--basis', 'Luật số 91/2025/QH15, Điều 14')).toMatchObject({
      exitCode: 0,
      result: { erasedDetails: 1, isContentDestroyed: true },
    });
    expect((await lienthong('verify', 'nham.txt')).exitCode).toBe(0);
    expect((await lienthong('doctor', '--evidence')).exitCode).toBe(0);
  },
);

test(
  'a receipt is completed with a time-stamp of the sandbox’s own authority (R3)',
  { timeout: storyMillis },
  async () => {
    await expect
      .poll(async () => (await lienthong('receipt', 'bien-nhan.txt')).result['level'], {
        timeout: 30_000,
        interval: 1_000,
      })
      .toBe('R3');
    expect(await lienthong('verify', 'bien-nhan.txt')).toMatchObject({
      exitCode: 0,
      result: { level: 'R3', timeStamp: { authority: 'Dịch vụ dấu thời gian thử nghiệm' } },
    });
  },
);

test('an operator keeps the directory', { timeout: storyMillis }, async () => {
  await writeFile(
    join(desk, 'danh-muc.tsv'),
    'code\tname\tlevel\tparent_code\nH65\tUBND tỉnh Nam Lâm\t1\t\nH65.01\tSở Y tế tỉnh Nam Lâm\t2\tH65\nsai mã\tX\t2\tH65\n',
  );
  expect(await lienthong('organisation', 'import', 'danh-muc.tsv')).toMatchObject({
    exitCode: 1,
    result: { added: 2, refused: [{ line: 4, reason: 'directory.code_malformed' }] },
  });
  expect((await lienthong('organisation', 'search', 'so', 'y', 'te', 'nam')).result).toMatchObject({
    organisations: [{ code: 'H65.01' }],
  });
  const added = await lienthong('system', 'add', 'syt-namlam.qlvb', '--name', 'QLVB Sở Y tế');
  expect(added).toMatchObject({ exitCode: 0, result: { credential: { secret: expect.any(String) } } });
  expect((await lienthong('system', 'assign', 'syt-namlam.qlvb', 'H65.01')).exitCode).toBe(0);
  expect((await lienthong('organisation', 'end', 'H65')).exitCode).toBe(1);
});

test(
  'the doctor finds everything right while the server runs, and a receipt with one other letter false',
  { timeout: storyMillis },
  async () => {
    const { exitCode, result } = await lienthong('doctor', '--evidence');
    expect(result['findings']).toContainEqual(expect.objectContaining({ check: 'evidence', state: 'fine' }));
    expect(exitCode).toBe(0);

    expect(result['findings']).toContainEqual(expect.objectContaining({ check: 'package', state: 'fine' }));

    // What it remembers is believed only as long as nobody else wrote it.
    const remembered = join(server.folder, 'evidence-inspected');
    await writeFile(remembered, (await readFile(remembered, 'utf8')).replace('wholeAt":"2', 'wholeAt":"3'));
    const distrusting = await lienthong('doctor', '--evidence');
    expect(distrusting.exitCode).toBe(0);
    expect(distrusting.result['findings']).toContainEqual(
      expect.objectContaining({ check: 'evidence', state: 'attention' }),
    );
    const sampling = await lienthong('doctor', '--evidence', '--sample', '100');
    expect(sampling.exitCode).toBe(0);
    expect(JSON.stringify(sampling.result)).not.toContain('attention","sentence":"Tệp ghi nhớ');
    expect((await lienthong('doctor', '--evidence', '--sample', '101')).exitCode).toBe(2);
    expect((await lienthong('doctor', '--all')).exitCode).toBe(2);

    const receipt = await readFile(join(desk, 'bien-nhan.txt'), 'utf8');
    const middle = Math.floor(receipt.indexOf('\n') / 2);
    const other = receipt[middle] === 'A' ? 'B' : 'A';
    await writeFile(join(desk, 'sai.txt'), receipt.slice(0, middle) + other + receipt.slice(middle + 1));
    expect(await lienthong('verify', 'sai.txt')).toMatchObject({ exitCode: 4, result: { ok: false } });
  },
);

test('the doctor names the package in whose file one bit is another', { timeout: storyMillis }, async () => {
  await writeFile(join(desk, 'lon.pdf'), Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(100_000)]));
  const about = ['--number', '77', '--notation', 'UBND-VP', '--subject', 'Báo cáo'];
  const sent = await lienthong('send', 'lon.pdf', '--as', 'H64.31', '--to', 'G10', ...about);
  expect(sent.exitCode).toBe(0);
  const blobs = join(server.folder, 'blobs');
  const [name] = (await readdir(blobs, { recursive: true })).filter((path) => /[0-9a-f-]{36}$/.test(path));
  const whole = await readFile(join(blobs, name!));
  const changed = Buffer.from(whole);
  changed[whole.length >> 1]! ^= 1;

  await writeFile(join(blobs, name!), changed);
  const { exitCode, result } = await lienthong('doctor', '--evidence');
  expect(exitCode).toBe(4);
  const found = (result['findings'] as { check: string; state: string; sentence: string }[]).filter(
    ({ state }) => state === 'wrong',
  );
  expect(found).toMatchObject([{ check: 'package' }]);
  expect(found[0]!.sentence).toContain(String(sent.result['docId']));
  await writeFile(join(blobs, name!), whole);
  expect((await lienthong('doctor', '--evidence')).exitCode).toBe(0);
});

test('the installed command is the same', { timeout: storyMillis }, async () => {
  expect((await lienthongBy(bin, 'help', 'send')).result['help']).toContain('--receipt FILE');
});

type Ended = { exitCode: number; result: Record<string, unknown> };

function lienthong(...typed: string[]): Promise<Ended> {
  return lienthongBy(main, ...typed);
}

async function lienthongBy(program: string, ...typed: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...typed, '--json', '--data', server.folder], {
    cwd: desk,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const [exitCode] = (await once(child, 'close')) as [number];
  if (stdout === '') throw new Error(`lienthong ${typed.join(' ')} ended with ${exitCode}: ${stderr}`);
  return { exitCode, result: JSON.parse(stdout) as Record<string, unknown> };
}
