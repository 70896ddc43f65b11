import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
import { leafHashOf, prepareEntry, type Entry } from './entry.ts';
import { sha256 } from './encoding.ts';
import { readRoots } from './log-tree.ts';
import { createBacklogGate, logStatus } from './log-status.ts';
import { verifyConsistency } from './merkle.ts';
import { proofFor } from './proof.ts';
import { publishCheckpoint } from './publish-checkpoint.ts';
import { receiptOf } from './receipt.ts';
import { formatReceiptFile } from './receipt-file.ts';
import { record } from './record.ts';
import { recursiveRoot } from './recursive.ts';
import { maxBatchEntries, sequenceEntries } from './sequence-entries.ts';
import { startSequencer, type Sequencer } from './sequencer.ts';
import { insertEntries, readEntries } from './store/entries.ts';
import { insertLeaves, lockHead, readHead, takePending } from './store/log.ts';
import { planConsistency } from './tree-proof.ts';
import { appendLeaves } from './tree-writer.ts';
import { verifyReceiptText } from './verify-receipt.ts';

let test_: TestDatabase;
let folder: string;
let archive: CheckpointArchive;
const running: Sequencer[] = [];

beforeEach(async () => {
  test_ = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'lienthong-evidence-'));
  archive = createFolderArchive(join(folder, 'checkpoints'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((sequencer) => sequencer.stop()));
  await test_.drop();
  await rm(folder, { recursive: true });
});

const nothingKnown = { size: 0 };
const quiet = { info: () => undefined, error: () => undefined };

describe('a fact that was recorded', () => {
  test('is proved by a receipt that verifies offline (R1)', async () => {
    const entry = await inTransaction(test_.database.app, { organisations: [organisation.id] }, (tx) =>
      record(tx, receiptSigner, someFact()),
    );
    start();
    const proof = await eventually(() =>
      inTransaction(test_.database.app, {}, (tx) => proofFor(tx, sha256(entry.payload))),
    );
    const verdict = verifyReceiptText(formatReceiptFile(receiptOf(entry), proof), trust);
    expect(verdict).toMatchObject({ ok: true, level: 'R1', inLog: { index: 0, size: 1 } });
  });

  test('is read back with its history, in the order of the log, waiting entries last', async () => {
    const subjectId = someFact().subjectId;
    const [first, second] = [someFact({ subjectId }), someFact({ subjectId, kind: 'exchange.fetched' })];
    await insert([prepare(first)]);
    await sequenceEntries(test_.database.sequencer, nothingKnown);
    await insert([prepare(second), prepare(someFact())]);
    const history = await inTransaction(test_.database.app, { organisations: [organisation.id] }, (tx) =>
      readEntries(tx, { organisationId: organisation.id, subjectId }),
    );
    expect(history.map(({ kind, index }) => [kind, index])).toEqual([
      ['exchange.accepted', 0],
      ['exchange.fetched', null],
    ]);
    expect(JSON.parse(history[0]!.detail!.toString())).toMatchObject({ subject: 'Về việc kiểm thử' });
  });

  test('is hidden from other organisations', async () => {
    const entry = prepare(someFact());
    await insert([entry]);
    const other = '019ab000-0000-7000-8000-00000000ffff' as typeof organisation.id;
    const history = await inTransaction(test_.database.app, { organisations: [other] }, (tx) =>
      readEntries(tx, { organisationId: organisation.id, subjectId: entry.subjectId }),
    );
    expect(history).toEqual([]);
    const intrusion = inTransaction(test_.database.app, { organisations: [other] }, (tx) =>
      insertEntries(tx, [entry]),
    );
    await expect(intrusion).rejects.toThrow('row-level security');
  });

  test('is recorded by the gathered acceptance for many organisations at once', async () => {
    const organisations = [1, 2, 3].map((number) => ({
      id: `019ab000-0000-7000-8000-10000000000${number}` as typeof organisation.id,
      code: `H0${number}`,
    }));
    const entries = organisations.map((one) => prepare(someFact({ organisation: one })));
    await inTransaction(test_.database.ingest, {}, (tx) => insertEntries(tx, entries));
    expect(await sequenceEntries(test_.database.sequencer, nothingKnown)).toBe(3);
  });
});

