import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '#foundation/db';
import { createServer, type HttpServer } from '#foundation/http';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import {
  logSigner,
  organisation,
  origin,
  receiptSigner,
  rootKey,
  someFact,
  testKey,
  trust,
  trustContent,
  trustOf,
} from '../../../test/support/evidence.ts';
import { runBadWitness, runWitness, type RunningWitness } from '../../../test/support/witnesses.ts';
import type { WitnessAddress } from './ask-witness.ts';
import { parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { createFolderArchive, type CheckpointArchive } from './checkpoint-archive.ts';
import { createCosigner, parseWitnessKey, type WitnessKey } from './cosignature.ts';
import { inspectEvidence } from './doctor.ts';
import { sha256 } from './encoding.ts';
import type { Entry } from './entry.ts';
import { startGatheringCosignatures, type CosignatureGathering } from './gather-cosignatures.ts';
import { evidenceRoutes } from './http/routes.ts';
import { learnFromWitnesses } from './learn-from-witness.ts';
import { logKeysOf } from './log-key.ts';
import { createNoteSigner, formatNote, parseNote } from './note.ts';
import { receiptOf } from './receipt.ts';
import { record } from './record.ts';
import { startSequencer, type Sequencer } from './sequencer.ts';
import { issueTrust } from './trust.ts';
import { verifyReceiptText, type Verdict } from './verify-receipt.ts';
import { majorityOf } from './witness-policy.ts';
import { pollLog } from './witness/poll-log.ts';

// The last one first, as the world was built. Witnesses outlive the log that they watch.
const stopsOfLog: (() => Promise<unknown>)[] = [];
const stopsOfWitnesses: (() => Promise<unknown>)[] = [];
const quiet = { info: () => undefined, error: () => undefined };
let test_: TestDatabase;
let folder: string;
let archive: CheckpointArchive;

beforeEach(async () => {
  await begin();
});

afterEach(async () => {
  await loseLog();
  await Promise.all(stopsOfWitnesses.splice(0).map((stop) => stop()));
});

describe('with three witnesses of whom one hangs', () => {
  test('a receipt is R2 by the other two, offline, and stays so over a restart', async () => {
    const hanging = await badWitness('hanging', () => undefined);
    const [first, second] = [await witness('first'), await witness('second')];
    const server = await serve([first, second, hanging]);
    startLog();
    const gathering = gather([first, second, hanging]);
    const entry = await recordFact();
    await hanging.asked;
    const trusted = trustIn([first, second, hanging]);
    const verdict = await eventually(async () => reached('R2', await verdictOn(entry, server, trusted)));
    expect(verdict.inLog).toMatchObject({
      isWitnessed: true,
      cosigned: [{ name: expect.any(String) }, { name: expect.any(String) }],
    });
    expect(gathering.trouble).toBeUndefined();

    await gathering.stop();
    const afterwards = await serve([first, second, hanging]);
    expect(reached('R2', await verdictOn(entry, afterwards, trusted))).toBeDefined();
    const { body } = await afterwards.inject('/log/checkpoint');
    expect(
      parseCheckpoint(body)!
        .note.signatures.map(({ name }) => name)
        .sort(),
    ).toEqual([origin, 'first', 'second'].sort());
  });

  test('what its two colleagues cosign counts no more than one where two of three are asked for', async () => {
    const [first, hanging, dead] = [
      await witness('first'),
      await badWitness('hanging', () => undefined),
      { key: parseWitnessKey(createCosigner('dead', testKey('dead')).vkey)!, url: nobody },
    ];
    const server = await serve([first, hanging, dead]);
    startLog();
    gather([first, hanging, dead]);
    const entry = await recordFact();
    await eventually(async () => (await cosignersOf(server)).includes('first') || undefined);
    const verdict = await verdictOn(entry, server, trustIn([first, hanging, dead]));
    expect(verdict).toMatchObject({ ok: true, level: 'R1', inLog: { cosigned: [{ name: 'first' }] } });
  });
});

describe('a witness that', () => {
  test.each([
    ['hangs', () => undefined],
    ['answers rubbish', (_: unknown, response: Response) => void response.end('rubbish\n')],
    ['answers 409 without a size', (_: unknown, response: Response) => void response.writeHead(409).end('x')],
    [
      'sends its visitors on',
      (_: unknown, response: Response) =>
        void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    [
      'never stops talking',
      (_: unknown, response: Response) => {
        const talk = setInterval(() => response.write('x'.repeat(10_000)), 1);
        response.once('close', () => clearInterval(talk));
      },
    ],
    [
      'gives the cosignature of another',
      (_: unknown, response: Response) => {
        const stranger = createCosigner('stranger', testKey('stranger'));
        response.end(
          formatNote({ text: '', signatures: [stranger.cosign('x', Temporal.Now.instant())] }).slice(1),
        );
      },
    ],
    [
      'signs something else',
      (_: unknown, response: Response) => {
        const itself = createCosigner('bad', testKey('bad'));
        response.end(
          formatNote({ text: '', signatures: [itself.cosign('x', Temporal.Now.instant())] }).slice(1),
        );
      },
    ],
  ])(
    '%s changes nothing: facts are recorded, sequenced and signed, and nothing of it is kept (E8)',
    async (_name, answer) => {
      const bad = await badWitness('bad', answer);
      const good = await witness('good');
      const server = await serve([bad, good]);
      startLog();
      const gathering = gather([bad, good]);
      await recordFact();
      await bad.asked;
      const entry = await recordFact();
      await eventually(async () => reached('R1', await verdictOn(entry, server, trust)));
      await eventually(async () => (await everyCosigner()).includes('good') || undefined);
      expect(await everyCosigner()).toEqual(['good']);
      expect(gathering.trouble).toBeUndefined();
      const before = performance.now();
      await gathering.stop();
      expect(performance.now() - before).toBeLessThan(2_000);
    },
  );
});

test('a witness whose answer was lost is asked again from where it stands', async () => {
  const only = await witness('only');
  const server = await serve([only]);
  startLog();
  await recordFact();
  const size = await eventually(() => publishedSize(server));
  const checkpoint = (await server.inject('/log/checkpoint')).body;
  const shown = await fetch(new URL('add-checkpoint', only.url), {
    method: 'POST',
    body: `old 0\n\n${checkpoint}`,
  });
  expect(shown.status).toBe(200);
  await recordFact();
  await eventually(async () => ((await publishedSize(server))! > size ? true : undefined));
  gather([only]);
  await eventually(async () => (await cosignersOf(server)).includes('only') || undefined);
  expect(only.witness.memory.kept(origin)!.size).toBe(await publishedSize(server));
});

test('one flipped bit of a stored cosignature, and one of no checkpoint, are found and named (E5)', async () => {
  const only = await witness('only');
  await serve([only]);
  const sequencer = startLog();
  gather([only]);
  await recordFact();
  await eventually(async () => (await everyCosigner()).at(0));
  await sequencer.stop();
  const owner = new Pool({ connectionString: test_.ownerUrl, max: 1 });
  stopsOfLog.push(() => owner.end());
  const inspect = async () => {
    const found = await Array.fromAsync(inspectEvidence({ owner, archive, trust: trustIn([only]) }));
    return found.map(({ code, where }) => `${code} ${where}`);
  };
  expect(await inspect()).toEqual([]);
  await owner.query('alter table evidence.cosignature disable trigger user');
  const flip =
    'update evidence.cosignature set signature = set_byte(signature, 40, get_byte(signature, 40) # 1)';
  await owner.query(flip);
  expect(await inspect()).toEqual(['evidence.cosignature_damaged only, checkpoint 1']);
  await owner.query(flip);
  await owner.query('update evidence.cosignature set size = 7');
  expect(await inspect()).toEqual(['evidence.cosignature_damaged only, checkpoint 7']);
});

describe('a log that comes back in an earlier state (E3)', () => {
  test('learns from a witness what it signed, and does not sign another tree, though its archive is lost too', async () => {
    const only = await witness('only');
    const server = await serve([only]);
    startLog();
    gather([only]);
    for (let count = 0; count < 3; count++) await recordFact();
    await eventually(async () => (only.witness.memory.kept(origin)?.size === 3 ? true : undefined));
    const lost = (await server.inject('/log/checkpoint')).body;
    await loseLog();

    await begin();
    const sequencer = startLog({ learnFrom: [only] });
    await recordFact();
    const trouble = await eventually(async () => sequencer.trouble);
    expect(trouble.code).toBe('evidence.fork');
    expect((await archive.newest(origin))!.root).toEqual(parseCheckpoint(lost)!.root);
  });

  test('is refused by the witness and says that it forked, when it signed another tree meanwhile', async () => {
    const only = await witness('only');
    await serve([only]);
    startLog();
    gather([only]);
    await recordFact();
    await eventually(async () => (only.witness.memory.kept(origin)?.size === 1 ? true : undefined));
    await loseLog();

    await begin();
    const server = await serve([only]);
    startLog();
    for (let count = 0; count < 2; count++) await recordFact();
    await eventually(async () => ((await publishedSize(server)) === 2 ? true : undefined));
    const gathering = gather([only]);
    const trouble = await eventually(async () => gathering.trouble);
    expect(trouble.code).toBe('evidence.fork');
    expect(await cosignersOf(server)).toEqual([]);
    expect(only.witness.memory.kept(origin)!.size).toBe(1);
  });

  test('goes on when a witness only claims to know more', async () => {
    const liar = await badWitness('liar', (request, response) =>
      request.method === 'POST'
        ? response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end('1000\n')
        : response.end(signCheckpoint({ size: 1000, root: sha256('x') }, foreignSigner)),
    );
    const server = await serve([liar]);
    const sequencer = startLog({ learnFrom: [liar] });
    const gathering = gather([liar]);
    const entry = await recordFact();
    await liar.asked;
    await eventually(async () => reached('R1', await verdictOn(entry, server, trust)));
    expect([sequencer.trouble, gathering.trouble]).toEqual([undefined, undefined]);
  });
});

describe('a witness that can only dial out', () => {
  test('fetches, verifies by tiles, and brings its cosignature', async () => {
    const dialling = await witness('dialling');
    const server = await serve([dialling]);
    const log = {
      url: new URL(await server.listen({ host: '127.0.0.1', port: 0 })),
      signal: AbortSignal.timeout(20_000),
    };
    startLog();
    await recordFact();
    await eventually(() => publishedSize(server));
    const first = await pollLog(dialling.witness, log, undefined);
    expect(first?.size).toBe(1);
    expect(await pollLog(dialling.witness, log, first)).toBeUndefined();
    for (let count = 0; count < 300; count++) await recordFact();
    const second = await eventually(async () => {
      const brought = await pollLog(dialling.witness, log, first);
      return brought && brought.size > 256 ? brought : undefined;
    });
    expect(dialling.witness.memory.kept(origin)).toMatchObject({ size: second.size, root: second.root });
    const entry = await recordFact();
    await eventually(async () => {
      await pollLog(dialling.witness, log, second);
      return reached('R2', await verdictOn(entry, server, trustIn([dialling])));
    });
  });

  test('is not cosigning what tiles do not prove, whatever they say', async () => {
    const dialling = await witness('dialling');
    const size = { value: 1 };
    const fork = await badWitness('log', (request, response) => {
      const root = sha256(`root ${size.value}`);
      if (request.url?.endsWith('to-cosign'))
        response.end(signCheckpoint({ size: size.value, root }, logSigner));
      else if (request.url?.includes('/tile/')) response.end(Buffer.alloc(32 * size.value));
      else response.writeHead(204).end();
    });
    const log = { url: fork.url, signal: AbortSignal.timeout(20_000) };
    expect(await pollLog(dialling.witness, log, undefined)).toMatchObject({ size: 1 });
    size.value = 2;
    await expect(pollLog(dialling.witness, log, undefined)).rejects.toThrow('not proved consistent');
    expect(dialling.witness.memory.kept(origin)!.size).toBe(1);
  });

  test('is refused where it is not configured, signed wrongly, or shows what was not published', async () => {
    const dialling = createCosigner('dialling', testKey('dialling'));
    const server = await serve([{ key: parseWitnessKey(dialling.vkey)! }]);
    startLog();
    await recordFact();
    await eventually(() => publishedSize(server));
    const published = parseNote((await server.inject('/log/checkpoint/to-cosign')).body)!;
    const at = Temporal.Now.instant();
    const cosign = (text: string, cosigner = dialling) =>
      formatNote({ text, signatures: [cosigner.cosign(text, at)] });
    const bring = async (payload: string) => {
      const answer = await server.inject({ method: 'POST', url: '/log/cosignatures', payload });
      return [answer.statusCode, answer.body && answer.json<{ code: string }>().code];
    };
    const stranger = createCosigner('stranger', testKey('stranger'));
    const otherKey = createCosigner('dialling', testKey('other'));
    const wrong = parseNote(cosign(published.text))!;
    wrong.signatures[0]!.signature[20]! ^= 1;
    const other = signCheckpoint({ size: 1, root: sha256('other') }, logSigner);
    expect(await bring('')).toEqual([400, 'evidence.cosignature_malformed']);
    expect(await bring(cosign(published.text, stranger))).toEqual([403, 'evidence.cosignature_unwanted']);
    expect(await bring(cosign(published.text, otherKey))).toEqual([403, 'evidence.cosignature_unwanted']);
    expect(await bring(formatNote(wrong))).toEqual([403, 'evidence.cosignature_wrong']);
    expect(await bring(cosign(parseNote(other)!.text))).toEqual([409, 'evidence.checkpoint_unknown']);
    expect(await cosignersOf(server)).toEqual([]);
    expect(await bring(cosign(published.text))).toEqual([204, '']);
    expect(await bring(cosign(published.text))).toEqual([204, '']);
    expect(await cosignersOf(server)).toEqual(['dialling']);
    expect((await bring('x'.repeat(20_000)))[0]).toBe(413);
    for (let count = 0; count < 20; count++) await bring('');
    expect(await bring('')).toEqual([429, 'http.too_many_attempts']);
  });
});

type Answer = Parameters<typeof runBadWitness>[1];
type Response = Parameters<Answer>[1];

const nobody = new URL('http://127.0.0.1:1/');

async function begin(): Promise<void> {
  test_ = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'lienthong-cosigning-'));
  archive = createFolderArchive(folder);
  const [database, old] = [test_, folder];
  stopsOfLog.push(async () => {
    await database.drop();
    await rm(old, { recursive: true });
  });
}

