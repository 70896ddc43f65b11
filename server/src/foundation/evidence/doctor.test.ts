import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '#foundation/db';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import {
  logSigner,
  organisation,
  origin,
  receiptSigner,
  someFact,
  trust,
} from '../../../test/support/evidence.ts';
import { signCheckpoint } from './checkpoint.ts';
import { createFolderArchive, type CheckpointArchive } from './checkpoint-archive.ts';
import { inspectEvidence, type EvidenceInspection, type InspectedExtent } from './doctor.ts';
import { prepareEntry } from './entry.ts';
import type { InspectedPlace } from './inspected-place.ts';
import { publishCheckpoint } from './publish-checkpoint.ts';
import { sequenceEntries } from './sequence-entries.ts';
import { insertEntries } from './store/entries.ts';
import { readHead } from './store/log.ts';

let test_: TestDatabase;
let owner: Pool;
let folder: string;
let archive: CheckpointArchive;
/** Of an inspection of the log as it is before each test. */
let place: InspectedPlace;

// Two full tiles and an edge, so that every kind of row is there; and an entry that waits.
const size = 2 * 256 + 30;

beforeAll(async () => {
  test_ = await createTestDatabase();
  owner = new Pool({ connectionString: test_.ownerUrl, max: 2 });
  folder = await mkdtemp(join(tmpdir(), 'lienthong-doctor-'));
  archive = createFolderArchive(folder);
  const log = { pool: test_.database.sequencer, origin, archive };
  for (const count of [100, 200, size - 300]) {
    await insert(count);
    await sequenceEntries(test_.database.sequencer, { size: 0 });
    await publishCheckpoint(log, logSigner);
  }
  // A crash came between keeping and publishing this one.
  await insert(1);
  await sequenceEntries(test_.database.sequencer, { size: 0 });
  await archive.keep(signCheckpoint(await inTransaction(test_.database.app, {}, readHead), logSigner));
  await insert(1);
  for (const table of ['entry', 'entry_detail', 'leaf', 'tile', 'checkpoint', 'head']) {
    await owner.query(`alter table evidence.${table} disable trigger user, no force row level security`);
  }
  place = (await extentOf({})).place!;
});

afterAll(async () => {
  await owner.end();
  await test_.drop();
  await rm(folder, { recursive: true });
});

test('a log that holds has no findings, and progress reaches its end', async () => {
  const progress: number[] = [];
  expect(await inspect((done) => progress.push(done))).toEqual([]);
  expect(progress.at(-1)).toBe(size + 1);
});

