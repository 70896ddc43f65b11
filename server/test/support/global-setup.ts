/**
 * One PostgreSQL a test run, in a temporary folder, with a migrated template database that each test file clones.
 * It gives up durability for speed; a test of crashes starts a PostgreSQL of its own.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grantRoles, migrate } from '#foundation/db';
import { startEmbedded } from '#foundation/db/embedded';
import type { TestProject } from 'vitest/node';
import { migrations } from '../../src/migrations.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    testPostgres: TestPostgres;
  }
}

/** Where the tests find PostgreSQL; the template's name is the database that these URLs name. */
export interface TestPostgres {
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly url: string;
}

const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  autovacuum: 'off',
};

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await sweep();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  const postgres = await startEmbedded({ folder, settings, onNotice: () => undefined });
  const tearDown = async (): Promise<void> => {
    await postgres.stop();
    await rm(postgres.home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await migrate(postgres.ownerUrl, migrations);
    await grantRoles(postgres.ownerUrl, postgres.loginName);
  } catch (error) {
    await tearDown();
    throw error;
  }
  const { superuserUrl, ownerUrl, url } = postgres;
  project.provide('testPostgres', { superuserUrl, ownerUrl, url });
  return tearDown;
}

const prefix = 'lienthong-test-';

/** A run that was killed could not tear down: its PostgreSQL is still there, its process is not. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const processId = Number(/^lienthong-test-(\d+)-/.exec(name)?.[1]);
    if (!processId || isAlive(processId)) continue;
    const folder = join(tmpdir(), name);
    try {
      const left = await startEmbedded({ folder, settings, onNotice: () => undefined });
      await left.stop();
      await rm(left.home, { recursive: true, force: true });
    } catch {
      // Another run sweeps the same folder, or it never got as far as a cluster.
    }
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
