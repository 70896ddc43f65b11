/**
 * Applies the SQL files of each module's `migrations/` folder, once, in order of name within a module and of the
 * dependency order of modules. What is missing is applied in one transaction: a release is in the database as a whole
 * or not at all, and one that fails leaves the database as the former release knows it. A file that changed after it
 * was applied is refused, since history is not edited; and so is a database that a newer program has migrated.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { refuse } from './refusals.ts';

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
    const migrations = await readMigrations(sources);
    const known = new Set(migrations.map(({ name }) => name));
    const unknown = [...applied.keys()].filter((name) => !known.has(name));
    if (unknown.length > 0) throw refuse('newer', { migrations: unknown });
    const missing = migrations.filter((migration) => !isApplied(migration, applied));
    if (missing.length > 0) await applyAll(client, missing);
    return missing.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly digest: string;
}

function isApplied({ name, digest }: Migration, applied: ReadonlyMap<string, string>): boolean {
  const known = applied.get(name);
  if (known !== undefined && known !== digest) {
    throw new Error(`migration ${name} was changed after it had been applied`);
  }
  return known !== undefined;
}

async function applyAll(client: Client, migrations: readonly Migration[]): Promise<void> {
  let current = '';
  try {
    await client.query('begin');
    for (const { name, sql, digest } of migrations) {
      current = name;
      await client.query(sql);
      await client.query('insert into migration.applied (name, digest) values ($1, $2)', [name, digest]);
    }
    await client.query('commit');
  } catch (error) {
    // A connection that is gone has rolled back by itself, and the first error is the story.
    await client.query('rollback').catch(() => undefined);
    throw new Error(`migration ${current} failed`, { cause: error });
  }
}

async function readMigrations(sources: readonly MigrationSource[]): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for (const { module, folder } of sources) {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
    for (const file of files) {
      const sql = await readFile(join(folder, file), 'utf8');
      const digest = createHash('sha256').update(sql).digest('hex');
      migrations.push({ name: `${module}/${file}`, sql, digest });
    }
  }
  return migrations;
}