describe('one flipped bit is found and named (E5):', () => {
  const flip = (column: string, byte: string): string =>
    `set_bit(${column}, ${byte} * 8 + 3, 1 - get_bit(${column}, ${byte} * 8 + 3))`;
  const entryAt = (index: number): string => `(select entry_id from evidence.leaf where index = ${index})`;

  test.each([
    ['payload', 'entry', 'payload', '20', `id = ${entryAt(7)}`, 'payload_damaged entry {7}'],
    ['payload at the edge', 'entry', 'payload', '20', `id = ${entryAt(530)}`, 'payload_damaged entry {530}'],
    ['signature', 'entry', 'signature', '20', `id = ${entryAt(7)}`, 'signature_damaged entry {7}'],
    ['detail digest', 'entry', 'detail_digest', '20', `id = ${entryAt(7)}`, 'entry_damaged entry {7}'],
    ['detail', 'entry_detail', 'detail', '20', `entry_id = ${entryAt(7)}`, 'detail_damaged entry {7}'],
    ['leaf', 'leaf', 'payload_digest', '20', 'index = 7', 'leaf_damaged leaf 7'],
    ['leaf at the edge', 'leaf', 'payload_digest', '20', 'index = 530', 'leaf_damaged leaf 530'],
    ['tile', 'tile', 'hashes', '32 * 9', 'level = 0 and index = 1', 'tile_damaged tile 0/1 at 9'],
    ['root in the head', 'head', 'root', '5', 'true', 'head_damaged its root is not that of the leaves'],
    ['root of a checkpoint', 'checkpoint', 'root', '5', 'size = 300', 'checkpoint_damaged checkpoint 300'],
  ])('%s', async (_name, table, column, byte, where, expected) => {
    const swap = `update evidence.${table} set ${column} = ${flip(column, byte)} where ${where}`;
    await withDamage(swap, swap, async () => {
      expect(await inspect()).toEqual([await withIds(expected)]);
      expect(await inspectAgain(1)).toEqual([await withIds(expected)]);
    });
  });

  test.each([
    ['edge of level 0', 1, 32 * 4, ['tile_damaged tile 0/2 at 4', 'edge_damaged edge level 0']],
    ['edge of level 1', 2, 32 * 1, ['edge_damaged edge level 1']],
  ])('%s', async (_name, element, byte, expected) => {
    const swap = `update evidence.head set edge[${element}] = ${flip(`edge[${element}]`, String(byte))}`;
    await withDamage(swap, swap, async () => {
      expect(await inspect()).toEqual(expected);
      expect(await inspectAgain(0)).toEqual(expected);
    });
  });

  test.each([
    [
      'size in the head',
      'update evidence.head set size = size + 4',
      'update evidence.head set size = size - 4',
      [`head_damaged its size is ${size + 5}, there are ${size + 1} leaves`],
    ],
    [
      'note of a checkpoint',
      `update evidence.checkpoint set note = overlay(note placing 'T' from 1) where size = 300`,
      `update evidence.checkpoint set note = overlay(note placing 's' from 1) where size = 300`,
      ['checkpoint_damaged checkpoint 300'],
    ],
    [
      'size of a checkpoint',
      'update evidence.checkpoint set size = 301 where size = 300',
      'update evidence.checkpoint set size = 300 where size = 301',
      ['checkpoint_damaged checkpoint 301'],
    ],
    [
      'kind of an entry',
      `update evidence.entry set kind = 'exchange.fetched' where id = ${entryAt(7)}`,
      `update evidence.entry set kind = 'exchange.accepted' where id = ${entryAt(7)}`,
      ['entry_damaged entry {7}'],
    ],
    [
      'time of an entry',
      `update evidence.entry set recorded_at = recorded_at + interval '1 microsecond' where id = ${entryAt(7)}`,
      `update evidence.entry set recorded_at = recorded_at - interval '1 microsecond' where id = ${entryAt(7)}`,
      ['entry_damaged entry {7}'],
    ],
    [
      'key id of an entry',
      `update evidence.entry set key_id = 'x' || key_id where id = ${entryAt(7)}`,
      `update evidence.entry set key_id = substr(key_id, 2) where id = ${entryAt(7)}`,
      ['signature_damaged entry {7}'],
    ],
    [
      'digest that waits for its leaf',
      `update evidence.pending set payload_digest = ${flip('payload_digest', '3')}`,
      `update evidence.pending set payload_digest = ${flip('payload_digest', '3')}`,
      ['pending_damaged entry {waiting}'],
    ],
  ])('%s', async (_name, damage, repair, expected) => {
    await withDamage(damage, repair, async () => {
      expect(await inspect()).toEqual(await Promise.all(expected.map(withIds)));
      expect(await inspectAgain(1)).toEqual(await Promise.all(expected.map(withIds)));
    });
  });

  test.each([
    [
      'entry of a leaf',
      'update evidence.leaf set entry_id = gen_random_uuid() where index = 7',
      'entry_missing leaf 7',
    ],
    ['missing leaf', 'delete from evidence.leaf where index = 7', 'leaf_missing leaf 7'],
    ['missing tile', 'delete from evidence.tile where level = 0 and index = 1', 'tile_missing tile 0/1'],
    [
      'stray tile',
      `insert into evidence.tile select 1, 0, hashes from evidence.tile limit 1`,
      'tile_stray tile 1/0',
    ],
    [
      'missing detail',
      `delete from evidence.entry_detail where entry_id = ${entryAt(7)}`,
      'detail_missing entry {7}',
    ],
    ['removed place in the queue', 'delete from evidence.pending', 'entry_unlogged entry {waiting}'],
    [
      'checkpoint that nobody archived and the tree never had',
      `insert into evidence.checkpoint select 10000, root, note, signed_at from evidence.checkpoint limit 1`,
      'checkpoint_damaged checkpoint 10000',
    ],
  ])('%s', async (_name, damage, expected) => {
    const named = await withIds(expected);
    await owner.query('create schema kept');
    const tables = ['leaf', 'tile', 'entry_detail', 'pending', 'checkpoint'];
    for (const table of tables) await owner.query(`create table kept.${table} as table evidence.${table}`);
    const repair = tables
      .map((table) => `delete from evidence.${table}; insert into evidence.${table} table kept.${table};`)
      .join(' ');
    await withDamage(damage, `${repair} drop schema kept cascade;`, async () => {
      expect(await inspect()).toContain(named);
      // What never was in the log can be told from what is new only by reading all of it.
      if (!named.startsWith('entry_unlogged')) expect(await inspectAgain(1)).toContain(named);
    });
  });

  test('every byte of the archive', async () => {
    const [name] = await readdir(folder);
    const path = join(folder, name!);
    const whole = await readFile(path);
    for (let position = 0; position < whole.length; position += 7) {
      const changed = Buffer.from(whole);
      changed[position]! ^= 4;
      await writeFile(path, changed);
      // The archive is inspected first; the rest need not be awaited for every byte.
      expect(await firstFinding(), `byte ${position}`).toMatch(/^checkpoint_damaged archived checkpoint/);
    }
    await writeFile(path, whole);
  });
});

