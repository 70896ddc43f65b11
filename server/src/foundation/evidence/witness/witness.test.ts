import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createServer, type HttpServer } from '#foundation/http';
import { logSigner, origin, testKey, trust } from '../../../../test/support/evidence.ts';
import { smallTree } from '../../../../test/support/small-tree.ts';
import { parseCheckpoint, signCheckpoint } from '../checkpoint.ts';
import { cosignedAt, parseWitnessKey } from '../cosignature.ts';
import { formatCosigningRequest } from '../cosigning-request.ts';
import { sha256 } from '../encoding.ts';
import { logKeysOf } from '../log-key.ts';
import { emptyRoot } from '../merkle.ts';
import { createNoteSigner, formatNote, parseNote, parseVkey, signNote, verifyNote } from '../note.ts';
import { cosignCheckpoint, type Witness } from './cosign-checkpoint.ts';
import { witnessRoutes } from './routes.ts';
import { openWitnessMemory, type WitnessMemory } from './witness-memory.ts';

const tree = smallTree();
const at = Temporal.Instant.from('2026-11-22T01:02:03Z');
let folder: string;
let memory: WitnessMemory;
let witness: Witness;
let server: HttpServer;
let contradictions: [string, string][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-witness-'));
  contradictions = [];
  await open();
});

afterEach(async () => {
  await server.close();
  memory.close();
  await rm(folder, { recursive: true });
});

