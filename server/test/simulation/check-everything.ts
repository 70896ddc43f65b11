/**
 * What must be true whenever nobody is in a transaction: the database against its own log, and both against what the
 * agencies were told. Works beside the server, as the owner of the tables.
 */
import type { Client } from 'pg';
import { Pool } from 'pg';
import { inspectHistory, inspectPackages } from '#exchange';
import type { BlobStore } from '#foundation/blob';
import { inspectEvidence } from '#foundation/evidence';
import { trust } from '../support/evidence.ts';
import { agenciesOf } from './country.ts';
import type { Copy, Sending } from './correspondence.ts';
import { nameOf } from './receiving.ts';
import { holds } from './simulation.ts';
import type { Simulation } from './simulation.ts';

export async function checkEverything(simulation: Simulation): Promise<void> {
  const { owner, known } = simulation;
  await checkAcknowledged(owner, known.sendings);
  await checkCopies(owner, known.copies);
  await checkLog(owner);
  await checkFeed(simulation);
  await checkErased(owner, known.sendings);
  const snapshot = {
    query: async (text: string, given: readonly unknown[] = []) => (await owner.query(text, [...given])).rows,
  };
  for await (const { code, where } of inspectHistory(snapshot as never))
    holds(false, 'E4', () => `${code} ${where}`);
}

/** X1 and X2, from both sides: what was acknowledged is there once, and what is there was sent and not refused. */
async function checkAcknowledged(owner: Client, sendings: readonly Sending[]): Promise<void> {
  const { rows } = await owner.query<{
    document: string;
    supplements: number[];
    ids: string[];
    whole: boolean;
  }>(
    `select envelope.document_id as document, array_agg(supplement order by supplement) as supplements,
       array_agg(envelope.id::text) as ids,
       bool_and(
         entry.id is not null
         and (select count(*) from exchange.sent_recipient sent
           where sent.organisation_id = envelope.organisation_id and sent.envelope_id = envelope.id
             and sent.delivery_id is not null)
           = (select count(*) from exchange.delivery
             where delivery.sender_id = envelope.organisation_id and delivery.envelope_id = envelope.id)
       ) as whole
     from exchange.envelope
     left join evidence.entry on entry.organisation_id = envelope.organisation_id and entry.id = envelope.entry_id
     where envelope.kind = 'document'
     group by envelope.document_id, envelope.content_digest`,
  );
  const found = new Map<string, (typeof rows)[number]>();
  for (const row of rows) {
    holds(!found.has(row.document), 'X2', () => `${row.document} is there with two contents`);
    holds(
      row.supplements.every((number, index) => number === index),
      'X2',
      () => `${row.document} is there twice`,
    );
    holds(row.whole, 'X1', () => `${row.document} lacks its entry or a copy`);
    found.set(row.document, row);
  }
  for (const { number, letter, envelopeId } of sendings) {
    const row = found.get(letter.documentId);
    found.delete(letter.documentId);
    if (envelopeId === undefined) continue;
    holds(
      row?.ids.includes(envelopeId) === true,
      'X1',
      () => `letter ${number} was acknowledged and is not there`,
    );
  }
  holds(found.size === 0, 'X8', () => `${[...found.keys()].join(', ')} was never sent`);
}

async function checkCopies(owner: Client, copies: readonly Copy[]): Promise<void> {
  const { rows } = await owner.query<{ id: string; state: string; was_fetched: boolean; unseen: boolean }>(
    `select id, state, fetched_at is not null as was_fetched, coalesce(taking_back = 'unseen', false) as unseen
     from exchange.delivery`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const row of rows) {
    holds(!(row.unseen && row.was_fetched), 'X5', () => `${row.id} was fetched and recalled unseen`);
  }
  for (const copy of copies) {
    const row = byId.get(copy.id);
    holds(row !== undefined, 'X3', () => `${nameOf(copy)} was listed and is gone`);
    holds(!copy.isDone || row.state === 'done', 'X4', () => `${nameOf(copy)} was done and is ${row.state}`);
    holds(
      !copy.fetchReceipt || row.was_fetched,
      'X5',
      () => `${nameOf(copy)} was handed out, and no row says so`,
    );
  }
}

