/**
 * Foreign code reads the log: Go's sumdb/note and sumdb/tlog, as Debian packages them (`apt-get install golang-go
 * golang-golang-x-mod-dev`). Where they are not installed these tests are skipped.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
  trustContent,
} from '../../../test/support/evidence.ts';
import { acceptCosignatures } from './accept-cosignature.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { createFolderArchive } from './checkpoint-archive.ts';
import { createCosigner, parseWitnessKey } from './cosignature.ts';
import { sha256 } from './encoding.ts';
import { leafData, prepareEntry } from './entry.ts';
import { evidenceRoutes } from './http/routes.ts';
import { readRoots } from './log-tree.ts';
import { formatNote } from './note.ts';
import { publishCheckpoint } from './publish-checkpoint.ts';
import { sequenceEntries } from './sequence-entries.ts';
import { insertEntries } from './store/entries.ts';
import { tilePath } from './tiles.ts';
import { planConsistency } from './tree-proof.ts';
import { issueTrust } from './trust.ts';

const goPath = '/usr/share/gocode';
const isInstalled =
  existsSync(join(goPath, 'src/golang.org/x/mod/sumdb/tlog')) && spawnSync('go', ['version']).status === 0;
if (!isInstalled) {
  process.stderr.write('skipped: foreign checks need Debian golang-go and golang-golang-x-mod-dev\n');
}

const [oldSize, size] = [300, 600];
const minutes = 60_000;

describe.skipIf(!isInstalled)("with Go's sumdb", () => {
  const cosigners = ['witness.example/1', 'witness.example/2'].map((name) =>
    createCosigner(name, testKey(name)),
  );
  const witnesses = cosigners.map(({ vkey }) => parseWitnessKey(vkey)!);
  let test_: TestDatabase;
  let server: HttpServer;
  let folder: string;
  let program: string;
  let task: Record<string, unknown>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lienthong-foreign-'));
    program = await build(folder);
    test_ = await createTestDatabase();
    server = await createServer();
    const { app: pool, sequencer } = test_.database;
    await server.register(evidenceRoutes, {
      pool,
      trust: () => issueTrust(trustContent, rootKey),
      witnesses,
    });
    const url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/log`;

    const entries = Array.from({ length: size }, () =>
      prepareEntry(someFact(), { at: Temporal.Now.instant(), signer: receiptSigner }),
    );
    const log = { pool: sequencer, origin, archive: createFolderArchive(folder) };
    const appendUpTo = async (end: number): Promise<string> => {
      await inTransaction(pool, { organisations: [organisation.id] }, (tx) =>
        insertEntries(tx, entries.slice(end - 300, end)),
      );
      await sequenceEntries(sequencer, { size: 0 });
      await publishCheckpoint(log, logSigner);
      return (await server.inject('/log/checkpoint')).body;
    };
    const oldCheckpoint = await appendUpTo(oldSize);
    const { text } = parseCheckpoint(await appendUpTo(size))!.note;
    const signatures = cosigners.map((cosigner) => cosigner.cosign(text, Temporal.Now.instant()));
    await acceptCosignatures({ pool, witnesses }, formatNote({ text, signatures }));

    const consistency = await inTransaction(pool, {}, (tx) => readRoots(tx, planConsistency(oldSize, size)));
    const proofs = await Promise.all(
      [0, 255, 256, 299, 300, 511, 512, 599].map(async (index) => {
        const digest = sha256(entries[index]!.payload);
        const { body } = await server.inject(`/log/proof/${digest.toString('hex')}`);
        return { leaf: leafData(digest).toString('base64'), text: body };
      }),
    );
    task = {
      url,
      logVkey: logSigner.vkey,
      witnessVkeys: witnesses.map(({ vkey }) => vkey),
      oldCheckpoint,
      consistency: consistency.map((hash) => hash.toString('base64')),
      proofs,
      tilePaths: tilesOfTheSpecification.map(([level, index, width]) => ({
        level,
        index,
        width,
        path: `${level}/${tilePath({ index, width })}`,
      })),
    };
  }, 3 * minutes);

  afterAll(async () => {
    await server?.close();
    await test_?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  test('checkpoint, cosignatures, tiles, entries, inclusion and consistency proofs verify', async () => {
    expect(await run(program, task)).toEqual({
      exitCode: 0,
      errors: '',
      found: { size, leaves: size, signatures: 3, proofs: 8 },
    });
  });

  test.each([
    [
      'another consistency proof',
      () => ({ consistency: (task['consistency'] as string[]).slice(1) }),
      'our consistency proof',
    ],
    [
      'the proof of another entry',
      () => {
        const [first, second] = task['proofs'] as { leaf: string; text: string }[];
        return { proofs: [{ leaf: first!.leaf, text: second!.text }] };
      },
      'an inclusion proof',
    ],
    [
      'a tile at a wrong path',
      () => ({ tilePaths: [{ level: 0, index: 1, width: 256, path: '0/1' }] }),
      'the path of its tile',
    ],
  ])('%s is refused', async (_name, change, said) => {
    expect(await run(program, { ...task, ...change() })).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining(said),
    });
  });

  test('cosignatures of other keys do not count', async () => {
    const witnessVkeys = cosigners.map(({ name }) => createCosigner(name, testKey('other')).vkey);
    expect((await run(program, { ...task, witnessVkeys })).found).toMatchObject({ signatures: 1 });
  });
});

/** The example of its text, and the tiles of its tree of 70,000. */
const tilesOfTheSpecification: readonly (readonly [level: number, index: number, width: number])[] = [
  [0, 1_234_067, 256],
  [0, 272, 256],
  [0, 273, 112],
  [1, 0, 256],
  [1, 1, 17],
  [2, 0, 1],
];

/** Without modules and network: only what Debian installed. */
async function build(folder: string): Promise<string> {
  const program = join(folder, 'check-log');
  const source = fileURLToPath(new URL('../../../test/foreign/check-log.go', import.meta.url));
  const child = spawn('go', ['build', '-o', program, source], {
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      GO111MODULE: 'off',
      GOPATH: goPath,
      GOCACHE: join(tmpdir(), 'lienthong-go-cache'),
      GOFLAGS: '',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  expect(exitCode).toBe(0);
  return program;
}

async function run(
  program: string,
  task: Record<string, unknown>,
): Promise<{ exitCode: number; errors: string; found: unknown }> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  child.stdin.end(JSON.stringify(task));
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, errors, found: output === '' ? undefined : JSON.parse(output) };
}