describe('add-checkpoint', () => {
  test('answers 200 with a cosignature that verifies with the printed key and bears the time', async () => {
    const answer = await add(tree.request(0, 5));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    const note = parseNote(tree.checkpointAt(5) + answer.body)!;
    const key = parseWitnessKey(witness.cosigner.vkey)!;
    expect(verifyNote(note, [key])).toEqual([key]);
    expect(cosignedAt(note.signatures.at(-1)!.signature)).toEqual(at);
  });

  test('goes forward by a consistency proof, and cosigns the same checkpoint again', async () => {
    for (const [from, to] of [
      [0, 5],
      [5, 8],
      [8, 8],
      [8, 200],
    ] as const) {
      expect((await add(tree.request(from, to))).statusCode).toBe(200);
    }
  });

  test('answers 409 with the size that it knows, as text/x.tlog.size', async () => {
    await add(tree.request(0, 5));
    for (const body of [tree.request(0, 9), tree.request(3, 9), tree.request(6, 9)]) {
      const answer = await add(body);
      expect(answer).toMatchObject({ statusCode: 409, body: '5\n' });
      expect(answer.headers['content-type']).toBe('text/x.tlog.size');
    }
    // Whoever does not know where it stands asks with 0.
    expect((await add(tree.request(0, 4))).body).toBe('5\n');
  });

  test('answers 404 for a log that it does not follow', async () => {
    const other = createNoteSigner('elsewhere.example/log', testKey('log'));
    const checkpoint = signCheckpoint({ size: 5, root: tree.rootAt(5) }, other);
    expect((await add(`old 0\n\n${checkpoint}`)).statusCode).toBe(404);
  });

  test('answers 403 without a right signature of the log, also beside one by another key of its name', async () => {
    const forged = signCheckpoint(
      { size: 5, root: tree.rootAt(5) },
      createNoteSigner(origin, testKey('forger')),
    );
    expect((await add(`old 0\n\n${forged}`)).statusCode).toBe(403);
    const note = parseNote(tree.checkpointAt(5))!;
    const [signature] = note.signatures;
    const broken = Buffer.from(signature!.signature);
    broken[7]! ^= 1;
    const wrong = formatNote({ ...note, signatures: [{ ...signature!, signature: broken }] });
    expect((await add(`old 0\n\n${wrong}`)).statusCode).toBe(403);
    // One right and one wrong signature of the same key: the note is malformed.
    const both = formatNote({ ...note, signatures: [signature!, { ...signature!, signature: broken }] });
    expect((await add(`old 0\n\n${both}`)).statusCode).toBe(403);
  });

  test('ignores signatures of keys that it does not know', async () => {
    const note = parseNote(tree.checkpointAt(5))!;
    const stranger = parseNote(signNote(note.text, createNoteSigner('stranger', testKey('stranger'))))!;
    const checkpoint = formatNote({ ...note, signatures: [...stranger.signatures, ...note.signatures] });
    expect((await add(`old 0\n\n${checkpoint}`)).statusCode).toBe(200);
    expect(parseNote(memory.kept(origin)!.checkpoint)!.signatures.map(({ name }) => name)).toEqual([
      origin,
      'witness.example',
    ]);
  });

  test.each([
    ['an old size above that of the checkpoint', () => tree.request(0, 5).replace('old 0', 'old 6')],
    ['nothing', () => ''],
    ['a checkpoint alone', () => tree.checkpointAt(5)],
    ['a leading zero', () => tree.request(0, 5).replace('old 0', 'old 00')],
    ['a negative size', () => tree.request(0, 5).replace('old 0', 'old -1')],
    ['windows line ends', () => tree.request(0, 5).replaceAll('\n', '\r\n')],
    ['a hash of 31 bytes', () => withProof(5, 6, [Buffer.alloc(31)])],
    [
      '64 hashes',
      () =>
        withProof(
          5,
          6,
          Array.from({ length: 64 }, () => Buffer.alloc(32)),
        ),
    ],
    ['a note that is no checkpoint', () => `old 0\n\n${signNote('text\n', logSigner)}`],
  ])('answers 400 to %s', async (_name, body) => {
    expect((await add(body())).statusCode).toBe(400);
  });

  test('answers 422 where the proof does not lead there', async () => {
    await add(tree.request(0, 5));
    const wrong = tree.consistency(5, 9);
    wrong[1] = Buffer.alloc(32, 7);
    for (const proof of [[], wrong, tree.consistency(5, 9).slice(1), tree.consistency(4, 9)]) {
      expect((await add(withProof(5, 9, proof))).statusCode).toBe(422);
    }
    expect(memory.kept(origin)?.size).toBe(5);
  });

  test('answers 422 to a proof from nothing, and to an empty tree with leaves', async () => {
    expect((await add(withProof(0, 5, tree.consistency(3, 5)))).statusCode).toBe(422);
    const full = signCheckpoint({ size: 0, root: tree.rootAt(5) }, logSigner);
    expect((await add(`old 0\n\n${full}`)).statusCode).toBe(422);
    const empty = signCheckpoint({ size: 0, root: emptyRoot }, logSigner);
    expect((await add(`old 0\n\n${empty}`)).statusCode).toBe(200);
    expect((await add(tree.request(0, 5))).statusCode).toBe(200);
  });

  test('answers 422 to another tree of the same size, and keeps both as the proof of a fork', async () => {
    const fork = smallTree('fork', { forksAt: 3 });
    await add(tree.request(0, 5));
    expect((await add(fork.request(5, 5))).statusCode).toBe(422);
    expect(contradictions).toEqual([[memory.kept(origin)!.checkpoint, fork.checkpointAt(5)]]);
    expect((await add(fork.request(5, 9))).statusCode).toBe(422);
    expect((await add(tree.request(5, 9))).statusCode).toBe(200);
  });

  test('counts a key of the log only for its sizes', async () => {
    await server.close();
    memory.close();
    await open([{ verifier: parseVkey(logSigner.vkey)!, fromSize: 0, untilSize: 9 }]);
    expect((await add(tree.request(0, 8))).statusCode).toBe(200);
    expect((await add(tree.request(8, 9))).statusCode).toBe(403);
  });

  test('cosigns the extension lines of other logs with the rest', async () => {
    const text = `${origin}\n5\n${tree.rootAt(5).toString('base64')}\nextension\n`;
    const answer = await add(`old 0\n\n${signNote(text, logSigner)}`);
    expect(answer.statusCode).toBe(200);
    const key = parseWitnessKey(witness.cosigner.vkey)!;
    expect(verifyNote(parseNote(`${text}\n${answer.body}`)!, [key])).toHaveLength(1);
  });

  test('takes no more than a bounded body', async () => {
    expect((await add(tree.request(0, 5) + 'x'.repeat(200_000))).statusCode).toBe(413);
  });
});