async function loseLog(): Promise<void> {
  for (const stop of stopsOfLog.splice(0).reverse()) await stop();
}

async function witness(name: string): Promise<RunningWitness> {
  const running = await runWitness(name);
  stopsOfWitnesses.push(() => running.stop());
  return running;
}

async function badWitness(name: string, answer: Answer) {
  const running = await runBadWitness(name, answer);
  stopsOfWitnesses.push(() => running.stop());
  return running;
}

type Keyed = readonly { readonly key: WitnessKey }[];

function trustIn(witnesses: Keyed) {
  return trustOf(listing(witnesses));
}

function listing(witnesses: Keyed) {
  return {
    witnesses: witnesses.map(({ key }) => ({ vkey: key.vkey, fromSize: 0, untilSize: null })),
    quorum: majorityOf(witnesses.length),
  };
}

async function serve(witnesses: Keyed): Promise<HttpServer> {
  const server = await createServer();
  await server.register(evidenceRoutes, {
    pool: test_.database.app,
    trust: () => issueTrust({ ...trustContent, ...listing(witnesses) }, rootKey),
    witnesses: witnesses.map(({ key }) => key),
  });
  stopsOfLog.push(() => server.close());
  return server;
}

function startLog({ learnFrom = [] }: { learnFrom?: readonly WitnessAddress[] } = {}): Sequencer {
  const ownLog = { origin, logKeys: () => logKeysOf(trust), archive };
  const sequencer = startSequencer({
    pool: test_.database.sequencer,
    origin,
    archive,
    signer: logSigner,
    log: quiet,
    learnHistory: (signal) => learnFromWitnesses(ownLog, learnFrom, { signal, withinMilliseconds: 1_000 }),
  });
  stopsOfLog.push(() => sequencer.stop());
  return sequencer;
}

