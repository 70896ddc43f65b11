import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '#foundation/db';
import { createServer, type HttpServer } from '#foundation/http';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import {
  logSigner,
  organisation,
  origin,
  receiptSigner,
  rootKey,
  someFact,
  trust,
  trustContent,
} from '../../../../test/support/evidence.ts';
import { parseCheckpoint } from '../checkpoint.ts';
import type { CheckpointArchive } from '../checkpoint-archive.ts';
import { sha256 } from '../encoding.ts';
import { prepareEntry } from '../entry.ts';
import { leafHash } from '../merkle.ts';
import { publishCheckpoint } from '../publish-checkpoint.ts';
import { receiptOf } from '../receipt.ts';
import { recursiveRoot } from '../recursive.ts';
import { sequenceEntries } from '../sequence-entries.ts';
import { insertEntries } from '../store/entries.ts';
import { issueTrust } from '../trust.ts';
import { verifyReceiptText } from '../verify-receipt.ts';
import { evidenceRoutes } from './routes.ts';

let test_: TestDatabase;
let server: HttpServer;

const archive: CheckpointArchive = {
  newest: async () => undefined,
  keep: async () => undefined,
  records: async function* () {},
};

const entries = Array.from({ length: 300 }, () =>
  prepareEntry(someFact(), { at: Temporal.Now.instant(), signer: receiptSigner }),
);

beforeAll(async () => {
  test_ = await createTestDatabase();
  server = await createServer();
  await server.register(evidenceRoutes, {
    pool: test_.database.app,
    trust: () => issueTrust(trustContent, rootKey),
  });
});

afterAll(async () => {
  await server.close();
  await test_.drop();
});

describe('before the first checkpoint', () => {
  test.each(['/log/checkpoint', '/log/tile/0/000', '/log/tile/0/000.p/1', `/log/proof/${'0'.repeat(64)}`])(
    '%s is not found',
    async (url) => {
      expect((await server.inject(url)).statusCode).toBe(404);
    },
  );
});

describe('a published log', () => {
  beforeAll(async () => {
    await append(0, 290);
    await publishCheckpoint({ pool: test_.database.sequencer, origin, archive }, logSigner);
    // Ten more have a leaf and no checkpoint yet.
    await append(290, 300);
  });

  test('serves its checkpoint, hardly cached', async () => {
    const answer = await server.inject('/log/checkpoint');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'public, max-age=1',
    });
    expect(parseCheckpoint(answer.body)).toMatchObject({ origin, size: 290 });
  });

  test('serves entry bundles that hash to its tiles and to its root, cached for ever', async () => {
    const leaves: Buffer[] = [];
    for (const path of ['000', '001.p/34']) {
      const bundle = await server.inject(`/log/tile/entries/${path}`);
      const tile = await server.inject(`/log/tile/0/${path}`);
      for (const answer of [bundle, tile]) {
        expect(answer.headers['content-type']).toBe('application/octet-stream');
        expect(answer.headers['cache-control']).toContain('immutable');
      }
      const found = splitBundle(bundle.rawPayload);
      expect(Buffer.concat(found.map(leafHash))).toEqual(tile.rawPayload);
      leaves.push(...found);
    }
    const checkpoint = parseCheckpoint((await server.inject('/log/checkpoint')).body)!;
    expect(leaves).toHaveLength(checkpoint.size);
    expect(recursiveRoot(leaves)).toEqual(checkpoint.root);
    const upper = await server.inject('/log/tile/1/000.p/1');
    expect(upper.rawPayload).toEqual(recursiveRoot(leaves.slice(0, 256)));
  });

  test.each([
    'tile/0/001.p/35',
    'tile/0/001',
    'tile/0/002.p/1',
    'tile/1/000.p/2',
    'tile/2/000.p/1',
    'tile/entries/001.p/35',
    'tile/0/000.p/256',
    'tile/0/00',
    'tile/00/000',
    'tile/entries/x000/000',
    'proof/abc',
    `proof/${'A'.repeat(64)}`,
  ])('has no %s', async (path) => {
    const answer = await server.inject(`/log/${path}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json<{ code: string }>().code).toMatch(/^evidence\.(tile_unknown|not_in_log_yet)$/);
  });

  test('keeps serving the partial tiles of earlier sizes', async () => {
    const earlier = await server.inject('/log/tile/0/000.p/100');
    const full = await server.inject('/log/tile/0/000');
    expect(earlier.rawPayload).toEqual(full.rawPayload.subarray(0, 3200));
  });

  test('proves each entry under the checkpoint, and says of the others that they are not in it yet', async () => {
    for (const index of [0, 255, 256, 289]) {
      const { body } = await server.inject(proofUrl(index));
      const verdict = verifyReceiptText(`${receiptOf(entries[index]!)}\n\n${body}`, trust);
      expect(verdict).toMatchObject({ ok: true, level: 'R1', inLog: { index, size: 290 } });
    }
    const answer = await server.inject(proofUrl(295));
    expect(answer.statusCode).toBe(404);
    expect(answer.json<{ code: string }>().code).toBe('evidence.not_in_log_yet');
  });

  test('serves its trust file', async () => {
    const answer = await server.inject('/trust.json');
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body).toBe(issueTrust(trustContent, rootKey));
  });
});

function proofUrl(index: number): string {
  return `/log/proof/${sha256(entries[index]!.payload).toString('hex')}`;
}

async function append(start: number, end: number): Promise<void> {
  await inTransaction(test_.database.app, { organisations: [organisation.id] }, (tx) =>
    insertEntries(tx, entries.slice(start, end)),
  );
  await sequenceEntries(test_.database.sequencer, { size: 0 });
}

function splitBundle(bundle: Buffer): Buffer[] {
  const leaves: Buffer[] = [];
  for (let position = 0; position < bundle.length;) {
    const length = bundle.readUInt16BE(position);
    leaves.push(bundle.subarray(position + 2, position + 2 + length));
    position += 2 + length;
  }
  return leaves;
}
