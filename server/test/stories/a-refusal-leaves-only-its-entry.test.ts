/** X8: whatever is refused, in whatever order, leaves nothing but entries of its refusal, of which there is a bound. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchDelivery, markDelivery, send } from '#exchange';
import type { SendRequest } from '#exchange';
import { assertNever, Refusal } from '#foundation/refusal';
import { bodyOf, writeLetter, writeReport } from '../support/letters.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const codes = ['H64.31', 'H64.32', 'G10', 'G11', 'G12', 'G14'];
const refusalsPerMinute = 60;

let world: World;
let owner: Client;
beforeAll(async () => {
  world = await createWorld(codes.map((code) => ({ code })));
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
  const caller = await world.caller('H64.31');
  await send(
    world.exchange,
    caller,
    requestOf(await writeLetter({ from: 'H64.31', to: ['G10'], number: '1' })),
  );
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});

const sizeBytes = fc.constantFrom(900, 90_000);
const from = fc.constantFrom(...codes);
const fault = fc.oneof(
  fc.record({
    what: fc.constant('cut' as const),
    from,
    sizeBytes,
    keptShare: fc.double({ min: 0, max: 0.99, noNaN: true }),
  }),
  fc.record({ what: fc.constant('nobody there' as const), from, sizeBytes }),
  fc.record({ what: fc.constant('another digest' as const), from, sizeBytes }),
  fc.record({ what: fc.constant('in the name of another' as const), from, sizeBytes }),
  fc.record({ what: fc.constant('another content under a known id' as const), sizeBytes }),
  fc.record({ what: fc.constant('a status about nothing' as const), from }),
);
type Fault = typeof fault extends fc.Arbitrary<infer Value> ? Value : never;

test('random refusals, some at once, change no count but that of their entries', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 8 }), async (faults) => {
      const before = await counts();
      const outcomes = await Promise.allSettled(faults.map(commit));
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(Refusal) as Refusal });
      }
      const { refusals, ...rest } = await counts();
      expect(rest).toEqual({ ...rest, rows: before.rows, files: before.files });
      expect(refusals - before.refusals).toBeLessThanOrEqual(faults.length);
      expect(rest.otherEntries).toBe(before.otherEntries);
    }),
    { numRuns: 25 },
  );
});

test('of a client in a loop only the first refusals of a minute are recorded', async () => {
  const before = await counts();
  for (let times = 0; times < 2 * refusalsPerMinute; times++) {
    await expect(commit({ what: 'a status about nothing', from: 'G14' })).rejects.toBeInstanceOf(Refusal);
  }
  const recorded = (await counts()).refusals - before.refusals;
  expect(recorded).toBeLessThanOrEqual(refusalsPerMinute);
  expect(recorded).toBeGreaterThan(0);
});

test('ids that nobody has, and marks out of order, leave nothing at all', async () => {
  const before = await counts();
  const caller = await world.caller('G10');
  const { rows } = await owner.query<{ id: string }>('select id from exchange.delivery limit 1');
  for (const id of [rows[0]!.id, crypto.randomUUID(), 'x']) {
    await expect(markDelivery(world.exchange, caller, { id, mark: 'done' })).rejects.toBeInstanceOf(Refusal);
  }
  await expect(fetchDelivery(world.exchange, caller, crypto.randomUUID())).rejects.toBeInstanceOf(Refusal);
  expect(await counts()).toEqual(before);
});

async function commit(wrong: Fault): Promise<unknown> {
  const sender = 'from' in wrong ? wrong.from : 'H64.31';
  const caller = await world.caller(sender);
  const letter = async (more: Partial<Parameters<typeof writeLetter>[0]> = {}): Promise<Buffer> =>
    writeLetter({
      from: sender,
      to: ['G10'],
      content: Buffer.alloc('sizeBytes' in wrong ? wrong.sizeBytes : 900, 'a'),
      ...more,
    });
  const request = async (): Promise<SendRequest> => {
    switch (wrong.what) {
      case 'cut': {
        const whole = await letter();
        const body = whole.subarray(0, Math.floor(whole.length * wrong.keptShare));
        return { ...requestOf(body), sizeBytes: undefined };
      }
      case 'nobody there':
        return requestOf(await letter({ to: ['X98', 'X99'] }));
      case 'another digest':
        return { ...requestOf(await letter()), expectedDigest: () => false };
      case 'in the name of another':
        return requestOf(await letter({ from: codes.find((code) => code !== sender)! }));
      case 'another content under a known id':
        return requestOf(await letter({ number: '1', subject: 'Nội dung khác' }));
      case 'a status about nothing': {
        const about = { from: 'H64.31', documentId: 'không có' };
        return { ...requestOf(writeReport({ from: sender, about, code: '03' })), kind: 'status' };
      }
      default:
        return assertNever(wrong);
    }
  };
  return send(world.exchange, caller, await request());
}

function requestOf(body: Buffer): SendRequest {
  return { kind: 'document', from: undefined, sizeBytes: body.length, body: bodyOf(body) };
}

async function counts() {
  const { rows } = await owner.query<{ rows: number; refusals: number; otherEntries: number }>(`
    select (select count(*) from exchange.envelope) + (select count(*) from exchange.delivery)
        + (select count(*) from exchange.sent_recipient) + (select count(*) from blob.small) as rows,
      (select count(*) from evidence.entry where kind = 'exchange.refused') as refusals,
      (select count(*) from evidence.entry where kind <> 'exchange.refused') as "otherEntries"`);
  const found = await readdir(join(world.folder, 'blobs'), { recursive: true, withFileTypes: true });
  return { ...rows[0]!, files: found.filter((entry) => entry.isFile()).length };
}
