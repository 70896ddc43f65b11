/** What use cases are given, on a database of the test's own: real keys, a real store of contents in a temporary folder. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBlobStore } from '#foundation/blob';
import { createReceiptSigner } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import { createSecretBox } from '#foundation/secrets';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestPlatform extends Platform, TestDatabase {}

export async function createTestPlatform(): Promise<TestPlatform> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-blobs-'));
  const secrets = createSecretBox([randomBytes(32)]);
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    ...database,
    secrets,
    receipts: createReceiptSigner(privateKey),
    blobs: await createBlobStore({ folder, secrets, pool: database.database.app, reserveBytes: 0 }),
    drop: async () => {
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