function gather(witnesses: readonly WitnessAddress[]): CosignatureGathering {
  const gathering = startGatheringCosignatures({
    pool: test_.database.app,
    origin,
    logKeys: () => logKeysOf(trust),
    archive,
    witnesses,
    log: quiet,
  });
  stopsOfLog.push(() => gathering.stop());
  return gathering;
}

function recordFact(): Promise<Entry> {
  return inTransaction(test_.database.app, { organisations: [organisation.id] }, (tx) =>
    record(tx, receiptSigner, someFact()),
  );
}

/** What the CLI of a party would say of the receipt with the proof that the log serves now. */
async function verdictOn(entry: Entry, server: HttpServer, trusted: typeof trust): Promise<Verdict> {
  const { body } = await server.inject(`/log/proof/${sha256(entry.payload).toString('hex')}`);
  return verifyReceiptText(`${receiptOf(entry)}\n\n${body}`, trusted);
}

function reached(level: 'R1' | 'R2', verdict: Verdict) {
  return verdict.ok && verdict.level === level ? verdict : undefined;
}

async function publishedSize(server: HttpServer): Promise<number | undefined> {
  return parseCheckpoint((await server.inject('/log/checkpoint')).body)?.size;
}

async function cosignersOf(server: HttpServer): Promise<string[]> {
  const checkpoint = parseCheckpoint((await server.inject('/log/checkpoint')).body);
  return (checkpoint?.note.signatures ?? []).map(({ name }) => name).filter((name) => name !== origin);
}

async function everyCosigner(): Promise<string[]> {
  const { rows } = await test_.database.app.query<{ name: string }>(
    'select distinct witness_name as name from evidence.cosignature',
  );
  return rows.map(({ name }) => name);
}

async function eventually<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  const giveUpAt = performance.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > giveUpAt) throw new Error('it did not happen');
    await sleep(50);
  }
}

const foreignSigner = createNoteSigner(origin, testKey('forger'));
