/** E7: after an erasure the erased text is nowhere in the database, and everything that was proven still is. */
import { Client, Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSystem } from '#directory';
import { inTransaction } from '#foundation/db';
import { proofFor, readEntries, receiptOf } from '#foundation/evidence';
import type { Actor } from '#foundation/evidence';
import { bodyOf, documentIdOf, writeLetter, writeReport } from '../../../test/support/letters.ts';
import { createWorld } from '../../../test/support/world.ts';
import type { World } from '../../../test/support/world.ts';
import {
  eraseDetails,
  fetchDelivery,
  inspectHistory,
  inspectPackages,
  listSent,
  listWaiting,
  send,
} from './index.ts';
import type { MessageKind, Sent } from './index.ts';

const commune = 'H64.31';
const ministry = 'G10';
const operator: Actor = { method: 'operator', credential: 'người-vận-hành' };
const legalBasis = 'Luật số 91/2025/QH15, Quyết định số 12/QĐ-TTTT';
const person = 'bà Nguyễn Thị Mẫu Thử';
const illness = 'bị bệnh hiếm gặp';

let world: World;
let owner: Pool;
beforeAll(async () => {
  world = await createWorld([{ code: commune }, { code: ministry }]);
  owner = new Pool({ connectionString: world.test.ownerUrl, max: 2 });
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});

describe('erasing what the axis tells of a letter', () => {
  let letter: Sent;
  let status: Sent;
  let receipt: string;

  beforeAll(async () => {
    letter = await give(
      commune,
      'document',
      await writeLetter({ from: commune, to: [ministry], number: '1', subject: `V/v ${person}` }),
    );
    receipt = letter.receipt;
    const about = { from: commune, documentId: documentIdOf({ from: commune, number: '1' }) };
    const [waiting] = await listWaiting(world.exchange, await world.caller(ministry), { kind: 'document' });
    await read(ministry, waiting!.deliveryId);
    status = await give(
      ministry,
      'status',
      writeReport({ from: ministry, about, code: '02', description: `Trả lại: ${illness}` }),
    );
    expect(await placesOf(person)).not.toEqual([]);
    expect(await placesOf(illness)).not.toEqual([]);
  });

  test('leaves the text in no table, for sender and recipient, and the receipts as they were', async () => {
    expect(await erase(commune, letter.envelopeId)).toEqual({ erasedDetails: 1, isContentDestroyed: false });
    expect(await placesOf(person)).toEqual([]);
    expect(await erase(ministry, status.envelopeId)).toEqual({ erasedDetails: 1, isContentDestroyed: false });
    expect(await placesOf(illness)).toEqual([]);

    const [sent] = await listSent(world.exchange, await world.caller(commune), {
      kind: 'document',
      limitRows: 1,
    });
    expect(sent).toMatchObject({ subject: null, businessStatus: '02', businessStatusText: null });
    const [accepted, erased] = await historyOf(commune, letter.envelopeId);
    expect(receiptOf(accepted!)).toBe(receipt);
    expect(accepted).toMatchObject({ kind: 'exchange.accepted', detail: null });
    expect(JSON.parse(erased!.payload.toString())).toMatchObject({
      kind: 'evidence.erased',
      actor: operator,
      claims: { entry: accepted!.id },
    });
    expect(JSON.parse(erased!.detail!.toString())).toMatchObject({ legalBasis });
  });

  test('leaves the doctor content, and the letter readable for who has a copy', async () => {
    expect(await inspect()).toEqual([]);
    const [waiting] = await listWaiting(world.exchange, await world.caller(ministry), { kind: 'document' });
    expect((await read(ministry, waiting!.deliveryId)).toString()).toContain(person);
  });

  test('once more finds nothing left, and the legal basis cannot be erased', async () => {
    expect(await erase(commune, letter.envelopeId)).toEqual({ erasedDetails: 0, isContentDestroyed: false });
    expect(await historyOf(commune, letter.envelopeId)).toHaveLength(2);
  });

  test.each([
    ['small', 'ngắn'],
    ['large', 'dài '.repeat(30_000)],
  ])('destroys the content where asked (%s)', async (name, text) => {
    const content = Buffer.from(`%PDF-1.7\n% ${text}\n%%EOF\n`);
    const sent = await give(
      commune,
      'document',
      await writeLetter({ from: commune, to: [ministry], content, subject: name }),
    );
    const answer = await erase(commune, sent.envelopeId, true);
    expect(answer).toEqual({ erasedDetails: 1, isContentDestroyed: true });
    const waiting = await listWaiting(world.exchange, await world.caller(ministry), { kind: 'document' });
    await expect(read(ministry, waiting.at(-1)!.deliveryId)).rejects.toMatchObject({
      code: 'exchange.content_destroyed',
    });
    const history = await historyOf(commune, sent.envelopeId);
    expect(history.map(({ kind }) => kind)).toEqual([
      'exchange.accepted',
      'evidence.erased',
      'exchange.content_destroyed',
    ]);
    expect(await inspect()).toEqual([]);
    expect(await erase(commune, sent.envelopeId, true)).toEqual({
      erasedDetails: 0,
      isContentDestroyed: false,
    });
  });

  test('is refused for what another organisation sent, and for what nobody did', async () => {
    const unknown = { code: 'exchange.envelope_unknown' };
    await expect(erase(ministry, letter.envelopeId)).rejects.toMatchObject(unknown);
    await expect(erase('X99', letter.envelopeId)).rejects.toMatchObject(unknown);
    await expect(erase(commune, 'nonsense')).rejects.toMatchObject(unknown);
  });

  test('keeps every proof (E7)', async () => {
    await world.serve();
    const entries = [...(await historyOf(commune, letter.envelopeId))];
    for (const { payload } of entries) {
      const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(payload));
      await expect
        .poll(
          () => inTransaction(world.test.database.app, {}, (tx) => proofFor(tx, new Uint8Array(digest))),
          {
            timeout: 10_000,
          },
        )
        .toMatchObject({ checkpoint: expect.stringContaining('sandbox.invalid/world') });
    }
  });
});

