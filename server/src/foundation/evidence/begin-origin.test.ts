/** The database was restored to an earlier state and the tail is lost: what a verifier of either name sees afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '#foundation/db';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import {
  logKey,
  logSigner,
  organisation,
  origin,
  receiptSigner,
  rootKey,
  someFact,
  trust,
  trustContent,
} from '../../../test/support/evidence.ts';
import { beginOrigin, trustOfOrigin } from './begin-origin.ts';
import { createLogSigner } from './checkpoint.ts';
import { createFolderArchive, type CheckpointArchive } from './checkpoint-archive.ts';
import { inspectEvidence } from './doctor.ts';
import { sha256 } from './encoding.ts';
import type { Entry } from './entry.ts';
import { proofFor } from './proof.ts';
import { publishCheckpoint } from './publish-checkpoint.ts';
import { receiptOf } from './receipt.ts';
import { formatReceiptFile } from './receipt-file.ts';
import { record } from './record.ts';
import { sequenceEntries } from './sequence-entries.ts';
import { insertEntries } from './store/entries.ts';
import { readHead } from './store/log.ts';
import { issueTrust, parseTrust, type Trust } from './trust.ts';
import { verifyReceiptText } from './verify-receipt.ts';

const newOrigin = 'sandbox.invalid/test-2';
const newSigner = createLogSigner(newOrigin, [logKey]);
const issuedAt = Temporal.Instant.from('2026-11-22T02:00:00Z');

let lost: TestDatabase;
let restored: TestDatabase;
let folder: string;
let archive: CheckpointArchive;

beforeEach(async () => {
  [lost, restored] = [await createTestDatabase(), await createTestDatabase()];
  folder = await mkdtemp(join(tmpdir(), 'lienthong-origin-'));
  archive = createFolderArchive(folder);
});
afterEach(async () => {
  await Promise.all([lost.drop(), restored.drop()]);
  await rm(folder, { recursive: true });
});

test('the log goes on under another name, and receipts of before, of the lost tail and of after all verify', async () => {
  // Both have the first three: the same entries, so the same leaves.
  const before = await addTo([lost, restored], 3);
  await sign(lost, origin);
  await sign(restored, origin);
  const beforeProof = await receiptFile(lost, before[0]!);
  const tail = await addTo([lost], 4);
  await sign(lost, origin);
  const tailProof = await receiptFile(lost, tail[0]!);
  await addTo([restored], 1);

  const begun = await begin();
  expect(begun).toEqual({ formerOrigin: origin, lastSize: 7, keptSize: 3, fromSize: 5 });
  const newTrust = trustFor(begun);
  const after = await addTo([restored], 2);
  await sign(restored, newOrigin, newTrust);
  const afterProof = await receiptFile(restored, after[0]!);

  for (const [file, inLog] of [
    [beforeProof, { origin, size: 3 }],
    [tailProof, { origin, size: 7 }],
    [afterProof, { origin: newOrigin, index: 5, size: 7 }],
  ] as const) {
    expect(verifyReceiptText(file, newTrust)).toMatchObject({ ok: true, level: 'R1', inLog });
  }
  // Whoever still holds the former trust file is told that the log has another name now.
  expect(verifyReceiptText(afterProof, trust)).toMatchObject({ ok: false, code: 'evidence.sandbox_origin' });
  expect(await findings(newTrust)).toEqual([]);
});

test('its first entry under the new name states where the former one had come to', async () => {
  await addTo([lost, restored], 2);
  await addTo([lost], 1);
  await sign(lost, origin);
  const { fromSize } = await begin();
  const owner = new Pool({ connectionString: restored.ownerUrl, max: 1 });
  const { rows } = await owner.query<{ payload: Buffer }>(
    'select payload from evidence.leaf join evidence.entry on entry_id = id where index = $1',
    [fromSize - 1],
  );
  await owner.end();
  const last = await archive.newest(origin);
  expect(JSON.parse(rows[0]!.payload.toString())).toMatchObject({
    kind: 'log.origin_begun',
    claims: { origin: newOrigin, former: { origin, size: 3, root: last!.root.toString('base64') } },
  });
});

test('a checkpoint that the former key signs beyond what it had signed does not count, under either name', async () => {
  await addTo([lost, restored], 2);
  const forged = await addTo([lost], 2);
  await sign(lost, origin);
  const begun = await begin();
  await addTo([lost], 5);
  await sign(lost, origin);
  const file = await receiptFile(lost, forged[0]!);
  expect(verifyReceiptText(file, trustFor(begun))).toMatchObject({
    ok: false,
    code: 'evidence.checkpoint_signature_wrong',
  });
});

test('a log that is not forked keeps its name, and no name is used twice', async () => {
  await addTo([lost, restored], 2);
  await sign(restored, origin);
  await expect(begin()).rejects.toMatchObject({ code: 'evidence.not_forked' });
  await addTo([lost], 2);
  await sign(lost, origin);
  await expect(begin(origin)).rejects.toMatchObject({ code: 'evidence.origin_used' });
  expect(await sizeOf(restored)).toBe(2);
});

function begin(name = newOrigin) {
  return beginOrigin({
    database: restored.database,
    archive,
    receipts: receiptSigner,
    trust: trustContent,
    origin: name,
    organisation,
  });
}

function trustFor(begun: Awaited<ReturnType<typeof begin>>): Trust {
  const vkeys = newSigner.signers.map(({ vkey }) => vkey);
  return parseTrust(
    issueTrust(trustOfOrigin(trustContent, { begun, origin: newOrigin, vkeys, issuedAt }), rootKey),
  );
}

/** The same entries into each, as a backup has what its original had. */
async function addTo(databases: readonly TestDatabase[], count: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  const [first, ...others] = databases;
  for (let index = 0; index < count; index++) {
    const entry = await inTransaction(first!.database.app, { organisations: [organisation.id] }, (tx) =>
      record(tx, receiptSigner, someFact()),
    );
    for (const { database } of others) {
      await inTransaction(database.app, { organisations: [organisation.id] }, (tx) =>
        insertEntries(tx, [entry]),
      );
    }
    entries.push(entry);
  }
  for (const { database } of databases) {
    if (database !== restored.database || others.length > 0)
      await sequenceEntries(database.sequencer, { size: 0 });
  }
  return entries;
}

async function sign(database: TestDatabase, name: string, known?: Trust): Promise<void> {
  const pool = database.database.sequencer;
  await sequenceEntries(pool, { size: 0 });
  const formerOrigins = known?.formerOrigins?.map((former) => former.origin) ?? [];
  await publishCheckpoint(
    { pool, origin: name, formerOrigins, archive },
    name === origin ? logSigner : newSigner,
  );
}

async function receiptFile({ database }: TestDatabase, entry: Entry): Promise<string> {
  const proof = await inTransaction(database.app, {}, (tx) => proofFor(tx, sha256(entry.payload)));
  return formatReceiptFile(receiptOf(entry), proof);
}

async function findings(known: Trust): Promise<string[]> {
  const owner = new Pool({ connectionString: restored.ownerUrl, max: 2 });
  const found: string[] = [];
  for await (const { code, en } of inspectEvidence({ owner, archive, trust: known }))
    found.push(`${code}: ${en}`);
  await owner.end();
  return found;
}

async function sizeOf({ database }: TestDatabase): Promise<number> {
  return inTransaction(database.app, {}, async (tx) => (await readHead(tx)).size);
}
