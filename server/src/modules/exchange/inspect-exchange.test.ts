import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobId, EnvelopeId } from '#foundation/ids';
import { Refusal } from '#foundation/refusal';
import { bodyOf, documentIdOf, writeLetter, writeReport } from '../../../test/support/letters.ts';
import { createWorld } from '../../../test/support/world.ts';
import type { World } from '../../../test/support/world.ts';
import {
  fetchDelivery,
  inspectHistory,
  inspectPackages,
  listSent,
  listWaiting,
  markDelivery,
  send,
} from './index.ts';
import type { Sent } from './index.ts';

const commune = 'H64.31';
const ministry = 'G10';

let world: World;
let owner: Client;
let small: Sent;
let large: Sent;
let taxOffice: string;

beforeAll(async () => {
  world = await createWorld([{ code: commune }, { code: ministry }, { code: 'G12' }]);
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
  small = await sendLetter({ number: '1', to: [ministry, 'X99'] });
  large = await sendLetter({ number: '2', content: Buffer.alloc(200_000, 'a') });
  taxOffice = (await waitingOf(ministry))[0]!;
  await act(ministry, taxOffice, 'fetch');
  await act(ministry, taxOffice, 'done');
  await report('1', '03');
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});

test('a world that holds has no findings, and the progress reaches its end', async () => {
  const progress: number[] = [];
  expect(await inspect(({ done }) => progress.push(done))).toEqual([]);
  expect(progress.at(-1)).toBe(await countOf('exchange.envelope'));
});

describe('is found and named:', () => {
  test('a flipped bit in the row of a small package', async () => {
    const [blob] = await packageOf(small.envelopeId);
    await withSwap(
      `update blob.small set ciphertext = ${flip('ciphertext', 100)} where id = '${blob}'`,
      async () => {
        expect(await inspect()).toEqual([
          `package_corrupt package of envelope ${small.envelopeId} (blob ${blob})`,
        ]);
      },
    );
  });

  test('every flipped bit in the file of a large package', async () => {
    const [blob] = await packageOf(large.envelopeId);
    const path = await fileOf(blob);
    const whole = await readFile(path);
    for (const position of [0, 65_551, 65_552, whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed[position]! ^= 0x10;
      await writeFile(path, changed);
      expect(await inspect()).toEqual([
        `package_corrupt package of envelope ${large.envelopeId} (blob ${blob})`,
      ]);
    }
    await writeFile(path, whole);
  });

  test('a package that is gone, and a key that is gone without an entry', async () => {
    const [blob] = await packageOf(small.envelopeId);
    await inRolledBack(
      async () => {
        await owner.query(`delete from blob.small where id = '${blob}'`);
        // The contents are read beside the snapshot, which sees the row as it is committed.
        await owner.query('commit; begin');
        expect(await inspect()).toEqual([
          `package_missing package of envelope ${small.envelopeId} (blob ${blob})`,
        ]);
        await owner.query('update exchange.envelope set package_key = null where package_id = $1', [blob]);
        await owner.query('update exchange.delivery set package_key = null where package_id = $1', [blob]);
        expect(await inspect()).toEqual([
          `package_key_missing package of envelope ${small.envelopeId} (blob ${blob})`,
        ]);
      },
      await keptRow(blob!),
    );
  });

  const where = () => `id = '${small.envelopeId}'`;
  const differs = (column: string) => `envelope_differs envelope ${small.envelopeId}, ${column},`;
  test.each<[column: string, damage: string, ...more: string[]]>([
    ['package_digest', flip('package_digest', 3), 'package_corrupt', 'envelope_row_differs'],
    ['content_digest', flip('content_digest', 3)],
    ['accepted_at', `accepted_at + interval '1 millisecond'`, 'envelope_row_differs'],
    ['document_id', `document_id || 'x'`, 'envelope_row_differs'],
    ['business_type', 'business_type + 1', 'envelope_row_differs'],
    ['header', `header || '{"subject": "khác"}'`, 'envelope_row_differs'],
  ])('a changed %s of an envelope', async (column, damage, ...more) => {
    await inRolledBack(async () => {
      await owner.query(`update exchange.envelope set ${column} = ${damage} where ${where()}`);
      const found = await inspect();
      expect(found).toContain(differs(column));
      expect(kindsIn(found)).toEqual(['envelope_differs', ...more].sort());
    });
  });

  test.each([
    [
      'the entry of an envelope',
      `update exchange.envelope set entry_id = gen_random_uuid()`,
      'envelope_unproven',
    ],
    [
      'a code in the list of recipients',
      `update exchange.sent_recipient set to_code = 'G10x'`,
      'recipients_differ',
    ],
    [
      'the reason of a refused one',
      `update exchange.sent_recipient set refusal_code = 'x' where ordinal = 1`,
      'recipients_differ',
    ],
    [
      'a recipient that is gone',
      `delete from exchange.sent_recipient where ordinal = 1`,
      'recipients_differ',
    ],
    [
      'a recipient too many',
      `insert into exchange.sent_recipient select organisation_id, gen_random_uuid(), 0, to_code, to_name, recipient_id, delivery_id, refusal_code, state, state_at from exchange.sent_recipient limit 1`,
      'recipient_stray',
    ],
    ['a copy that is gone', `delete from exchange.delivery`, 'delivery_missing'],
    ['a copy that went back', `update exchange.delivery set state = 'fetched'`, 'delivery_differs'],
    [
      'a copy fetched earlier',
      `update exchange.delivery set fetched_at = fetched_at - interval '1 second'`,
      'delivery_differs',
    ],
    [
      'a status that nobody reported',
      `update exchange.delivery set business_status = '06'`,
      'delivery_differs',
    ],
    [
      "a sender's row that says something else",
      `update exchange.sent_recipient set state = 'failed' where state <> 'refused'`,
      'sender_row_differs',
    ],
    [
      'a copy of another size',
      `update exchange.delivery set package_size_bytes = package_size_bytes + 1`,
      'envelope_row_differs',
    ],
  ])('%s', async (_what, damage, expected) => {
    await inRolledBack(async () => {
      await owner.query(damage);
      expect(kindsIn(await inspect())).toContain(expected);
    });
  });
});

test('whatever happens to documents, their entries fold to their rows (E4)', async () => {
  const number = fc.integer({ min: 100, max: 103 }).map(String);
  const pick = fc.nat(30);
  const action = fc.oneof(
    fc.record({ do: fc.constant('send' as const), number, extra: fc.boolean() }),
    fc.record({ do: fc.constantFrom('fetch' as const, 'processing', 'done', 'fail'), pick }),
    fc.record({
      do: fc.constant('report' as const),
      number,
      code: fc.constantFrom('01', '02', '03', '04', '05', '06', '13', '15', '16'),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 25 }), async (history) => {
      for (const step of history) {
        await allowingRefusals(async () => {
          if (step.do === 'send') {
            await sendLetter({ number: step.number, to: step.extra ? [ministry, 'G12', 'X98'] : [ministry] });
          } else if (step.do === 'report') {
            await report(step.number, step.code);
          } else {
            const sent = await listSent(world.exchange, await world.caller(commune), { kind: 'document' });
            const reached = sent.flatMap(({ deliveryId, toCode }) =>
              deliveryId ? [{ deliveryId, toCode }] : [],
            );
            const { deliveryId, toCode } = reached[step.pick % reached.length]!;
            await act(toCode, deliveryId, step.do);
          }
        });
      }
      expect(await inspect()).toEqual([]);
    }),
    { numRuns: 12 },
  );
});

