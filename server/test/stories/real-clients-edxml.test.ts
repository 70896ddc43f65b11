/** The public samples, as real clients wrote them, go in and come out byte for byte. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchDelivery, listWaiting, send } from '#exchange';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const samples = fileURLToPath(new URL('../../../../shared/samples/edxml/', import.meta.url));

describe.skipIf(!existsSync(samples))(
  'samples of real clients (skipped where ../shared/samples is not there)',
  () => {
    let world: World;

    beforeAll(async () => {
      world = await createWorld([
        { code: 'A80', oldCode: '000.00.00.A80' },
        { code: '002.00.20.H13' },
        { code: '28.22.H17' },
        { code: 'G22', oldCode: '000.00.00.G22' },
        { code: 'H41', oldCode: '000.00.00.H41' },
        { code: 'H14', oldCode: '000.00.00.H14' },
        { code: 'G17', oldCode: '000.00.00.G17' },
      ]);
    });
    afterAll(() => world.drop());

    test.for([
      ['document-new.edxml', 'A80', '28.22.H17'],
      ['document-new-junk-prefix.edxml', '002.00.20.H13', '28.22.H17'],
      ['document-recall.edxml', 'G22', 'H41'],
      ['document-update.edxml', 'G22', 'G17'],
    ] as const)('%s comes out as it went in', async ([file, from, to]) => {
      const bytes = await readFile(samples + file);
      const caller = await world.caller(from);
      await send(world.exchange, caller, {
        kind: 'document',
        from: undefined,
        sizeBytes: bytes.length,
        body: chunksOf(bytes),
      });
      const receiver = await world.caller(to);
      const waiting = await listWaiting(world.exchange, receiver, { kind: 'document' });
      const fetched = await fetchDelivery(world.exchange, receiver, waiting.at(-1)!.deliveryId);
      expect(Buffer.concat(await Array.fromAsync(fetched.content)).equals(bytes)).toBe(true);
    });
  },
);

async function* chunksOf(bytes: Buffer): AsyncIterable<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += 65_536) yield bytes.subarray(offset, offset + 65_536);
}