describe('the order of the log', () => {
  test('every committed fact has one leaf and numbers have no gap, with writers and sequencers at once (E1)', async () => {
    const sequencers = [1, 2, 3].map(() => sequenceUntil(600));
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let round = 0; round < 20; round++) {
        await insert(
          Array.from({ length: 5 }, () => prepare(someFact())),
          writer % 2 === 0 ? 'app' : 'ingest',
        );
        // A writer that changes its mind leaves nothing but a gap in the ordinals.
        await abort(prepare(someFact()));
      }
    });
    await Promise.all([...writers, ...sequencers]);

    const owner = await ownerOf(test_);
    const { rows } = await owner.query<{ count: number; first: number; last: number; matched: number }>(`
      select count(*), min(l.index) as first, max(l.index) as last, count(e.id) as matched
      from evidence.leaf l
      left join evidence.entry e
        on e.organisation_id = l.organisation_id and e.id = l.entry_id and sha256(e.payload) = l.payload_digest`);
    expect(rows[0]).toEqual({ count: 600, first: 0, last: 599, matched: 600 });
    const entries = await owner.query('select from evidence.entry');
    expect(entries.rowCount).toBe(600);
    const leaves = await owner.query<{ payload_digest: Buffer }>(
      'select payload_digest from evidence.leaf order by index',
    );
    await owner.end();
    const head = await inTransaction(test_.database.app, {}, readHead);
    expect(head.size).toBe(600);
    expect(head.root).toEqual(
      recursiveRoot(leaves.rows.map((row) => Buffer.concat([Buffer.of(1), row.payload_digest]))),
    );
  });

  test('what was committed before another fact was recorded has the smaller leaf number (E2)', async () => {
    const sequencers = [1, 2].map(() => sequenceUntil(160));
    const chains = Array.from({ length: 4 }, async () => {
      const chain: Entry[] = [];
      for (let link = 0; link < 40; link++) {
        const entry = prepare(someFact());
        await insert([entry]);
        chain.push(entry);
      }
      return chain;
    });
    const [written] = await Promise.all([Promise.all(chains), ...sequencers]);
    for (const chain of written) {
      const indexes = await inTransaction(test_.database.app, {}, async (tx) => {
        const rows = await tx.query<{ entry_id: string; index: number }>(
          'select entry_id, index from evidence.leaf where entry_id = any ($1)',
          [chain.map(({ id }) => id)],
        );
        const byEntry = new Map(rows.map((row) => [row.entry_id, row.index]));
        return chain.map(({ id }) => byEntry.get(id)!);
      });
      expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
    }
  });

  test('an entry that commits while the sequencer waits for the head is not passed by a later one (E2)', async () => {
    // The first sequencer holds the head; the second waits. What commits meanwhile is seen by the second's next
    // statement, in order.
    const holder = await test_.database.sequencer.connect();
    await holder.query('begin');
    await holder.query('select from evidence.head for update');
    const waiting = sequenceEntries(test_.database.sequencer, nothingKnown);
    const [earlier, later] = [prepare(someFact()), prepare(someFact())];
    await insert([earlier]);
    await insert([later]);
    await holder.query('commit');
    holder.release();
    expect(await waiting).toBe(2);
    const { rows } = await test_.database.app.query<{ entry_id: string }>(
      'select entry_id from evidence.leaf order by index',
    );
    expect(rows.map((row) => row.entry_id)).toEqual([earlier.id, later.id]);
  });

  test('more than one batch at once is taken in order', async () => {
    const entries = Array.from({ length: maxBatchEntries + 100 }, () => prepare(someFact()));
    await insert(entries);
    expect(await sequenceEntries(test_.database.sequencer, nothingKnown)).toBe(maxBatchEntries);
    expect(await sequenceEntries(test_.database.sequencer, nothingKnown)).toBe(100);
    const { rows } = await test_.database.app.query<{ entry_id: string }>(
      'select entry_id from evidence.leaf order by index',
    );
    expect(rows.map((row) => row.entry_id)).toEqual(entries.map(({ id }) => id));
  });
});