test('whatever it is shown, all that it ever cosigned is one history (E3)', async () => {
  const histories = [tree, smallTree('fork', { forksAt: 3 }), smallTree('other')];
  const size = fc.nat({ max: 12 });
  const shown = fc.record({ history: fc.nat({ max: 2 }), from: size, to: size, knows: fc.boolean() });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(shown, { maxLength: 30 }), async (steps) => {
      const fresh = await openWitnessMemory(join(folder, `${++runs}.sqlite`));
      const cosigned: { size: number; root: string }[] = [];
      for (const { history, from, to, knows } of steps) {
        // A log that knows where the witness stands, and one that only pretends to.
        const oldSize = knows ? (fresh.kept(origin)?.size ?? 0) : from;
        const proof = oldSize <= to ? histories[history]!.consistency(oldSize, to) : [];
        const checkpoint = histories[history]!.checkpointAt(to);
        const body = formatCosigningRequest({ oldSize, proof, checkpoint });
        const answer = cosignCheckpoint({ ...witness, memory: fresh }, body);
        if (answer.status !== 200) continue;
        expect(to).toBeGreaterThanOrEqual(cosigned.at(-1)?.size ?? 0);
        cosigned.push({ size: to, root: parseCheckpoint(answer.checkpoint)!.root.toString('hex') });
      }
      fresh.close();
      const followed = histories.filter((history) =>
        cosigned.every(({ size, root }) => history.rootAt(size).toString('hex') === root),
      );
      expect(followed.length).toBeGreaterThan(0);
    }),
    { numRuns: 30 },
  );
});

describe('what it cosigned', () => {
  test('is remembered by a new process, with the same key', async () => {
    const { vkey } = witness.cosigner;
    await add(tree.request(0, 5));
    await server.close();
    memory.close();
    await open();
    expect(witness.cosigner.vkey).toBe(vkey);
    expect((await add(tree.request(0, 9))).body).toBe('5\n');
    expect((await add(tree.request(5, 9))).statusCode).toBe(200);
  });

  test('is on the disk before it answers, where another process sees and respects it', async () => {
    const second = await openWitnessMemory(path());
    const fork = smallTree('fork', { forksAt: 3 });
    expect(cosignCheckpoint(witness, tree.request(0, 5))).toMatchObject({ status: 200 });
    expect(cosignCheckpoint({ ...witness, memory: second }, fork.request(0, 9))).toEqual({
      status: 409,
      size: 5,
    });
    second.close();
  });

  test('is served under the hash of the origin, and 404 before', async () => {
    const url = `/${sha256(origin).toString('hex')}/checkpoint`;
    expect((await server.inject(url)).statusCode).toBe(404);
    await add(tree.request(0, 5));
    const answer = await server.inject(url);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    const { note } = parseCheckpoint(answer.body)!;
    const verifiers = [parseVkey(logSigner.vkey)!, parseWitnessKey(witness.cosigner.vkey)!];
    expect(verifyNote(note, verifiers)).toHaveLength(2);
    expect((await server.inject(`/${sha256('other').toString('hex')}/checkpoint`)).statusCode).toBe(404);
  });

  test('is refused to be set back or forgotten even by a bug, and lies in a file of its owner only', async () => {
    await add(tree.request(0, 5));
    const back = { size: 4, root: tree.rootAt(4), checkpoint: '' };
    expect(() => memory.atomically(() => memory.keep(origin, back))).toThrow('a witness never goes back');
    const other = { size: 5, root: tree.rootAt(4), checkpoint: '' };
    expect(() => memory.atomically(() => memory.keep(origin, other))).toThrow('a witness never goes back');
    const raw = new DatabaseSync(path());
    expect(() => raw.exec('delete from kept')).toThrow('a witness does not forget');
    expect(() => raw.exec(`update identity set name = 'x'`)).toThrow('a witness has one key');
    expect(raw.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    raw.close();
    expect((await stat(path())).mode & 0o777).toBe(0o600);
  });
});

function path(): string {
  return join(folder, 'witness.sqlite');
}

async function open(keys = logKeysOf(trust)): Promise<void> {
  memory = await openWitnessMemory(path());
  witness = {
    memory,
    cosigner: memory.cosigner() ?? memory.begin('witness.example'),
    logs: new Map([[origin, keys]]),
    now: () => at,
    onContradiction: (...both) => contradictions.push(both),
  };
  server = await createServer();
  await server.register(witnessRoutes, { witness });
}

function add(payload: string) {
  return server.inject({ method: 'POST', url: '/add-checkpoint', payload });
}

function withProof(oldSize: number, to: number, proof: readonly Buffer[]): string {
  return formatCosigningRequest({ oldSize, proof, checkpoint: tree.checkpointAt(to) });
}
