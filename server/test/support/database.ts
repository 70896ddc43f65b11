/** A database of its own for a test file: a clone of the migrated template, dropped when the file is done. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { connect, type Database } from '#foundation/db';

export interface TestDatabase {
  /** The three pools of the server. */
  readonly database: Database;
  /** To look behind row-level security, or to change what the server may not. */
  readonly ownerUrl: string;
  readonly url: string;
  drop(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const postgres = inject('testPostgres');
  const template = new URL(postgres.url).pathname.slice(1);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const named = (url: string): string => {
    const changed = new URL(url);
    changed.pathname = name;
    return changed.href;
  };
  await asSuperuser(
    postgres.superuserUrl,
    `create database ${name} template ${template} owner lienthong_owner`,
  );
  const database = connect({ url: named(postgres.url) });
  return {
    database,
    ownerUrl: named(postgres.ownerUrl),
    url: named(postgres.url),
    drop: async () => {
      await database.close();
      await asSuperuser(postgres.superuserUrl, `drop database ${name} with (force)`);
    },
  };
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