describe('published checkpoints', () => {
  test('are consistent with each other, though two sequencers run and one is killed (E3)', async () => {
    const [first, second] = [start(), start()];
    for (let round = 0; round < 12; round++) {
      await insert([prepare(someFact()), prepare(someFact()), prepare(someFact())]);
      await killHalfway();
      if (round === 6) await first.stop();
      await sleep(200);
    }
    await eventually(async () => (await logStatus(test_.database.app)).waiting === 0);
    await second.stop();

    const { rows } = await test_.database.app.query<{ size: number; root: Buffer; note: string }>(
      'select size, root, note from evidence.checkpoint order by size',
    );
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.at(-1)!.size).toBe(36);
    const pairs = rows.flatMap((a, position) => rows.slice(position + 1).map((b) => [a, b] as const));
    for (const [a, b] of pairs) {
      const hashes = await inTransaction(test_.database.app, {}, (tx) =>
        readRoots(tx, planConsistency(a.size, b.size)),
      );
      expect(verifyConsistency({ first: a, second: b, hashes })).toBe(true);
    }
    const kept: string[] = [];
    for await (const { text } of archive.records()) kept.push(text);
    expect(rows.filter(({ note }) => !kept.includes(note))).toEqual([]);
  });

  test('after a crash between keeping and publishing, the same head gets the same signature', async () => {
    await insert([prepare(someFact())]);
    await sequenceEntries(test_.database.sequencer, nothingKnown);
    const head = await inTransaction(test_.database.app, {}, readHead);
    const note = signCheckpoint(head, logSigner);
    await archive.keep(note);
    expect(await publishCheckpoint(log(), logSigner)).toBe(1);
    const { rows } = await test_.database.app.query<{ note: string }>('select note from evidence.checkpoint');
    expect(rows).toEqual([{ note }]);
    expect(await publishCheckpoint(log(), logSigner)).toBeUndefined();
  });

  test('stop after a restore to an earlier state: nothing is signed or sequenced (E3)', async () => {
    await insert([prepare(someFact()), prepare(someFact())]);
    await sequenceEntries(test_.database.sequencer, nothingKnown);
    await publishCheckpoint(log(), logSigner);
    const restored = await createTestDatabase();
    try {
      // A database that knows less than the archive, and one of the same size that tells another story.
      for (const count of [1, 1]) {
        await insertInto(
          restored,
          Array.from({ length: count }, () => prepare(someFact())),
        );
        const sequencer = start(restored);
        const trouble = await eventually(async () => sequencer.trouble);
        expect(trouble).toMatchObject({ code: 'evidence.fork' });
        await sequencer.stop();
        expect((await logStatus(restored.database.app)).checkpointSize).toBe(0);
        await sequenceEntries(restored.database.sequencer, nothingKnown);
      }
      await expect(
        publishCheckpoint({ ...log(), pool: restored.database.sequencer }, logSigner),
      ).rejects.toThrow('evidence.fork');
      await expect(sequenceEntries(restored.database.sequencer, { size: 3 })).rejects.toThrow(
        'evidence.fork',
      );
    } finally {
      await restored.drop();
    }
  });

  test('are not made of a head whose root is not that of its tiles', async () => {
    await insert([prepare(someFact()), prepare(someFact())]);
    await sequenceEntries(test_.database.sequencer, nothingKnown);
    const owner = await ownerOf(test_);
    await owner.query('update evidence.head set root = set_bit(root, 9, 1 - get_bit(root, 9))');
    await owner.end();
    await expect(publishCheckpoint(log(), logSigner)).rejects.toThrow('evidence.fork');
    expect(await archive.newest(origin)).toBeUndefined();
  });

  test('go on after PostgreSQL cut every connection of the sequencer, again and again', async () => {
    start();
    const login = new Client({ connectionString: test_.url });
    await login.connect();
    for (let round = 0; round < 20; round++) {
      await insert([prepare(someFact())]);
      await login.query(
        `select pg_terminate_backend(pid)
         from pg_stat_activity
         where datname = current_database()
           and application_name = 'lienthong/lt_sequencer'`,
      );
      await sleep(30);
    }
    await login.end();
    await eventually(async () => (await logStatus(test_.database.app)).waiting === 0);
    expect((await logStatus(test_.database.app)).checkpointSize).toBe(20);
  });

  test('stop when the configured origin is not that of the log', async () => {
    await insert([prepare(someFact())]);
    await sequenceEntries(test_.database.sequencer, nothingKnown);
    await publishCheckpoint(log(), logSigner);
    const sequencer = startSequencer({ ...log(), origin: 'sandbox.invalid/other', log: quiet });
    running.push(sequencer);
    const trouble = await eventually(async () => sequencer.trouble);
    expect(trouble?.message).toContain(`this log is ${origin}`);
  });
});

