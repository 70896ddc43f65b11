import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatReceiptFile, issueTrust, prepareEntry, receiptOf } from '#foundation/evidence';
import {
  logSigner,
  receiptSigner,
  rootKey,
  someFact,
  testKey,
  trust,
  trustContent,
} from '../../../test/support/evidence.ts';
import { signCheckpoint } from '../../foundation/evidence/checkpoint.ts';
import { createCosigner } from '../../foundation/evidence/cosignature.ts';
import { sha256 } from '../../foundation/evidence/encoding.ts';
import { leafHashOf } from '../../foundation/evidence/entry.ts';
import { formatSignatureLine, parseNote } from '../../foundation/evidence/note.ts';
import { runTyped } from '../testing/run-typed.ts';

const at = Temporal.Instant.from('2026-11-21T01:02:03.004Z');
const fact = someFact();
const jws = receiptOf(
  prepareEntry(
    { ...fact, claims: { documentId: 'H64.31,2026/11/21,1/UBND' } },
    { at, signer: receiptSigner },
  ),
);

let folder: string;
let receiptPath: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-verify-'));
  receiptPath = join(folder, 'bien-nhan.txt');
  await writeFile(receiptPath, `${jws}\n`);
  await writeFile(join(folder, 'trust.json'), issueTrust(trustContent, rootKey));
});
afterAll(() => rm(folder, { recursive: true }));

test('a receipt verifies with nothing but the trust file of the data folder, and says what it proves', async () => {
  const { exitCode, stdout } = await runTyped(['verify', receiptPath, '--data', folder]);
  expect(stdout).toContain('R0 (Trục đã ký)');
  expect(stdout).toContain('H64.31,2026/11/21,1/UBND');
  expect(stdout).toContain('21/11/2026 08:02:03');
  expect(stdout).toContain(fact.subjectId);
  expect(exitCode).toBe(0);
});

test('it may come through a pipe, and scripts get one object', async () => {
  const { exitCode, stdout } = await runTyped(['verify', '-', '--json', '--data', folder], { stdin: jws });
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, level: 'R0', isSandbox: true });
  expect(exitCode).toBe(0);
});

test('any other byte, and anything before or behind, ends with 4', async () => {
  const step = Math.max(1, Math.floor(jws.length / 60));
  const texts = [` ${jws}`, `${jws}\n\n`, `${jws}=`, `${jws}\r\n`, '', jws.slice(0, -1)];
  for (let index = 0; index < jws.length; index += step) {
    const other = jws[index] === 'A' ? 'B' : 'A';
    texts.push(jws.slice(0, index) + other + jws.slice(index + 1));
  }
  for (const stdin of texts) {
    const { exitCode, stdout } = await runTyped(['verify', '-', '--json', '--data', folder], { stdin });
    expect({ stdin, exitCode }).toEqual({ stdin, exitCode: 4 });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false });
  }
});

test('what mail and editors do to a receipt is named, in the language of the reader', async () => {
  const said = async (stdin: string) => (await runTyped(['verify', '-', '--data', folder], { stdin })).stdout;
  expect(await said('')).toContain('tệp rỗng');
  expect(await said(`\uFEFF${jws}`)).toContain('BOM');
  expect(await said(`${jws}\r\n`)).toContain('CRLF');
  expect(await said('a.b')).toContain('ba phần');
});

test('a broken trust file is told as that, not as a wrong receipt', async () => {
  const broken = join(folder, 'broken.json');
  await writeFile(broken, '{');
  const { exitCode, stdout } = await runTyped(['verify', receiptPath, '--trust', broken]);
  expect(exitCode).toBe(4);
  expect(stdout).toContain('TỆP TIN CẬY');
  expect(stdout).not.toContain('KHÔNG ĐÚNG');
});

test('a fingerprint that is no hexadecimal number is a mistyped command', async () => {
  const { exitCode } = await runTyped(['verify', receiptPath, '--data', folder, '--fingerprint', 'zz']);
  expect(exitCode).toBe(2);
});

test('a trust file of another root is refused where its fingerprint is pinned', async () => {
  const pinned = (value: string) =>
    runTyped(['verify', receiptPath, '--data', folder, '--fingerprint', value, '--json']);
  expect((await pinned(trust.rootFingerprint)).exitCode).toBe(0);
  const other = await pinned('00'.repeat(32));
  expect(other.exitCode).toBe(4);
  expect(JSON.parse(other.stdout)).toMatchObject({ ok: false, code: 'evidence.trust_root_unknown' });
});

test('without a trust file it says where to get one', async () => {
  const { exitCode, stderr } = await runTyped(['verify', receiptPath, '--data', join(folder, 'nowhere')]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('/trust.json');
});

test('a receipt whose checkpoint a quorum cosigned is R2, and says by whom', async () => {
  const witnesses = ['nhan-chung-1', 'nhan-chung-2'].map((name) => createCosigner(name, testKey(name)));
  const entry = prepareEntry(fact, { at, signer: receiptSigner });
  const root = leafHashOf(sha256(entry.payload));
  const checkpoint = signCheckpoint({ size: 1, root }, logSigner);
  const { text } = parseNote(checkpoint)!;
  const lines = witnesses.map((witness) => formatSignatureLine(witness.cosign(text, at)));
  const proof = { index: 0, hashes: [], checkpoint: checkpoint + lines.join('') };
  const file = join(folder, 'co-nhan-chung.txt');
  await writeFile(file, formatReceiptFile(receiptOf(entry), proof));
  const trustPath = join(folder, 'witnesses.json');
  const listed = witnesses.map(({ vkey }) => ({ vkey, fromSize: 0, untilSize: null }));
  await writeFile(trustPath, issueTrust({ ...trustContent, witnesses: listed, quorum: 2 }, rootKey));

  const { exitCode, stdout } = await runTyped(['verify', file, '--trust', trustPath]);
  expect(stdout).toContain('R2 (Có nhân chứng)');
  expect(stdout).toMatch(/Nhân chứng +nhan-chung-1, 21\/11\/2026 08:02:03/);
  expect(exitCode).toBe(0);
  const without = await runTyped(['verify', file, '--data', folder]);
  expect(without.stdout).toContain('R1 (Có trong nhật ký)');
});
