/**
 * A stream of letters goes on while receipt key, log key and master key are replaced. No send fails, every receipt
 * verifies offline with the newest trust file, and the checkpoints stay consistent.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '../../src/cli/command.ts';
import { openInstallation } from '../../src/cli/keys/installation.ts';
import { retireSigningKey } from '../../src/cli/keys/signing-keys.ts';
import { openTerminal } from '../../src/cli/terminal/terminal.ts';
import { runTyped } from '../../src/cli/testing/run-typed.ts';
import { logKeyId, parseTrust, verifyReceiptText } from '#foundation/evidence';
import { writeLetter } from '../support/letters.ts';
import { createServerProcess, type ServerProcess } from '../support/server-process.ts';
import { createVxpClient } from '../support/vxp-client.ts';

let server: ServerProcess;
beforeAll(async () => {
  server = await createServerProcess();
});
afterAll(() => server.end());

const keys = async (...typed: string[]) => {
  const { exitCode, stdout, stderr } = await runTyped(['keys', ...typed, '--json', '--data', server.folder]);
  expect(stderr + stdout, typed.join(' ')).not.toContain('rror:');
  return { exitCode, answer: (stdout ? JSON.parse(stdout) : undefined) as Record<string, unknown> };
};
const readTrust = async () => parseTrust(await readFile(join(server.folder, 'trust.json'), 'utf8'));

test('receipt, log, master and root key are replaced under load, and nothing is lost of what was promised', async () => {
  const sandbox = await server.start();
  const [receiver, sender] = sandbox.agencies as [
    (typeof sandbox.agencies)[number],
    (typeof sandbox.agencies)[number],
  ];
  const client = createVxpClient({
    baseUrl: `${sandbox.baseUrl}/vxp`,
    systemId: sender.system.id,
    secret: sender.system.secret,
  });
  const before = await readTrust();
  const receipts: string[] = [];
  const failures: unknown[] = [];
  const over = new AbortController();
  const stream = (async () => {
    for (let number = 0; !over.signal.aborted; number++) {
      const file = await writeLetter({
        from: sender.code,
        to: [receiver.code],
        documentId: `${sender.code},2026/11/20,${number}/XK`,
      });
      const { receipt, answer } = await client.sendEdoc(file, { from: sender.code });
      if (receipt === undefined) failures.push(answer);
      else receipts.push(receipt);
      await sleep(20);
    }
  })();

  await expect.poll(() => receipts.length, { timeout: 10_000 }).toBeGreaterThan(5);
  const newReceiptKey = (await keys('rotate', 'receipt')).answer['keyId'];
  const newLogKey = (await keys('rotate', 'log')).answer['keyId'];
  // It takes some seconds, and meanwhile no other command on keys runs: of two at once one is turned away.
  const twoAtOnce = await Promise.all([keys('rotate', 'master'), keys('rotate', 'master')]);
  expect(twoAtOnce.map(({ exitCode }) => exitCode).toSorted((a, b) => a - b)).toEqual([0, 3]);
  await keys('rotate', 'root');
  const usedKeys = () => new Set(receipts.map(keyIdOf));
  await expect.poll(() => usedKeys().has(String(newReceiptKey)), { timeout: 15_000 }).toBe(true);
  over.abort();
  await stream;
  client.close();

  expect(failures).toEqual([]);
  expect(usedKeys().size).toBe(2);
  const trust = await readTrust();
  expect(trust.serial).toBe(before.serial + 3);
  expect(trust.rootFingerprints).toEqual([before.rootFingerprint, trust.rootFingerprint]);
  for (const receipt of receipts) expect(verifyReceiptText(receipt, trust)).toMatchObject({ ok: true });

  // With their proofs too: under checkpoints that both log keys signed, or the former one alone.
  await expect.poll(async () => (await checkpoint()).split('— ').length - 1, { timeout: 10_000 }).toBe(2);
  for (const receipt of [receipts[0]!, receipts.at(-1)!]) {
    const url = `${server.baseUrl}/log/proof/${digestOf(receipt)}`;
    await expect.poll(async () => (await fetch(url)).status, { timeout: 10_000 }).toBe(200);
    const proof = await fetch(url);
    const file = `${receipt}\n\n${await proof.text()}`;
    expect(verifyReceiptText(file, trust)).toMatchObject({ ok: true, inLog: { origin: trust.origin } });
  }

  // The former key signed within the last minute: too early to end it. Nothing is sealed under the former master key.
  const former = { receipt: before.receiptKeys[0]!.kid, log: logKeyId(before.logKeys[0]!.vkey) };
  expect(newLogKey).not.toBe(former.log);
  expect((await keys('retire', 'receipt', former.receipt)).exitCode).toBe(3);
  const { masterKeys } = (await keys('list')).answer as {
    masterKeys: { keyId: string; isCurrent: boolean }[];
  };
  expect(masterKeys.map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
  expect((await keys('retire', 'master', masterKeys[1]!.keyId)).exitCode).toBe(0);

  // Where nobody signed with them in the window that is asked for, both end, and what they signed verifies on.
  for (const use of ['receipt', 'log'] as const) {
    await using installation = await openInstallation(quietContext());
    await retireSigningKey(installation, use, { keyId: former[use], withinSeconds: 0 });
  }
  const retired = await readTrust();
  expect(retired.receiptKeys[0]!.untilSize).toBeGreaterThan(0);
  expect(retired.logKeys[0]!.untilSize).toBeGreaterThan(0);
  for (const receipt of receipts) expect(verifyReceiptText(receipt, retired)).toMatchObject({ ok: true });
  expect((await keys('retire', 'receipt', String(newReceiptKey))).exitCode).toBe(2);

  // Had the former key been stolen: its receipts count only with proof from before.
  expect((await keys('distrust', 'receipt', former.receipt, '--from-size', '1')).exitCode).toBe(0);
  const wary = await readTrust();
  expect(verifyReceiptText(receipts[0]!, wary)).toMatchObject({ code: 'evidence.receipt_key_distrusted' });
  expect(verifyReceiptText(receipts.at(-1)!, wary)).toMatchObject({ ok: true });
  expect((await keys('distrust', 'receipt', String(newReceiptKey), '--from-size', '1')).exitCode).toBe(2);

  const doctor = await runTyped(['doctor', '--evidence', '--data', server.folder, '--json']);
  const { findings } = JSON.parse(doctor.stdout) as { findings: { check: string; state: string }[] };
  const examined = findings.filter(({ check }) => check === 'evidence' || check === 'package');
  expect(examined.filter(({ state }) => state !== 'fine').slice(0, 3)).toEqual([]);
}, 120_000);

const quietContext = (): Context => ({
  terminal: openTerminal({
    stdout: { write: () => undefined },
    stderr: { write: () => undefined },
    language: 'vi',
    isJson: true,
    wantsColour: false,
  }),
  environment: {},
  dataFolder: server.folder,
  carriedOptions: [],
  stdin: (async function* () {})(),
  signal: new AbortController().signal,
  now: () => Temporal.Now.instant(),
});
const checkpoint = async () => (await fetch(`${server.baseUrl}/log/checkpoint`)).text();
const keyIdOf = (receipt: string): string =>
  (JSON.parse(Buffer.from(receipt.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid;
const digestOf = (receipt: string): string =>
  createHash('sha256')
    .update(Buffer.from(receipt.split('.')[1]!, 'base64url'))
    .digest('hex');