/** E1 and E2: each entry waits or has its leaf; leaves are numbered without a gap, in the order in which they came. */
async function checkLog(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ problem: string; count: number }>(
    `select 'an entry neither waits nor has a leaf, or both' as problem, count(*) as count
     from evidence.entry
     left join evidence.leaf on leaf.organisation_id = entry.organisation_id and leaf.entry_id = entry.id
     left join evidence.pending on pending.organisation_id = entry.organisation_id and pending.entry_id = entry.id
     where (leaf.index is null) = (pending.ordinal is null)
     union all
     select 'leaf numbers have a gap', count(*)
     from (select index, row_number() over (order by index) - 1 as place from evidence.leaf) as numbered
     where index <> place
     union all
     select 'a leaf stands before that of an earlier entry', count(*)
     from (
       select ordinal, max(ordinal) over (order by index rows between unbounded preceding and 1 preceding) as before
       from evidence.leaf
       join evidence.entry on entry.organisation_id = leaf.organisation_id and entry.id = leaf.entry_id
     ) as sequence
     where ordinal < before`,
  );
  for (const { problem, count } of rows) holds(count === 0, 'E1 E2', () => problem);
}

/** X9: what a reader collected is, in order and once each, all that the log holds for him up to where he stands. */
async function checkFeed({ owner, known }: Simulation): Promise<void> {
  const { rows } = await owner.query<{ code: string; index: number }>(
    `select name.code, leaf.index
     from evidence.leaf
     join evidence.entry on entry.organisation_id = leaf.organisation_id and entry.id = leaf.entry_id
     left join exchange.delivery copy on copy.organisation_id = entry.organisation_id and copy.id = entry.subject_id
     join directory.organisation name on name.id in (entry.organisation_id, copy.sender_id)
     where entry.kind = any ($1)
     union
     -- Who receives hears of what arrives, unless it is a recall of what he never saw.
     select name.code, leaf.index
     from exchange.delivery copy
     join exchange.envelope on envelope.organisation_id = copy.sender_id and envelope.id = copy.envelope_id
     join evidence.leaf on leaf.organisation_id = copy.sender_id and leaf.entry_id = envelope.entry_id
     join directory.organisation name on name.id = copy.organisation_id
     where copy.taken_back_by is distinct from copy.envelope_id`,
    [feedKinds],
  );
  for (const { system, events } of known.readers) {
    const places = events.map(({ index }) => index);
    const last = places.at(-1) ?? -1;
    holds(
      places.every((index, at) => at === 0 || index >= places[at - 1]!),
      'X9',
      () => `the events of ${system} are not in the order of the log`,
    );
    const times = Map.groupBy(events, (event) =>
      [event.index, event.kind, event.organisationId, event.deliveryId].join(),
    );
    // Who writes to himself hears of his copy as its sender and as its holder.
    const isTwice = times.values().some(({ length }) => length > 2);
    holds(!isTwice, 'X9', () => `${system} saw an event again`);
    const seen = new Set(places);
    const own = agenciesOf(system);
    const missed = rows.find(({ code, index }) => index < last && own.includes(code) && !seen.has(index));
    holds(!missed, 'X9', () => `${system} never saw what happened to ${missed!.code} at ${missed!.index}`);
  }
}

const feedKinds = [
  'exchange.accepted',
  'exchange.fetched',
  'exchange.done',
  'exchange.failed',
  'exchange.parked',
  'exchange.returned',
  'exchange.recalled',
];

/** E7: what was erased is in no row; what was not is still described. */
async function checkErased(owner: Client, sendings: readonly Sending[]): Promise<void> {
  const erased = sendings.filter(({ isErased }) => isErased).map(({ letter }) => letter.subject!);
  if (erased.length === 0) return;
  const { rows } = await owner.query<{ subject: string }>(
    `select subject
     from unnest($1::text[]) as subject
     where exists (select from exchange.envelope where header ->> 'subject' = subject)
       or exists (select from exchange.delivery where header ->> 'subject' = subject)
       or exists (select from evidence.entry_detail where position(convert_to(subject, 'UTF8') in detail) > 0)`,
    [erased],
  );
  holds(rows.length === 0, 'E7', () => `${rows[0]!.subject} was erased and is there`);
}

/** E1, E3, E5 by the doctor, who recomputes everything; X1 by opening every package. */
export async function checkEvidence(
  { archive, owner }: Simulation,
  { ownerUrl, blobs }: { readonly ownerUrl: string; readonly blobs: BlobStore },
): Promise<void> {
  const pool = new Pool({ connectionString: ownerUrl, max: 1 });
  try {
    for await (const found of inspectEvidence({ owner: pool, archive, trust }))
      holds(false, 'E3 E5', () => `${found.code} ${found.where}`);
  } finally {
    await pool.end();
  }
  const snapshot = {
    query: async (text: string, given: readonly unknown[] = []) => (await owner.query(text, [...given])).rows,
  };
  for await (const { code, where } of inspectPackages(snapshot as never, { blobs }))
    holds(false, 'X1', () => `${code} ${where}`);
}
