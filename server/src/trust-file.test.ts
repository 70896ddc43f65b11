import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseTrust } from '#foundation/evidence';
import { createTestAuthority } from '../test/support/time-stamps.ts';
import { type Config, loadConfig } from './config.ts';
import { makeMissingKeys } from './keys.ts';
import { prepareTrustFile } from './trust-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-trust-'));
  await makeMissingKeys(folder);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('it is issued once, and the same from then on, also without the root key', async () => {
  const issued = await prepareTrustFile(await production('truc.example.gov.vn/axis'));
  await rm(join(folder, 'keys', 'root.key'));
  expect(await prepareTrustFile(await production('truc.example.gov.vn/axis'))).toBe(issued);
});

test('a mistyped name of the log is told as that, with both names', async () => {
  await prepareTrustFile(await production('truc.example.gov.vn/axis'));
  const mistyped = prepareTrustFile(await production('truk.example.gov.vn/axis'));
  await expect(mistyped).rejects.toMatchObject({
    problems: [
      {
        name: 'LIENTHONG_ORIGIN',
        en: expect.stringMatching(/truk\.example\.gov\.vn\/axis.+truc\.example\.gov\.vn\/axis/),
      },
    ],
  });
});

test('keys that it does not list are told as keys', async () => {
  await prepareTrustFile(await production('truc.example.gov.vn/axis'));
  await rm(join(folder, 'keys', 'receipt.key'));
  await makeMissingKeys(folder);
  await expect(prepareTrustFile(await production('truc.example.gov.vn/axis'))).rejects.toThrow(
    'does not list the keys in use',
  );
});

test('without a root key the command that makes one names the data folder', async () => {
  await rm(join(folder, 'keys', 'root.key'));
  await expect(prepareTrustFile(await production('truc.example.gov.vn/axis'))).rejects.toThrow(
    `npx lienthong init --data ${folder}`,
  );
});

async function production(origin: string): Promise<Config> {
  return loadConfig({
    argv: ['--production', '--data', folder],
    env: { LIENTHONG_ORIGIN: origin, LIENTHONG_TRUSTED_PROXIES: '10.0.0.5' },
  });
}

test('an authority that stamps for us is listed by the next version, once, and only by the root key', async () => {
  const { anchorCertificate } = createTestAuthority();
  const config = await production('truc.example.gov.vn/axis');
  const first = parseTrust(await prepareTrustFile(config));
  const text = await prepareTrustFile({ ...config, timestampAnchors: [anchorCertificate] });
  const second = parseTrust(text, { rootFingerprint: first.rootFingerprint, knownSerial: first.serial });
  expect(second).toMatchObject({
    serial: first.serial + 1,
    timestampAnchors: [{ certificate: anchorCertificate.toString('base64') }],
  });
  await rm(join(folder, 'keys', 'root.key'));
  const withoutRoot = await production('truc.example.gov.vn/axis');
  expect(await prepareTrustFile({ ...withoutRoot, timestampAnchors: [anchorCertificate] })).toBe(text);
  const other = createTestAuthority().anchorCertificate;
  await expect(prepareTrustFile({ ...withoutRoot, timestampAnchors: [other] })).rejects.toThrow(
    'does not list the certificate of the time-stamping authority',
  );
});
