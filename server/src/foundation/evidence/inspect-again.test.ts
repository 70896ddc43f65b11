import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
import { sha256 } from './encoding.ts';
import { formatPlace, parsePlace, treeOfRows, type InspectedPlace } from './inspected-place.ts';
import { publishCheckpoint } from './publish-checkpoint.ts';
import { RecursiveTree, recursiveRoot } from './recursive.ts';
import { sequenceEntries } from './sequence-entries.ts';
import { insertEntries } from './store/entries.ts';

let test_: TestDatabase;
let owner: Pool;
let folder: string;
let archive: CheckpointArchive;
let place: InspectedPlace;

const oldSize = 8 * 256 + 100;
const newSize = oldSize + 300;

beforeAll(async () => {
  test_ = await createTestDatabase();
  owner = new Pool({ connectionString: test_.ownerUrl, max: 2 });
  folder = await mkdtemp(join(tmpdir(), 'lienthong-again-'));
  archive = createFolderArchive(folder);
  await grow(1_000);
  await grow(oldSize - 1_000);
  const first = await inspect({});
  expect(first).toMatchObject({ isWhole: true, newEntries: oldSize, sampledEntries: 0, found: [] });
  place = first.extent.place!;
  await grow(newSize - oldSize);
  for (const table of ['entry', 'entry_detail', 'leaf', 'tile', 'checkpoint']) {
    await owner.query(`alter table evidence.${table} disable trigger user, no force row level security`);
  }
});

afterAll(async () => {
  await owner.end();
  await test_.drop();
  await rm(folder, { recursive: true });
});

test('looks at what is new and at a sample of the old, and remembers where it came to', async () => {
  // The last tile of before was partial: it is read again, as one that grew.
  const newEntries = newSize - 8 * 256;
  const none = await inspect({ remembered: place });
  expect(none).toMatchObject({ isWhole: false, newEntries, sampledEntries: 0, found: [] });
  const some = await inspect({ remembered: place, sampleShare: 0.01 });
  expect(some).toMatchObject({ newEntries, sampledEntries: 256, found: [] });
  const all = await inspect({ remembered: place, sampleShare: 1 });
  expect(all).toMatchObject({ newEntries, sampledEntries: 8 * 256, found: [] });

  const next = none.extent.place!;
  expect(next.wholeAt).toEqual(place.wholeAt);
  // Nothing came since: only the tile that is still open.
  const again = await inspect({ remembered: next });
  expect(again).toMatchObject({ isWhole: false, newEntries: newSize % 256, found: [] });
  expect(again.extent.place).toMatchObject({ checkpoint: next.checkpoint, rows: next.rows });
});

test('a flipped bit in what is new is found whatever the sample', async () => {
  for (const index of [oldSize - 1, oldSize, newSize - 1]) {
    await withFlippedPayload(index, async (entryId) => {
      const { found } = await inspect({ remembered: place });
      expect(found, `leaf ${index}`).toEqual([`payload_damaged entry ${entryId}`]);
    });
  }
});

test('a flipped bit in what is old is found by a sample of all and from the beginning, and by chance by less', async () => {
  await withFlippedPayload(700, async (entryId) => {
    const expected = [`payload_damaged entry ${entryId}`];
    expect((await inspect({ remembered: place })).found).toEqual([]);
    expect((await inspect({ remembered: place, sampleShare: 1 })).found).toEqual(expected);
    expect((await inspect({})).found).toEqual(expected);
    // One of eight tiles each time: it does not stay unseen for long.
    let runs = 1;
    while ((await inspect({ remembered: place, sampleShare: 0.1 })).found.length === 0) runs++;
    expect(runs).toBeLessThan(300);
  });
});

test('an old tile whose leaf, payload and hash were all replaced is not what was signed', async () => {
  const entry = prepareEntry(someFact(), { at: Temporal.Now.instant(), signer: receiptSigner });
  const digest = sha256(entry.payload);
  const leafHash = RecursiveTree.hashOfLeaf(Buffer.concat([Buffer.of(1), digest]));
  const { rows } = await owner.query('select * from evidence.leaf where index = 700');
  const { rows: tiles } = await owner.query('select * from evidence.tile where level = 0 and index = 2');
  await inTransaction(test_.database.app, { organisations: [organisation.id] }, (tx) =>
    insertEntries(tx, [entry]),
  );
  await owner.query('delete from evidence.pending');
  await owner.query('update evidence.leaf set entry_id = $1, payload_digest = $2 where index = 700', [
    entry.id,
    digest,
  ]);
  await owner.query(
    'update evidence.tile set hashes = overlay(hashes placing $1 from $2) where level = 0 and index = 2',
    [leafHash, (700 - 512) * 32 + 1],
  );
  try {
    const { found } = await inspect({ remembered: place, sampleShare: 1 });
    // The checkpoint at 1,000 lies in another tile, whose own way up is right.
    expect(found).toEqual(['tile_damaged tile 0/2']);
  } finally {
    await owner.query('update evidence.leaf set entry_id = $1, payload_digest = $2 where index = 700', [
      rows[0].entry_id,
      rows[0].payload_digest,
    ]);
    await owner.query('update evidence.tile set hashes = $1 where level = 0 and index = 2', [
      tiles[0].hashes,
    ]);
    await owner.query('delete from evidence.entry where id = $1', [entry.id]);
    await owner.query('delete from evidence.entry_detail where entry_id = $1', [entry.id]);
  }
  expect((await inspect({})).found).toEqual([]);
});