test('an archived checkpoint of a larger tree is a fork, and so is a well-signed one of another tree', async () => {
  const [name] = await readdir(folder);
  const path = join(folder, name!);
  const whole = await readFile(path);
  await archive.keep(signCheckpoint({ size: size + 50, root: Buffer.alloc(32, 1) }, logSigner));
  await archive.keep(signCheckpoint({ size: 200, root: Buffer.alloc(32, 1) }, logSigner));
  expect((await inspect()).map((text) => text.replace(/ [^ ]+$/, ''))).toEqual([
    `checkpoint_contradicted archived checkpoint ${name}`,
    `checkpoint_contradicted archived checkpoint ${name}`,
  ]);
  await writeFile(path, whole);
});

test('what a module above adds is inspected in the same snapshot', async () => {
  const found: string[] = [];
  const also = async function* () {
    yield { code: 'evidence.leaf_missing', where: 'blob 1', vi: '', en: '' } as const;
  };
  for await (const finding of inspectEvidence({ owner, archive, trust, also })) found.push(finding.where);
  expect(found).toEqual(['blob 1']);
});

async function inspect(onDone: (doneEntries: number) => void = () => undefined): Promise<string[]> {
  return findingsOf({ onProgress: ({ doneEntries }) => onDone(doneEntries) });
}

/** From the remembered place on, with so much of what lies before it. */
async function inspectAgain(sampleShare: number): Promise<string[]> {
  return findingsOf({ remembered: place, sampleShare });
}

async function extentOf(options: Partial<EvidenceInspection>): Promise<InspectedExtent> {
  let extent: InspectedExtent | undefined;
  expect(await findingsOf({ ...options, onInspected: (reached) => (extent = reached) })).toEqual([]);
  return extent!;
}

async function firstFinding(): Promise<string | undefined> {
  for await (const { code, where } of inspectEvidence({ owner, archive, trust })) {
    return `${code.slice('evidence.'.length)} ${where}`;
  }
  return undefined;
}

async function findingsOf(options: Partial<EvidenceInspection>): Promise<string[]> {
  const found: string[] = [];
  for await (const finding of inspectEvidence({ owner, archive, trust, ...options })) {
    expect(finding.en).toContain(finding.where);
    expect(finding.vi).toContain(finding.where);
    found.push(`${finding.code.slice('evidence.'.length)} ${finding.where}`);
  }
  return found;
}

async function withDamage(damage: string, repair: string, work: () => Promise<void>): Promise<void> {
  const changed = await owner.query(damage);
  expect(changed.rowCount).toBeGreaterThan(0);
  try {
    await work();
  } finally {
    await owner.query(repair);
  }
  expect(await inspect()).toEqual([]);
}

/** `{7}` is the entry of leaf 7, `{waiting}` that in the queue. */
async function withIds(text: string): Promise<string> {
  const place = /\{(\w+)\}/.exec(text)?.[1];
  if (place === undefined) return text;
  const { rows } =
    place === 'waiting'
      ? await owner.query<{ entry_id: string }>('select entry_id from evidence.pending')
      : await owner.query<{ entry_id: string }>('select entry_id from evidence.leaf where index = $1', [
          place,
        ]);
  return text.replace(`{${place}}`, rows[0]!.entry_id);
}

async function insert(count: number): Promise<void> {
  const at = Temporal.Now.instant();
  const entries = Array.from({ length: count }, () =>
    prepareEntry(someFact(), { at, signer: receiptSigner }),
  );
  await inTransaction(test_.database.app, { organisations: [organisation.id] }, (tx) =>
    insertEntries(tx, entries),
  );
}
