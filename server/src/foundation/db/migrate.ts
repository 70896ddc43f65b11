/**
 * Applies the SQL files of each module's `migrations/` folder, each in its own transaction, once, in order of name
 * within a module and of the dependency order of modules. A file that changed after it was applied is refused:
 * history is not edited.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';

export interface MigrationSource {
  readonly module: string;
  readonly folder: string;
}

const advisoryLock = 7_102_018; // one migrator at a time, however many servers start together

/** Returns the names of the migrations that were applied now. */
export async function migrate(ownerUrl: string, sources: readonly MigrationSource[]): Promise<string[]> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'lienthong/migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLock]);
    await client.query(`
      create schema if not exists migration;
      create table if not exists migration.applied (
        name text primary key,
        digest text not null,
        applied_at timestamptz not null default now()
      )`);
    const applied = new Map(
      (
        await client.query<{ name: string; digest: string }>('select name, digest from migration.applied')
      ).rows.map((row) => [row.name, row.digest]),
    );
    const done: string[] = [];
    for (const { name, sql } of await readMigrations(sources)) {
      const digest = createHash('sha256').update(sql).digest('hex');
      const known = applied.get(name);
      if (known === digest) continue;
      if (known) throw new Error(`migration ${name} was changed after it had been applied`);
      await apply(client, { name, sql, digest });
      done.push(name);
    }
    return done;
  } finally {
    await client.end();
  }
}

async function apply(
  client: Client,
  migration: { name: string; sql: string; digest: string },
): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.sql);
    await client.query('insert into migration.applied (name, digest) values ($1, $2)', [
      migration.name,
      migration.digest,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${migration.name} failed`, { cause: error });
  }
}

async function readMigrations(sources: readonly MigrationSource[]): Promise<{ name: string; sql: string }[]> {
  const migrations: { name: string; sql: string }[] = [];
  for (const { module, folder } of sources) {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
    for (const file of files) {
      migrations.push({ name: `${module}/${file}`, sql: await readFile(join(folder, file), 'utf8') });
    }
  }
  return migrations;
}