test('a place whose hashes do not come to the signed root leads to the whole inspection', async () => {
  const rows = place.rows.map((row) => Buffer.from(row));
  rows[0]![5]! ^= 1;
  expect(await inspect({ remembered: { ...place, rows } })).toMatchObject({ isWhole: true, found: [] });
  const short = { ...place, rows: place.rows.slice(1) };
  expect(await inspect({ remembered: short })).toMatchObject({ isWhole: true, newEntries: newSize });
  const unsigned = { ...place, checkpoint: place.checkpoint.replace(/.{6}\n$/, 'AAAAA=\n') };
  expect(await inspect({ remembered: unsigned })).toMatchObject({ isWhole: true, found: [] });
});

test('a place that the log key signed and the log never had is a fork', async () => {
  const leaves = Array.from({ length: 300 }, () => randomBytes(32));
  const tree = new RecursiveTree();
  for (const leaf of leaves) tree.addLeafHash(RecursiveTree.hashOfLeaf(leaf));
  const checkpoint = signCheckpoint({ size: 300, root: tree.root() }, logSigner);
  const { found } = await inspect({ remembered: { ...place, checkpoint } });
  expect(found).toEqual(['checkpoint_contradicted archived checkpoint of the inspection before']);
});

test('the file of the place is refused when a byte of it changed, and under another key', () => {
  const [key, other] = [randomBytes(32), randomBytes(32)];
  const text = formatPlace(place, key);
  expect(parsePlace(text, [other, key])).toEqual(place);
  expect(parsePlace(text, [other])).toBeUndefined();
  for (let at = 0; at < text.length - 1; at += 11) {
    const changed = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;
    expect(parsePlace(changed, [key]), `byte ${at}`).toBeUndefined();
  }
  expect(parsePlace('', [key])).toBeUndefined();
});

test('whatever the size, a tree goes on from its rows to the same root', () => {
  fc.assert(
    fc.property(fc.nat(700), fc.nat(300), (before, more) => {
      const leaves = Array.from({ length: before + more }, (_, index) => Buffer.from(String(index)));
      const rows: [Buffer[], Buffer[]] = [[], []];
      const first = new RecursiveTree((height, _index, hash) => {
        if (height === 0) rows[0].push(hash);
        if (height === 8) {
          rows[1].push(hash);
          rows[0] = [];
        }
      });
      for (const leaf of leaves.slice(0, before)) first.addLeafHash(RecursiveTree.hashOfLeaf(leaf));
      const tree = treeOfRows(rows.map((row) => Buffer.concat(row)));
      for (const leaf of leaves.slice(before)) tree.addLeafHash(RecursiveTree.hashOfLeaf(leaf));
      expect(tree.size).toBe(leaves.length);
      expect(tree.root().equals(recursiveRoot(leaves))).toBe(true);
    }),
  );
});

async function inspect(options: Partial<EvidenceInspection>) {
  const found: string[] = [];
  let extent: InspectedExtent | undefined;
  const onInspected = (reached: InspectedExtent) => (extent = reached);
  for await (const { code, where } of inspectEvidence({ owner, archive, trust, ...options, onInspected })) {
    found.push(`${code.slice('evidence.'.length)} ${where}`);
  }
  return { ...extent!, extent: extent!, found };
}

async function withFlippedPayload(index: number, work: (entryId: string) => Promise<void>): Promise<void> {
  const swap = `update evidence.entry set payload = set_bit(payload, 163, 1 - get_bit(payload, 163))
    where id = (select entry_id from evidence.leaf where index = ${index}) returning id`;
  const { rows } = await owner.query<{ id: string }>(swap);
  try {
    await work(rows[0]!.id);
  } finally {
    await owner.query(swap);
  }
}

async function grow(count: number): Promise<void> {
  const at = Temporal.Now.instant();
  const entries = Array.from({ length: count }, () =>
    prepareEntry(someFact(), { at, signer: receiptSigner }),
  );
  await inTransaction(test_.database.app, { organisations: [organisation.id] }, (tx) =>
    insertEntries(tx, entries),
  );
  while ((await sequenceEntries(test_.database.sequencer, { size: 0 })) > 0);
  await publishCheckpoint({ pool: test_.database.sequencer, origin, archive }, logSigner);
}