describe('no other way leads to an erased detail (E6):', () => {
  test('a detail without its entry of erasure is refused to go, also for the owner', async () => {
    const sent = await give(commune, 'document', await writeLetter({ from: commune, to: [ministry] }));
    const [accepted] = await historyOf(commune, sent.envelopeId);
    const { organisationId } = accepted!;
    const erased = inTransaction(world.test.database.app, { organisations: [organisationId] }, (tx) =>
      tx.query('select evidence.erase_detail($1, $2)', [organisationId, accepted!.id]),
    );
    await expect(erased).rejects.toThrow('no entry says that it is erased');
    const byOwner = owner.query('delete from evidence.entry_detail where entry_id = $1', [accepted!.id]);
    await expect(byOwner).rejects.toThrow('no entry says that it is erased');
  });

  test('the function does nothing for whom the transaction does not act', async () => {
    const sent = await give(commune, 'document', await writeLetter({ from: commune, to: [ministry] }));
    const [accepted] = await historyOf(commune, sent.envelopeId);
    await inTransaction(world.test.database.app, {}, (tx) =>
      tx.query('select evidence.erase_detail($1, $2)', [accepted!.organisationId, accepted!.id]),
    );
    const foreign = await inTransaction(world.test.database.app, {}, (tx) =>
      tx.query('select * from exchange.erase_details($1, $2, true)', [
        accepted!.organisationId,
        sent.envelopeId,
      ]),
    );
    expect(foreign).toEqual([]);
    expect((await historyOf(commune, sent.envelopeId))[0]!.detail).not.toBeNull();
  });

  test.each(['ingest', 'sequencer'] as const)('lt_%s may call neither function', async (role) => {
    const pool = world.test.database[role];
    const ids = [crypto.randomUUID(), crypto.randomUUID()];
    await expect(pool.query('select evidence.erase_detail($1, $2)', ids)).rejects.toThrow(
      'permission denied',
    );
    await expect(pool.query('select exchange.erase_details($1, $2, true)', ids)).rejects.toThrow(
      'permission denied',
    );
  });
});

function erase(organisation: string, envelope: string, destroysContent = false) {
  return eraseDetails(world.platform, { organisation, envelope, legalBasis, destroysContent }, operator);
}

async function give(from: string, kind: MessageKind, body: Buffer): Promise<Sent> {
  const request = { kind, from: undefined, sizeBytes: body.length, body: bodyOf(body) };
  return send(world.exchange, await world.caller(from), request);
}

async function read(code: string, deliveryId: string): Promise<Buffer> {
  const { content } = await fetchDelivery(world.exchange, await world.caller(code), deliveryId);
  return Buffer.concat(await Array.fromAsync(content));
}

async function historyOf(code: string, subjectId: string) {
  const caller = await findSystem(world.platform, world.credentials(code).id);
  const [organisationId] = caller!.speaksFor;
  return inTransaction(world.test.database.app, { organisations: [organisationId!] }, (tx) =>
    readEntries(tx, { organisationId: organisationId!, subjectId }),
  );
}

/** Every row of every table as text, and the bytes in them both as hexadecimal and as what they spell. */
async function placesOf(text: string): Promise<string[]> {
  const client = new Client({ connectionString: world.test.ownerUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', nspname, relname) as name
       from pg_class
       join pg_namespace on pg_namespace.oid = relnamespace
       where relkind in ('r', 'p', 'm')
         and nspname !~ '^(pg_|information_schema)'`,
    );
    const found: string[] = [];
    await client.query('begin');
    for (const { name } of tables) {
      await client.query(`alter table ${name} no force row level security`);
      const { rowCount } = await client.query(
        `select from ${name} as searched
         where strpos(searched::text, $1) > 0
           or strpos(searched::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0
           or strpos(searched::text, encode(convert_to($1, 'UTF8'), 'base64')) > 0`,
        [text],
      );
      if (rowCount) found.push(name);
    }
    await client.query('rollback');
    return found;
  } finally {
    await client.end();
  }
}

async function inspect(): Promise<string[]> {
  const snapshot = {
    query: async (text: string, parameters: readonly unknown[] = []) =>
      (await owner.query(text, [...parameters])).rows,
  };
  const findings: string[] = [];
  for await (const { code, where } of inspectHistory(snapshot as never)) findings.push(`${code} ${where}`);
  for await (const { code, where } of inspectPackages(snapshot as never, { blobs: world.platform.blobs })) {
    findings.push(`${code} ${where}`);
  }
  return findings;
}