async function inspect(
  onProgress: (progress: { done: number }) => void = () => undefined,
): Promise<string[]> {
  const snapshot = {
    query: async <Row>(text: string, parameters: readonly unknown[] = []) =>
      (await owner.query(text, [...parameters])).rows as Row[],
  };
  const { blobs } = world.platform;
  const findings = [
    ...(await Array.fromAsync(inspectHistory(snapshot))),
    ...(await Array.fromAsync(inspectPackages(snapshot, { blobs, onProgress }))),
  ];
  for (const { en, vi, where } of findings)
    expect([en.includes(where), vi.includes(where)]).toEqual([true, true]);
  return findings.map(({ code, where }) => `${code.slice('exchange.'.length)} ${where}`);
}

function kindsIn(findings: readonly string[]): string[] {
  return [...new Set(findings.map((text) => text.split(' ')[0]!))].sort();
}

/** The damage is seen by the inspection only, which reads through the same connection. */
async function inRolledBack(work: () => Promise<void>, repair?: () => Promise<void>): Promise<void> {
  await owner.query('begin');
  try {
    await work();
  } finally {
    await owner.query('rollback');
    await repair?.();
  }
}

/** A change that undoes itself when it is made again. */
async function withSwap(swap: string, work: () => Promise<void>): Promise<void> {
  await owner.query(swap);
  try {
    await work();
  } finally {
    await owner.query(swap);
  }
}

async function keptRow(blob: string): Promise<() => Promise<void>> {
  const { rows } = await owner.query('select ciphertext from blob.small where id = $1', [blob]);
  return async () => {
    await owner.query('insert into blob.small values ($1, $2)', [blob, rows[0].ciphertext]);
  };
}

function flip(column: string, byte: number): string {
  return `set_bit(${column}, ${byte} * 8, 1 - get_bit(${column}, ${byte} * 8))`;
}

async function packageOf(envelopeId: EnvelopeId): Promise<BlobId[]> {
  const { rows } = await owner.query('select package_id from exchange.envelope where id = $1', [envelopeId]);
  return rows.map((row: { package_id: BlobId }) => row.package_id);
}

async function fileOf(blob: BlobId | undefined): Promise<string> {
  const names = await readdir(join(world.folder, 'blobs'), { recursive: true });
  return join(
    world.folder,
    'blobs',
    names.find((name) => name.endsWith(blob!))!,
  );
}

async function countOf(table: string): Promise<number> {
  const { rows } = await owner.query(`select count(*)::integer as count from ${table}`);
  return rows[0].count as number;
}

async function sendLetter(letter: { number: string; to?: string[]; content?: Buffer }): Promise<Sent> {
  const body = await writeLetter({ from: commune, to: [ministry], ...letter });
  const request = { kind: 'document', from: undefined, sizeBytes: body.length, body: bodyOf(body) } as const;
  return send(world.exchange, await world.caller(commune), request);
}

async function report(number: string, code: string): Promise<void> {
  const documentId = documentIdOf({ from: commune, number });
  const body = writeReport({ from: ministry, about: { from: commune, documentId }, code });
  const request = { kind: 'status', from: undefined, sizeBytes: body.length, body: bodyOf(body) } as const;
  await send(world.exchange, await world.caller(ministry), request);
}

async function waitingOf(code: string): Promise<string[]> {
  const rows = await listWaiting(world.exchange, await world.caller(code), { kind: 'document' });
  return rows.map(({ deliveryId }) => deliveryId);
}

async function act(code: string, id: string, what: 'fetch' | 'processing' | 'done' | 'fail'): Promise<void> {
  const caller = await world.caller(code);
  if (what === 'fetch') await fetchDelivery(world.exchange, caller, id);
  else await markDelivery(world.exchange, caller, { id, mark: what });
}

async function allowingRefusals(work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
  });
}
