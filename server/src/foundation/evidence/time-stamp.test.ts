/** From a checkpoint to a receipt of level R3, with a real authority on the other side of a socket. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerTimeStampRequest, type TimeStampService } from '#foundation/crypto';
import { inTransaction } from '#foundation/db';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import {
  logSigner,
  organisation,
  origin,
  receiptSigner,
  someFact,
  trust,
  trustOf,
} from '../../../test/support/evidence.ts';
import { createTestAuthority, type TestAuthority } from '../../../test/support/time-stamps.ts';
import { createFolderArchive } from './checkpoint-archive.ts';
import { inspectEvidence } from './doctor.ts';
import { sha256 } from './encoding.ts';
import { prepareEntry, type Entry } from './entry.ts';
import { proofFor } from './proof.ts';
import { publishCheckpoint } from './publish-checkpoint.ts';
import { receiptOf } from './receipt.ts';
import { formatReceiptFile } from './receipt-file.ts';
import { sequenceEntries } from './sequence-entries.ts';
import { stampCheckpoint } from './stamp-checkpoint.ts';
import { insertEntries } from './store/entries.ts';
import { startTimeStamper } from './time-stamper.ts';
import { verifyReceiptText } from './verify-receipt.ts';

const authority = createTestAuthority();
const stampTrust = trustOf({ timestampAnchors: [listed(authority)] });

let test_: TestDatabase;
let folder: string;
let server: Server;
let service: TimeStampService;
let requests = 0;
let answers: 'stamps' | 'nothing of use' = 'stamps';

beforeAll(async () => {
  test_ = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'lienthong-stamps-'));
  server = createServer((request, response) => {
    requests++;
    void Array.fromAsync(request as AsyncIterable<Buffer>).then((chunks) => {
      if (answers !== 'stamps') return response.writeHead(503).end();
      return response.end(answerTimeStampRequest(authority, Buffer.concat(chunks), Temporal.Now.instant()));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  service = { url: `http://127.0.0.1:${port}/`, anchors: [authority.anchor] };
});
afterAll(async () => {
  server.close();
  await test_.drop();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  requests = 0;
  answers = 'stamps';
});

describe('a stamp', () => {
  test('is asked for once a checkpoint is new and the last one old enough, and shared by all it covers', async () => {
    expect(await stamp(0)).toEqual({ outcome: 'nothing due' });
    const [first, second] = await publish(2);
    expect(await stamp(600)).toEqual({ outcome: 'stamped', size: 2 });
    expect(await stamp(0)).toEqual({ outcome: 'nothing due' });
    const [third] = await publish(1);
    expect(await stamp(600)).toEqual({ outcome: 'nothing due' });
    expect(requests).toBe(1);

    const stampsOf = await Promise.all([first!, second!].map(verdictOf));
    for (const verdict of stampsOf) {
      expect(verdict).toMatchObject({
        ok: true,
        level: 'R3',
        inLog: { size: 2 },
        timeStamp: { authority: 'Dịch vụ dấu thời gian' },
      });
      expect(verdict.ok && verdict.missing.map(({ level }) => level)).toEqual(['R2']);
    }
    expect(await verdictOf(third!)).toMatchObject({
      ok: true,
      level: 'R1',
      inLog: { size: 3 },
      timeStamp: undefined,
    });

    expect(await stamp(0)).toEqual({ outcome: 'stamped', size: 3 });
    // The first stamp says more about the first entry than any later one.
    expect(await verdictOf(first!)).toMatchObject({ level: 'R3', inLog: { size: 2 } });
    expect(await verdictOf(third!)).toMatchObject({ level: 'R3', inLog: { size: 3 } });
  });

  test('that does not come, or is not right, is not stored, and asked for again', async () => {
    const [entry] = await publish(1);
    answers = 'nothing of use';
    expect(await stamp(0)).toMatchObject({ outcome: 'failed', fault: { code: 'unreachable' } });
    answers = 'stamps';
    const stranger = { ...service, anchors: [createTestAuthority().anchor] };
    expect(await stamp(0, stranger)).toMatchObject({
      outcome: 'failed',
      fault: { code: 'certificate_untrusted' },
    });
    expect(await verdictOf(entry!)).toMatchObject({ ok: true, level: 'R1' });
    expect(await stamp(0)).toMatchObject({ outcome: 'stamped' });
    expect(await verdictOf(entry!)).toMatchObject({ ok: true, level: 'R3' });
  });

  test('by two processes at once is stored once', async () => {
    await publish(1);
    const outcomes = await Promise.all([stamp(0), stamp(0), stamp(0)]);
    expect(outcomes.filter(({ outcome }) => outcome === 'stamped').length).toBeGreaterThan(0);
    const newest = await test_.database.app.query(
      'select from evidence.time_stamp where size = (select max(size) from evidence.checkpoint)',
    );
    expect(newest.rowCount).toBe(1);
  });
});

describe('in the background', () => {
  test('stamps come by themselves, trouble is said once, and stopping does not wait for an authority', async () => {
    const said: string[] = [];
    const log = {
      info: (_: object, text: string) => said.push(text),
      error: (_: object, text: string) => said.push(text),
    };
    answers = 'nothing of use';
    await publish(1);
    const failing = startTimeStamper({ pool: test_.database.sequencer, service, everySeconds: 0.01, log });
    await until(() => requests > 3);
    await failing.stop();
    expect(said).toEqual(['no time-stamp for the evidence log']);

    answers = 'stamps';
    const [entry] = await publish(1);
    const stamping = startTimeStamper({ pool: test_.database.sequencer, service, everySeconds: 0.01, log });
    await until(async () => (await verdictOf(entry!)).ok && levelOf(await verdictOf(entry!)) === 'R3');
    await stamping.stop();

    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    await publish(1);
    const asked = once(silent, 'request');
    const waiting = startTimeStamper({
      pool: test_.database.sequencer,
      service: { ...service, url: `http://127.0.0.1:${port}/` },
      everySeconds: 0.01,
      log,
    });
    await asked;
    await waiting.stop();
    silent.closeAllConnections();
    silent.close();
    expect(said).toEqual(['no time-stamp for the evidence log']);
  });
});

describe('a receipt with a stamp', () => {
  test('is refused with any changed character in it', async () => {
    const [entry] = await publish(1);
    await stamp(0);
    const file = await fileOf(entry!);
    const from = file.indexOf('\nextra ') + 7;
    // The length of a token differs from one to the next: a step must not leap over its end.
    const end = file.indexOf('\n', from);
    expect(end).toBeGreaterThan(from + 1_000);
    for (let position = from; position < end; position += 7) {
      const other = file[position] === 'A' ? 'B' : 'A';
      const changed = file.slice(0, position) + other + file.slice(position + 1);
      expect(verifyReceiptText(changed, stampTrust).ok, `character ${position}`).toBe(false);
    }
  });

  test('is refused with the stamp of another checkpoint', async () => {
    const [entry] = await publish(1);
    await stamp(0);
    const file = await fileOf(entry!);
    await publish(1);
    await stamp(0);
    const [newer] = await publish(1);
    await stamp(0);
    const other = /\nextra .*\n/.exec(await fileOf(newer!))![0];
    expect(verifyReceiptText(file.replace(/\nextra .*\n/, other), stampTrust)).toMatchObject({
      ok: false,
      code: 'evidence.time_stamp_wrong',
      en: expect.stringContaining('imprint_differs'),
    });
    expect(verifyReceiptText(file.replace('\nextra ', '\nextra \nextra '), stampTrust).ok).toBe(false);
  });

  test('is R1 for a trust file that lists no authority, and wrong for one that lists another', async () => {
    const [entry] = await publish(1);
    await stamp(0);
    const file = await fileOf(entry!);
    expect(verifyReceiptText(file, trust)).toMatchObject({ ok: true, level: 'R1', timeStamp: undefined });
    const other = trustOf({ timestampAnchors: [listed(createTestAuthority())] });
    expect(verifyReceiptText(file, other)).toMatchObject({ ok: false, code: 'evidence.time_stamp_wrong' });
  });
});

test('the doctor finds a changed stamp, and a stamp of no checkpoint', async () => {
  const owner = new Pool({ connectionString: test_.ownerUrl, max: 2 });
  const inspect = async (): Promise<string[]> => {
    const found: string[] = [];
    const archive = createFolderArchive(folder);
    for await (const { code, where } of inspectEvidence({ owner, archive, trust: stampTrust })) {
      found.push(`${code} ${where}`);
    }
    return found;
  };
  try {
    expect(await inspect()).toEqual([]);
    await owner.query('alter table evidence.time_stamp disable trigger user');
    await owner.query(
      'update evidence.time_stamp set token = set_byte(token, 200, get_byte(token, 200) # 1) where size = 2',
    );
    expect(await inspect()).toEqual(['evidence.time_stamp_damaged time-stamp 2']);
    await owner.query(
      `update evidence.time_stamp set stamped_at = stamped_at - interval '1 day' where size = 3`,
    );
    await owner.query(
      'insert into evidence.time_stamp select 9999, token, authority, stamped_at from evidence.time_stamp limit 1',
    );
    expect(await inspect()).toEqual(
      [2, 3, 9999].map((size) => `evidence.time_stamp_damaged time-stamp ${size}`),
    );
  } finally {
    await owner.end();
  }
});

function listed({ anchorCertificate }: TestAuthority): { certificate: string } {
  return { certificate: anchorCertificate.toString('base64') };
}

function stamp(everySeconds: number, by = service) {
  return stampCheckpoint({ pool: test_.database.sequencer, service: by, everySeconds });
}

async function publish(count: number): Promise<Entry[]> {
  const at = Temporal.Now.instant();
  const entries = Array.from({ length: count }, () =>
    prepareEntry(someFact(), { at, signer: receiptSigner }),
  );
  await inTransaction(test_.database.app, { organisations: [organisation.id] }, (tx) =>
    insertEntries(tx, entries),
  );
  await sequenceEntries(test_.database.sequencer, { size: 0 });
  const log = { pool: test_.database.sequencer, origin, archive: createFolderArchive(folder) };
  await publishCheckpoint(log, logSigner);
  return entries;
}

async function fileOf(entry: Entry): Promise<string> {
  const proof = await inTransaction(test_.database.app, {}, (tx) => proofFor(tx, sha256(entry.payload)));
  return formatReceiptFile(receiptOf(entry), proof);
}

async function verdictOf(entry: Entry): Promise<ReturnType<typeof verifyReceiptText>> {
  return verifyReceiptText(await fileOf(entry), stampTrust);
}

function levelOf(verdict: ReturnType<typeof verifyReceiptText>): string | undefined {
  return verdict.ok ? verdict.level : undefined;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}
