import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authenticateOperator, findCredentialBySecret, findSystem, rotateCredential } from '#directory';
import { createTestPlatform } from '../../test/support/platform.ts';
import type { TestPlatform } from '../../test/support/platform.ts';
import { prepareSandbox } from './prepare-sandbox.ts';

const [masterKey, nextKey] = [randomBytes(32), randomBytes(32)];
let platform: TestPlatform;
let dataFolder: string;
beforeAll(async () => {
  platform = await createTestPlatform();
  dataFolder = await mkdtemp(join(tmpdir(), 'lienthong-sandbox-'));
});
afterAll(async () => {
  await platform.drop();
  await rm(dataFolder, { recursive: true });
});
const prepare = (...masterKeys: Buffer[]) =>
  prepareSandbox(platform, {
    dataFolder,
    baseUrl: 'http://127.0.0.1:3000',
    masterKeys: masterKeys.length > 0 ? masterKeys : [masterKey],
  });

test('every agency gets a secret for each way in, which is right, and the same after another start', async () => {
  const first = await prepare();
  for (const { system } of first.agencies) {
    const found = await findSystem(platform, system.id);
    expect(found?.credentials.vxp.map(({ secret }) => secret)).toEqual([system.secret]);
    expect(findCredentialBySecret(found, 'lgsp', system.lgspSecret!)).toBeDefined();
    expect(findCredentialBySecret(found, 'api_secret', system.apiSecret!)).toBeDefined();
  }
  const secrets = first.agencies.flatMap(({ system }) => [
    system.secret,
    system.lgspSecret,
    system.apiSecret,
  ]);
  expect(new Set(secrets).size).toBe(secrets.length);
  expect(await prepare()).toEqual(first);
  const path = join(dataFolder, 'sandbox.json');
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(first);
  expect((await stat(path)).mode & 0o077).toBe(0);
});

test('a secret that somebody replaced is not put back, and not shown', async () => {
  const [{ system }] = (await prepare()).agencies as [
    Awaited<ReturnType<typeof prepare>>['agencies'][number],
  ];
  for (let time = 0; time < 2; time++) {
    await rotateCredential(platform, { system: system.id, kind: 'lgsp' }, { method: 'operator' });
  }
  const again = (await prepare()).agencies[0]!.system;
  expect(again).toEqual({ ...system, lgspSecret: null });
});

test('every secret stays while the master key is replaced', async () => {
  const { operator, agencies } = await prepare();
  expect(await prepare(nextKey, masterKey)).toMatchObject({ operator, agencies });
  // Retired: only the file has them now.
  expect(await prepare(nextKey)).toMatchObject({ operator, agencies });
  await expect(authenticateOperator(platform, operator)).resolves.toMatchObject({ method: 'operator' });
});

test('a lost file is written again while the master key of then is at hand, and never with a wrong secret', async () => {
  const { operator, agencies } = await prepare();
  await rm(join(dataFolder, 'sandbox.json'));
  await expect(prepare(nextKey)).rejects.toThrow(/restore the file/);
  expect(await prepare(nextKey, masterKey)).toMatchObject({ operator, agencies });
});
