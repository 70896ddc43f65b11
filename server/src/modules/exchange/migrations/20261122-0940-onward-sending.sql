-- Onward sending: a document that an organisation received and passes on keeps its link to the sending that began it, so
-- that the origin sees how far it got. The origin is never the one in between: a province passes on what a ministry sent,
-- a district what the province passed on, and all three lines lead to the ministry.
alter table exchange.envelope
  add column onward_of uuid,
  add column origin_id uuid,
  add column origin_envelope_id uuid,
  add constraint envelope_onward_whole check (num_nulls(onward_of, origin_id, origin_envelope_id) in (0, 3));
create index envelope_onward on exchange.envelope (origin_id, origin_envelope_id) where origin_id is not null;

-- For each question, from 1: where the copy that an organisation passes on began. Nothing where it holds no such copy, or
-- gave it back.
create function exchange.find_origins(organisations uuid[], deliveries uuid[])
  returns table (asked bigint, origin_id uuid, origin_envelope_id uuid)
  language sql stable security definer set search_path = ''
begin atomic
  select question.asked, coalesce(envelope.origin_id, envelope.organisation_id), coalesce(envelope.origin_envelope_id, envelope.id)
  from unnest(organisations, deliveries) with ordinality as question (organisation_id, id, asked)
  join exchange.delivery copy
    on copy.organisation_id = question.organisation_id
    and copy.id = question.id
    and copy.kind = 'document'
    and copy.package_key is not null
    and copy.fetched_at is not null
  join exchange.envelope
    on envelope.organisation_id = copy.sender_id
    and envelope.id = copy.envelope_id;
end;

-- How far others passed a sending on: counts by state and status, for its sender alone, and nobody's name.
create function exchange.onward_counts(sender uuid, envelope uuid)
  returns table (state text, business_status text, recipients bigint)
  language sql stable security definer set search_path = ''
begin atomic
  select sent.state, sent.business_status, count(*)
  from exchange.envelope onward
  join exchange.sent_recipient sent
    on sent.organisation_id = onward.organisation_id
    and sent.envelope_id = onward.id
  where onward.origin_id = onward_counts.sender
    and onward.origin_envelope_id = onward_counts.envelope
    and onward.origin_id = any ((select foundation.organisations())::uuid[])
  group by sent.state, sent.business_status;
end;

revoke execute on function exchange.find_origins, exchange.onward_counts from public;
grant execute on function exchange.find_origins to lt_ingest;
grant execute on function exchange.onward_counts to lt_app;
