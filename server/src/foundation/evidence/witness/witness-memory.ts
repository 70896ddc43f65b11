/**
 * What a witness must never forget: its key, and for each log the newest checkpoint that it cosigned. Both are in one
 * SQLite file, so that neither is moved or restored without the other. A transaction is durable when it returns, and
 * excludes those of any other process on the same file.
 */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { syncFolder } from '#foundation/disk';
import { assert } from '#foundation/refusal';
import { createCosigner, type Cosigner } from '../cosignature.ts';

export interface Kept {
  readonly size: number;
  readonly root: Buffer;
  /** The signed note with the log's signature and our cosignature. */
  readonly checkpoint: string;
}

export interface WitnessMemory {
  /** Undefined until `begin`. */
  cosigner(): Cosigner | undefined;
  /** Makes the key; only ever once. */
  begin(name: string): Cosigner;
  kept(origin: string): Kept | undefined;
  keep(origin: string, checkpoint: Kept): void;
  /** All or nothing, and nobody else meanwhile; durable when it returns. */
  atomically<Result>(work: () => Result): Result;
  close(): void;
}

export async function openWitnessMemory(path: string): Promise<WitnessMemory> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Before SQLite would make it readable to others: it holds the key.
  closeSync(openSync(path, 'a', 0o600));
  await syncFolder(dirname(path));
  const database = new DatabaseSync(path);
  database.exec(`
    pragma journal_mode = delete;
    pragma synchronous = extra;
    pragma busy_timeout = 5000;
    ${schema}`);
  return memoryIn(database);
}

// The triggers say once more what `cosign-checkpoint.ts` decides: a witness only goes forward.
const schema = `
  create table if not exists identity (
    singleton integer primary key check (singleton = 1),
    name text not null,
    private_key text not null
  ) strict;
  create table if not exists kept (
    origin text primary key,
    size integer not null,
    root blob not null,
    checkpoint text not null
  ) strict;
  create trigger if not exists identity_stays before update on identity
  begin
    select raise(abort, 'a witness has one key');
  end;
  create trigger if not exists kept_only_grows before update on kept
  when new.size < old.size or (new.size = old.size and new.root <> old.root)
  begin
    select raise(abort, 'a witness never goes back');
  end;
  create trigger if not exists kept_is_not_removed before delete on kept
  begin
    select raise(abort, 'a witness does not forget');
  end;`;

function memoryIn(database: DatabaseSync): WitnessMemory {
  const readIdentity = database.prepare('select name, private_key from identity');
  const insertIdentity = database.prepare(
    'insert into identity (singleton, name, private_key) values (1, ?, ?)',
  );
  const readKept = database.prepare('select size, root, checkpoint from kept where origin = ?');
  const upsertKept = database.prepare(
    `insert into kept (origin, size, root, checkpoint)
     values (?, ?, ?, ?)
     on conflict (origin) do update
     set size = excluded.size, root = excluded.root, checkpoint = excluded.checkpoint`,
  );
  const memory: WitnessMemory = {
    cosigner() {
      const row = readIdentity.get() as { name: string; private_key: string } | undefined;
      return row && createCosigner(row.name, createPrivateKey(row.private_key));
    },
    begin(name) {
      const { privateKey } = generateKeyPairSync('ed25519');
      const cosigner = createCosigner(name, privateKey);
      insertIdentity.run(name, privateKey.export({ type: 'pkcs8', format: 'pem' }));
      return cosigner;
    },
    kept(origin) {
      const row = readKept.get(origin) as { size: number; root: Uint8Array; checkpoint: string } | undefined;
      return row && { ...row, root: Buffer.from(row.root) };
    },
    keep(origin, { size, root, checkpoint }) {
      assert(database.isTransaction, 'what is kept was compared in the same transaction');
      upsertKept.run(origin, size, root, checkpoint);
    },
    atomically(work) {
      database.exec('begin immediate');
      try {
        const result = work();
        database.exec('commit');
        return result;
      } catch (error) {
        // A commit that failed, as on a full disk, may have ended it already.
        if (database.isTransaction) database.exec('rollback');
        throw error;
      }
    },
    close: () => database.close(),
  };
  return memory;
}
