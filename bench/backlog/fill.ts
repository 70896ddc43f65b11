/**
 * A million letters that wait, by copying the rows of one that was accepted: its envelope, the sender's row, the copy in
 * one of many mailboxes, its entry in the log with what describes it. Ids are in the order of time, as ours are; every
 * letter has its own document id and digests. All share the package of the first, since waiting mail is not read; their
 * entries have no leaves, since no acceptance looks at leaves.
 */
import { Client } from 'pg';

export interface FillOptions {
  /** Of a role that may write all rows. */
  readonly superuserUrl: string;
  /** Code of an organisation that has sent one letter to one recipient. */
  readonly senderCode: string;
  /** Whose mailboxes fill up, in turns. */
  readonly recipientCodes: readonly string[];
  readonly count: number;
  readonly onProgress: (made: number) => void;
}

const rowsAtOnce = 50_000;

export async function fillMailboxes(options: FillOptions): Promise<void> {
  const { superuserUrl, senderCode, recipientCodes, count, onProgress } = options;
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query(idInOrderOfTime);
    for (let made = 0; made < count; made += rowsAtOnce) {
      const last = Math.min(made + rowsAtOnce, count);
      await client.query(copyLetter, [senderCode, recipientCodes, made + 1, last]);
      onProgress(last);
    }
    // As autovacuum does some time after so many rows.
    await client.query(
      'analyze exchange.envelope, exchange.sent_recipient, exchange.delivery, evidence.entry',
    );
  } finally {
    await client.end();
  }
}

/** A UUIDv7 of a time in the last hour. */
const idInOrderOfTime = `
  create function pg_temp.id_at(at timestamptz) returns uuid language sql volatile as $$
    select (left(hex, 8) || '-' || right(hex, 4) || '-7' || substr(gen_random_uuid()::text, 16))::uuid
    from lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') as hex
  $$`;

const copyLetter = `
  with template as (
    select envelope.*
    from exchange.envelope
    join directory.organisation on organisation.id = envelope.organisation_id
    where organisation.code = $1
      and envelope.kind = 'document'
    order by accepted_at desc
    limit 1
  ),
  recipient as (
    select organisation.id, organisation.code, organisation.name, row_number() over (order by code) as place
    from directory.organisation
    where code = any ($2::text[])
  ),
  letter as materialized (
    select number, at, pg_temp.id_at(at) as envelope_id, pg_temp.id_at(at) as delivery_id, pg_temp.id_at(at) as entry_id,
      recipient.id as recipient_id, recipient.code, recipient.name
    from generate_series($3::integer, $4::integer) as number
    cross join lateral (select now() - interval '1 hour' + number * interval '1 millisecond' as at) as moment
    join recipient on recipient.place = 1 + number % (select count(*) from recipient)
  ),
  envelopes as (
    insert into exchange.envelope (
      organisation_id, id, kind, system_id, from_code, document_id, business_type, content_digest, supplement,
      recipients_digest, header, warnings, priority, package_id, package_size_bytes, package_digest, package_key,
      accepted_at, entry_id
    )
    select organisation_id, envelope_id, kind, system_id, from_code, document_id || '.' || number, business_type,
      sha256(envelope_id::text::bytea), supplement, recipients_digest, header, warnings, priority, package_id,
      package_size_bytes, package_digest, package_key, at, letter.entry_id
    from letter, template
  ),
  sent as (
    insert into exchange.sent_recipient (
      organisation_id, envelope_id, ordinal, to_code, to_name, recipient_id, delivery_id, state, state_at
    )
    select organisation_id, envelope_id, 1, code, name, recipient_id, delivery_id, 'waiting', at
    from letter, template
  ),
  deliveries as (
    insert into exchange.delivery (
      organisation_id, id, sender_id, envelope_id, ordinal, kind, business_type, from_code, to_code, document_id, header,
      priority, accepted_at, state, state_at, package_id, package_size_bytes, package_digest, package_key
    )
    select recipient_id, delivery_id, organisation_id, envelope_id, 1, kind, business_type, from_code, code,
      document_id || '.' || number, header, priority, at, 'waiting', at, package_id, package_size_bytes, package_digest,
      package_key
    from letter, template
  ),
  entries as (
    insert into evidence.entry (
      organisation_id, id, ordinal, kind, subject_id, recorded_at, payload, detail_digest, signature, key_id
    )
    select organisation_id, letter.entry_id, nextval('evidence.entry_ordinal'), entry.kind, envelope_id, at, payload,
      detail_digest, signature, key_id
    from letter, template
    join evidence.entry using (organisation_id)
    where entry.id = template.entry_id
  )
  insert into evidence.entry_detail (organisation_id, entry_id, detail)
  select organisation_id, letter.entry_id, detail
  from letter, template
  join evidence.entry_detail using (organisation_id)
  where entry_detail.entry_id = template.entry_id`;