describe('without the log key', () => {
  test('entries get their leaves, nothing is signed, and the backlog is counted up to its bound (E8)', async () => {
    const gate = createBacklogGate(test_.database.app, 3);
    await gate.assertAccepting();
    const sequencer = startSequencer({ ...log(), log: quiet });
    running.push(sequencer);
    await insert([prepare(someFact()), prepare(someFact())]);
    await eventually(async () => (await logStatus(test_.database.app)).size === 2);
    expect(await logStatus(test_.database.app)).toEqual({
      waiting: 2,
      pending: 0,
      size: 2,
      checkpointSize: 0,
      checkpointAgeSeconds: null,
    });
    await createBacklogGate(test_.database.app, 3).assertAccepting();
    await insert([prepare(someFact())]);
    await expect(createBacklogGate(test_.database.ingest, 3).assertAccepting()).rejects.toThrow(
      'evidence.log_behind',
    );
    start();
    await eventually(async () => (await logStatus(test_.database.app)).waiting === 0);
  });
});

function log(): { pool: TestDatabase['database']['sequencer']; origin: string; archive: CheckpointArchive } {
  return { pool: test_.database.sequencer, origin, archive };
}

function start(on: TestDatabase = test_): Sequencer {
  const sequencer = startSequencer({ ...log(), pool: on.database.sequencer, signer: logSigner, log: quiet });
  running.push(sequencer);
  return sequencer;
}

function prepare(fact: ReturnType<typeof someFact>): Entry {
  return prepareEntry(fact, { at: Temporal.Now.instant(), signer: receiptSigner });
}

async function insert(entries: readonly Entry[], role: 'app' | 'ingest' = 'app'): Promise<void> {
  await insertInto(test_, entries, role);
}

async function insertInto(
  on: TestDatabase,
  entries: readonly Entry[],
  role: 'app' | 'ingest' = 'app',
): Promise<void> {
  await inTransaction(on.database[role], { organisations: [organisation.id] }, (tx) =>
    insertEntries(tx, entries),
  );
}

async function abort(entry: Entry): Promise<void> {
  const changedMind = inTransaction(test_.database.app, { organisations: [organisation.id] }, async (tx) => {
    await insertEntries(tx, [entry]);
    throw new Error('changed my mind');
  });
  await expect(changedMind).rejects.toThrow('changed my mind');
}

async function sequenceUntil(size: number): Promise<void> {
  while ((await inTransaction(test_.database.sequencer, {}, readHead)).size < size) {
    await sequenceEntries(test_.database.sequencer, nothingKnown);
  }
}

/** A sequencer that dies after it wrote leaves and before it commits. */
async function killHalfway(): Promise<void> {
  const killed = inTransaction(test_.database.sequencer, {}, async (tx) => {
    const head = await lockHead(tx);
    const entries = await takePending(tx, 2);
    appendLeaves(
      head,
      entries.map(({ payloadDigest }) => leafHashOf(payloadDigest)),
    );
    await insertLeaves(
      tx,
      entries.map((entry, position) => ({ index: head.size + position, entry })),
    );
    const owner = await ownerOf(test_);
    const [{ pid }] = (await tx.query<{ pid: number }>('select pg_backend_pid() as pid')) as [
      { pid: number },
    ];
    await owner.query('select 1');
    await owner.end();
    await tx.query('select pg_terminate_backend($1)', [pid]);
  });
  await expect(killed).rejects.toThrow();
}

async function ownerOf(on: TestDatabase): Promise<Client> {
  const client = new Client({ connectionString: on.ownerUrl });
  await client.connect();
  return client;
}

async function eventually<Value>(ask: () => Promise<Value>): Promise<NonNullable<Value>> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const value = await ask();
    if (value) return value;
    await sleep(50);
  }
  throw new Error('waited in vain');
}
