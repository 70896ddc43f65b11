-- Written from the catalogue by npm run update. Do not edit: change a migration.

-- Extensions
create extension pg_trgm;
create extension unaccent;

-- Schemas
create schema blob;
create schema directory;
create schema evidence;
create schema exchange;
create schema foundation;
create schema migration;
create schema upload;

-- Sequences
create sequence evidence.entry_ordinal as bigint start 1 increment 1 cache 1;

-- Functions
CREATE OR REPLACE FUNCTION directory.search_text(input text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (' '::text || btrim(regexp_replace(foundation.fold(input), '[^[:alnum:]]+'::text, ' '::text, 'g'::text)));
CREATE OR REPLACE FUNCTION directory.tell_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  notify directory_changed;
  return null;
end
$function$;
CREATE OR REPLACE FUNCTION evidence.erase_detail(organisation uuid, entry uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 DELETE FROM evidence.entry_detail
   WHERE ((entry_detail.organisation_id = erase_detail.organisation) AND (entry_detail.entry_id = erase_detail.entry) AND (entry_detail.organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])));
END;
CREATE OR REPLACE FUNCTION evidence.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% on %.% is refused: the evidence log only grows', tg_op, tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege';
end
$function$;
CREATE OR REPLACE FUNCTION evidence.refuse_silent_erasure()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (
    select from evidence.entry own
    join evidence.entry erased
      on erased.organisation_id = own.organisation_id
      and erased.subject_id = own.subject_id
      and erased.kind = 'evidence.erased'
    where own.organisation_id = old.organisation_id
      and own.id = old.entry_id
      and own.kind <> 'evidence.erased'
      and convert_from(erased.payload, 'UTF8')::jsonb #>> '{claims,entry}' = own.id::text
  ) then
    raise exception 'the detail of entry % is refused to go: no entry says that it is erased', old.entry_id
      using errcode = 'insufficient_privilege';
  end if;
  return old;
end
$function$;
CREATE OR REPLACE FUNCTION exchange.deliver_status(sender uuid, envelope uuid, junk_bytes integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 INSERT INTO exchange.delivery (organisation_id, id, sender_id, envelope_id, ordinal, kind, from_code, to_code, document_id, header, priority, accepted_at, state, state_at, package_id, package_size_bytes, package_digest, package_key, package_junk_bytes)  SELECT sent.recipient_id,
             sent.delivery_id,
             own.organisation_id,
             own.id,
             sent.ordinal,
             own.kind,
             own.from_code,
             sent.to_code,
             own.document_id,
             own.header,
             own.priority,
             own.accepted_at,
             sent.state,
             sent.state_at,
             own.package_id,
             own.package_size_bytes,
             own.package_digest,
             own.package_key,
             deliver_status.junk_bytes AS junk_bytes
            FROM (exchange.envelope own
              JOIN exchange.sent_recipient sent ON (((sent.organisation_id = own.organisation_id) AND (sent.envelope_id = own.id))))
           WHERE ((own.organisation_id = deliver_status.sender) AND (own.id = deliver_status.envelope) AND (own.kind = 'status'::text) AND (own.organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])) AND (sent.delivery_id IS NOT NULL));
END;
CREATE OR REPLACE FUNCTION exchange.destroy_contents(sender uuid, envelopes uuid[], before timestamp with time zone)
 RETURNS TABLE(id uuid, package_id uuid, package_size_bytes bigint, package_digest bytea, recipients bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  held uuid[];
  gone uuid[];
begin
  -- Another server may be at the same work: what it holds is left to it.
  select array_agg(own.id) into held
  from (
    select envelope.id
    from exchange.envelope
    where envelope.organisation_id = destroy_contents.sender
      and envelope.id = any (destroy_contents.envelopes)
      and envelope.organisation_id = any ((select foundation.organisations())::uuid[])
      and envelope.package_key is not null
      and envelope.accepted_at < destroy_contents.before
    order by envelope.id
    for update skip locked
  ) own;

  perform 1
  from exchange.sent_recipient sent
  join exchange.delivery copy
    on copy.organisation_id = sent.recipient_id
    and copy.id = sent.delivery_id
  where sent.organisation_id = destroy_contents.sender
    and sent.envelope_id = any (held)
  order by copy.organisation_id, copy.id
  for update of copy;

  -- A new statement, so that it sees what those who held the copies before have written.
  select array_agg(ended.id) into gone
  from unnest(held) as ended (id)
  where not exists (
    select from exchange.sent_recipient sent
    where sent.organisation_id = destroy_contents.sender
      and sent.envelope_id = ended.id
      and (sent.state not in ('done', 'returned', 'recalled', 'refused') or sent.state_at >= destroy_contents.before)
  );

  update exchange.delivery copy
  set package_key = null
  from exchange.sent_recipient sent
  where sent.organisation_id = destroy_contents.sender
    and sent.envelope_id = any (gone)
    and copy.organisation_id = sent.recipient_id
    and copy.id = sent.delivery_id;

  update exchange.envelope
  set package_key = null
  where envelope.organisation_id = destroy_contents.sender
    and envelope.id = any (gone);

  return query
    select own.id, own.package_id, own.package_size_bytes, own.package_digest,
      (
        select count(*)
        from exchange.sent_recipient sent
        where sent.organisation_id = own.organisation_id
          and sent.envelope_id = own.id
          and sent.delivery_id is not null
      )
    from exchange.envelope own
    where own.organisation_id = destroy_contents.sender
      and own.id = any (gone);
end
$function$;
CREATE OR REPLACE FUNCTION exchange.duties_due_from(due_from timestamp with time zone, after_organisation uuid, after_subject uuid, max_rows integer)
 RETURNS TABLE(organisation_id uuid, subject_id uuid, rule text, since timestamp with time zone, due_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT duty.organisation_id,
     duty.subject_id,
     duty.rule,
     duty.since,
     duty.due_at
    FROM exchange.duty
   WHERE ((duty.met_at IS NULL) AND (duty.due_at >= duties_due_from.due_from) AND (ROW(duty.organisation_id, duty.subject_id) > ROW(duties_due_from.after_organisation, duties_due_from.after_subject)))
   ORDER BY duty.organisation_id, duty.subject_id
  LIMIT duties_due_from.max_rows;
END;
CREATE OR REPLACE FUNCTION exchange.duties_overdue(at timestamp with time zone, max_rows integer)
 RETURNS TABLE(organisation_id uuid, subject_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT duty.organisation_id,
     duty.subject_id
    FROM exchange.duty
   WHERE ((duty.met_at IS NULL) AND (NOT duty.is_late) AND (duty.due_at <= duties_overdue.at))
   ORDER BY duty.due_at
  LIMIT duties_overdue.max_rows;
END;
CREATE OR REPLACE FUNCTION exchange.ended_contents(before timestamp with time zone, most integer)
 RETURNS TABLE(organisation_id uuid, id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT organisation.id,
     ended.id
    FROM (directory.organisation
      CROSS JOIN LATERAL ( SELECT envelope.id
            FROM exchange.envelope
           WHERE ((envelope.organisation_id = organisation.id) AND (envelope.package_key IS NOT NULL) AND (envelope.accepted_at < ended_contents.before) AND (NOT (EXISTS ( SELECT
                    FROM exchange.sent_recipient sent
                   WHERE ((sent.organisation_id = envelope.organisation_id) AND (sent.envelope_id = envelope.id) AND ((sent.state <> ALL (ARRAY['done'::text, 'returned'::text, 'recalled'::text, 'refused'::text])) OR (sent.state_at >= ended_contents.before)))))))
           ORDER BY envelope.accepted_at
          LIMIT ended_contents.most) ended)
  LIMIT ended_contents.most;
END;
CREATE OR REPLACE FUNCTION exchange.erase_details(sender uuid, envelope uuid, with_content boolean)
 RETURNS TABLE(entry_id uuid, package_id uuid, package_digest bytea, was_content_there boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  own exchange.envelope;
  kept jsonb;
begin
  select * into own
  from exchange.envelope asked
  where asked.organisation_id = erase_details.sender
    and asked.id = erase_details.envelope
    and asked.organisation_id = any ((select foundation.organisations())::uuid[])
  for update;
  if not found then
    return;
  end if;

  -- In the order in which fetches and marks take them.
  perform 1
  from exchange.sent_recipient sent
  join exchange.delivery copy
    on copy.organisation_id = sent.recipient_id
    and copy.id = sent.delivery_id
  where sent.organisation_id = own.organisation_id
    and sent.envelope_id = own.id
  order by copy.organisation_id, copy.id
  for update of copy;

  kept := jsonb_strip_nulls(jsonb_build_object(
    'statusCode', own.header -> 'statusCode',
    'statusText', own.header -> 'statusText'
  ));
  update exchange.delivery copy
  set header = kept,
    package_key = case when erase_details.with_content then null else copy.package_key end
  from exchange.sent_recipient sent
  where sent.organisation_id = own.organisation_id
    and sent.envelope_id = own.id
    and copy.organisation_id = sent.recipient_id
    and copy.id = sent.delivery_id;

  update exchange.envelope changed
  set header = kept,
    warnings = '[]',
    package_key = case when erase_details.with_content then null else changed.package_key end
  where changed.organisation_id = own.organisation_id
    and changed.id = own.id;

  update exchange.sent_recipient sent
  set to_name = '',
    business_status_text = null
  where sent.organisation_id = own.organisation_id
    and sent.envelope_id = own.id;

  -- The text of a status also stands in its reader's row about the copy that it answers.
  update exchange.sent_recipient answered
  set business_status_text = null
  from exchange.sent_recipient sent, evidence.entry entry
  where own.kind = 'status'
    and sent.organisation_id = own.organisation_id
    and sent.envelope_id = own.id
    and entry.organisation_id = own.organisation_id
    and entry.id = own.entry_id
    and answered.organisation_id = sent.recipient_id
    and answered.delivery_id = entry.subject_id;

  return query select own.entry_id, own.package_id, own.package_digest, own.package_key is not null;
end
$function$;
CREATE OR REPLACE FUNCTION exchange.find_origins(organisations uuid[], deliveries uuid[])
 RETURNS TABLE(asked bigint, origin_id uuid, origin_envelope_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT question.asked,
     COALESCE(envelope.origin_id, envelope.organisation_id) AS "coalesce",
     COALESCE(envelope.origin_envelope_id, envelope.id) AS "coalesce"
    FROM ((UNNEST(find_origins.organisations, find_origins.deliveries) WITH ORDINALITY question(organisation_id, id, asked)
      JOIN exchange.delivery copy ON (((copy.organisation_id = question.organisation_id) AND (copy.id = question.id) AND (copy.kind = 'document'::text) AND (copy.package_key IS NOT NULL) AND (copy.fetched_at IS NOT NULL))))
      JOIN exchange.envelope ON (((envelope.organisation_id = copy.sender_id) AND (envelope.id = copy.envelope_id))));
END;
CREATE OR REPLACE FUNCTION exchange.forget_events(before timestamp with time zone, max_events integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  forgotten bigint;
  last_position bigint;
begin
  with doomed as (
    delete from exchange.event
    where position <= (
      select max(oldest.position)
      from (select event.position, event.at from exchange.event order by event.position limit max_events) oldest
      where oldest.at < forget_events.before
    )
    returning position
  )
  select count(*), max(doomed.position) into forgotten, last_position from doomed;
  update exchange.event_head
  set forgotten_before = last_position + 1
  where last_position >= forgotten_before;
  return forgotten;
end
$function$;
CREATE OR REPLACE FUNCTION exchange.give_back(recipient uuid, delivery uuid, at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 UPDATE exchange.delivery copy SET header = exchange.register_line(copy.header), package_key = NULL::bytea, state_at =
         CASE
             WHEN (copy.state = 'done'::text) THEN copy.state_at
             ELSE give_back.at
         END, state =
         CASE
             WHEN (copy.state = 'done'::text) THEN 'done'::text
             ELSE 'recalled'::text
         END
   WHERE ((copy.organisation_id = give_back.recipient) AND (copy.id = give_back.delivery) AND (copy.organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])) AND (copy.taking_back = 'agreed'::text) AND (copy.taking_back_act <> 'update'::text));
END;
CREATE OR REPLACE FUNCTION exchange.has_waiting_mail(organisation uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT (EXISTS ( SELECT
            FROM exchange.delivery
           WHERE ((delivery.organisation_id = has_waiting_mail.organisation) AND (delivery.state = ANY (ARRAY['waiting'::text, 'sending'::text, 'fetched'::text]))))) AS "exists";
END;
CREATE OR REPLACE FUNCTION exchange.late_recipients(senders uuid[], max_rows integer)
 RETURNS SETOF exchange.duty
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT duty.organisation_id,
     duty.subject_id,
     duty.rule,
     duty.sender_id,
     duty.envelope_id,
     duty.since,
     duty.due_at,
     duty.original_due_at,
     duty.calendar_version,
     duty.met_at,
     duty.is_late,
     duty.reason_code,
     duty.reason_at,
     duty.reason_entry_id,
     duty.on_day,
     duty.document_kind,
     duty.paper
    FROM exchange.duty
   WHERE ((duty.sender_id = ANY (late_recipients.senders)) AND (duty.sender_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])) AND (duty.organisation_id <> duty.sender_id) AND duty.is_late)
   ORDER BY duty.since DESC
  LIMIT late_recipients.max_rows;
END;
CREATE OR REPLACE FUNCTION exchange.lock_copies(senders uuid[], documents text[], recipients uuid[])
 RETURNS TABLE(asked bigint, organisation_id uuid, id uuid, state text, accepted_at timestamp with time zone, fetched_at timestamp with time zone, taking_back text, package_digest bytea)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT question.asked,
     copy.organisation_id,
     copy.id,
     copy.state,
     copy.accepted_at,
     copy.fetched_at,
     copy.taking_back,
     copy.package_digest
    FROM (UNNEST(lock_copies.senders, lock_copies.documents, lock_copies.recipients) WITH ORDINALITY question(sender_id, document_id, recipient_id, asked)
      JOIN exchange.delivery copy ON (((copy.organisation_id = question.recipient_id) AND (copy.sender_id = question.sender_id) AND (copy.kind = 'document'::text) AND (copy.business_type <> 1) AND ((copy.document_id = question.document_id) OR (copy.about_document_id = question.document_id)))))
   ORDER BY copy.organisation_id, copy.id
  FOR UPDATE OF copy;
END;
CREATE OR REPLACE FUNCTION exchange.log_facts(first bigint, max_rows integer, max_recipients integer)
 RETURNS TABLE(index bigint, kind text, at timestamp with time zone, status text, act text, sender_id uuid, envelope_id uuid, recipient_id uuid, delivery_id uuid, business_type smallint, supplement integer, priority smallint, accepted_at timestamp with time zone, type_name text, paper boolean, promulgated_on text, recipient_ids uuid[], delivery_ids uuid[], refused_count bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 WITH fact AS MATERIALIZED (
          SELECT leaf.index,
             entry.organisation_id,
             entry.subject_id,
             entry.kind,
             entry.recorded_at,
             claims.claims,
             COALESCE(sum(((claims.claims #>> '{recipients,count}'::text[]))::bigint) OVER (ORDER BY leaf.index ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), (0)::numeric) AS recipients_before
            FROM ((evidence.leaf
              LEFT JOIN evidence.entry ON (((entry.organisation_id = leaf.organisation_id) AND (entry.id = leaf.entry_id) AND (entry.kind ~~ 'exchange.%'::text))))
              LEFT JOIN LATERAL ( SELECT ((convert_from(entry.payload, 'UTF8'::name))::jsonb -> 'claims'::text) AS claims) claims ON (true))
           WHERE ((leaf.index >= log_facts.first) AND (leaf.index < (log_facts.first + log_facts.max_rows)))
         )
  SELECT fact.index,
     fact.kind,
     fact.recorded_at,
     (fact.claims ->> 'status'::text),
     (fact.claims ->> 'act'::text),
     envelope.organisation_id,
     envelope.id,
     copy.organisation_id,
     copy.id,
     envelope.business_type,
     envelope.supplement,
     envelope.priority,
     envelope.accepted_at,
     (envelope.header ->> 'typeName'::text),
     ((envelope.header ->> 'paper'::text))::boolean AS bool,
     (envelope.header ->> 'promulgatedOn'::text),
     sent.recipient_ids,
     sent.delivery_ids,
     sent.refused_count
    FROM (((fact
      LEFT JOIN exchange.delivery copy ON (((copy.organisation_id = fact.organisation_id) AND (copy.id = fact.subject_id) AND (copy.kind = 'document'::text))))
      LEFT JOIN exchange.envelope ON (((envelope.organisation_id = COALESCE(copy.sender_id, fact.organisation_id)) AND (envelope.id = COALESCE(copy.envelope_id, fact.subject_id)) AND (envelope.kind = 'document'::text))))
      LEFT JOIN LATERAL ( SELECT array_agg(sent_1.recipient_id ORDER BY sent_1.ordinal) FILTER (WHERE (sent_1.delivery_id IS NOT NULL)) AS recipient_ids,
             array_agg(sent_1.delivery_id ORDER BY sent_1.ordinal) FILTER (WHERE (sent_1.delivery_id IS NOT NULL)) AS delivery_ids,
             count(*) FILTER (WHERE (sent_1.delivery_id IS NULL)) AS refused_count
            FROM exchange.sent_recipient sent_1
           WHERE ((fact.kind = 'exchange.accepted'::text) AND (sent_1.organisation_id = envelope.organisation_id) AND (sent_1.envelope_id = envelope.id))) sent ON (true))
   WHERE (fact.recipients_before < (log_facts.max_recipients)::numeric)
   ORDER BY fact.index;
END;
CREATE OR REPLACE FUNCTION exchange.onward_counts(sender uuid, envelope uuid)
 RETURNS TABLE(state text, business_status text, recipients bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT sent.state,
     sent.business_status,
     count(*) AS count
    FROM (exchange.envelope onward
      JOIN exchange.sent_recipient sent ON (((sent.organisation_id = onward.organisation_id) AND (sent.envelope_id = onward.id))))
   WHERE ((onward.origin_id = onward_counts.sender) AND (onward.origin_envelope_id = onward_counts.envelope) AND (onward.origin_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
   GROUP BY sent.state, sent.business_status;
END;
CREATE OR REPLACE FUNCTION exchange.organisations_with_events(since bigint, max_organisations integer)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT DISTINCT event.organisation_id
    FROM exchange.event
   WHERE (event."position" >= organisations_with_events.since)
  LIMIT organisations_with_events.max_organisations;
END;
CREATE OR REPLACE FUNCTION exchange.project_events(max_entries integer, max_recipients integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  reached bigint;
  goal bigint;
begin
  select head.position into reached from exchange.event_head head for update skip locked;
  if not found then
    return null;
  end if;
  select coalesce(max(fact.index) + 1, reached) into goal
  from (
    select leaf.index,
      coalesce(
        sum((convert_from(entry.payload, 'UTF8')::jsonb #>> '{claims,recipients,count}')::bigint)
          over (order by leaf.index rows between unbounded preceding and 1 preceding),
        0
      ) as recipients_before
    from evidence.leaf
    left join evidence.entry
      on entry.organisation_id = leaf.organisation_id
      and entry.id = leaf.entry_id
      and entry.kind = 'exchange.accepted'
    where leaf.index >= reached
      and leaf.index < reached + max_entries
      and leaf.index < (select log.size from evidence.head log)
  ) fact
  where fact.recipients_before < max_recipients;
  if goal = reached then
    return reached;
  end if;

  with fact as materialized (
    select leaf.index as position, entry.organisation_id, entry.kind, entry.subject_id, entry.recorded_at,
      case
        when entry.kind in ('exchange.accepted', 'exchange.refused_recipient', 'exchange.return_told') then entry.subject_id
        when entry.kind = 'exchange.status_reported'
          then (convert_from(entry.payload, 'UTF8')::jsonb #>> '{claims,envelope}')::uuid
      end as sent_id,
      case
        when entry.kind = 'exchange.delivery_overdue'
          then (convert_from(entry.payload, 'UTF8')::jsonb #>> '{claims,delivery}')::uuid
      end as overdue_id
    from evidence.leaf
    join evidence.entry
      on entry.organisation_id = leaf.organisation_id
      and entry.id = leaf.entry_id
    where leaf.index >= reached
      and leaf.index < goal
      and entry.kind like 'exchange.%'
  )
  insert into exchange.event (organisation_id, position, part, kind, at, envelope_id, delivery_id)
  -- What was sent, for its sender …
  select organisation_id, position, 0, kind, recorded_at, sent_id, null::uuid
  from fact
  where sent_id is not null
  union all
  -- … and for each who received it.
  select sent.recipient_id, position, 1, 'exchange.arrived', recorded_at, sent_id, sent.delivery_id
  from fact
  join exchange.sent_recipient sent
    on sent.organisation_id = fact.organisation_id
    and sent.envelope_id = fact.sent_id
  where sent.delivery_id is not null
    and sent.taken_back_by is distinct from fact.sent_id
  union all
  -- What became of a copy, for its holder and for its sender.
  select side.organisation_id, position, side.part, fact.kind, recorded_at, copy.envelope_id, copy.id
  from fact
  join exchange.delivery copy
    on copy.organisation_id = fact.organisation_id
    and copy.id = fact.subject_id
  cross join lateral (values (copy.organisation_id, 0), (copy.sender_id, 1)) as side (organisation_id, part)
  where fact.sent_id is null
  union all
  -- What his recipient does not collect, and why he himself sent late, for the sender.
  select fact.organisation_id, position, 0, fact.kind, recorded_at, own.id, fact.overdue_id
  from fact
  join exchange.envelope own
    on own.organisation_id = fact.organisation_id
    and own.id = fact.subject_id
  where fact.kind in ('exchange.delivery_overdue', 'exchange.delay_explained')
  on conflict do nothing;

  update exchange.event_head set position = goal;
  return goal;
end
$function$;
CREATE OR REPLACE FUNCTION exchange.queue_figures(at timestamp with time zone)
 RETURNS TABLE(feed_behind bigint, duties_behind bigint, parked bigint, late_open bigint, undelivered_hour bigint, undelivered_day bigint, undelivered_three_days bigint, undelivered_two_weeks bigint, undelivered_older bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT (log.size - feed."position"),
     (log.size - duties.next_index),
     ( SELECT count(*) AS count
            FROM exchange.delivery
           WHERE (delivery.state = 'parked'::text)) AS count,
     ( SELECT count(*) AS count
            FROM exchange.duty
           WHERE ((duty.met_at IS NULL) AND duty.is_late)) AS count,
     waiting.count,
     waiting.count_1 AS count,
     waiting.count_2 AS count,
     waiting.count_3 AS count,
     waiting.count_4 AS count
    FROM (((evidence.head log
      CROSS JOIN exchange.event_head feed)
      CROSS JOIN exchange.log_position duties)
      CROSS JOIN ( SELECT count(*) FILTER (WHERE (undelivered.since > (queue_figures.at - '01:00:00'::interval))) AS count,
             count(*) FILTER (WHERE ((undelivered.since <= (queue_figures.at - '01:00:00'::interval)) AND (undelivered.since > (queue_figures.at - '1 day'::interval)))) AS count,
             count(*) FILTER (WHERE ((undelivered.since <= (queue_figures.at - '1 day'::interval)) AND (undelivered.since > (queue_figures.at - '3 days'::interval)))) AS count,
             count(*) FILTER (WHERE ((undelivered.since <= (queue_figures.at - '3 days'::interval)) AND (undelivered.since > (queue_figures.at - '14 days'::interval)))) AS count,
             count(*) FILTER (WHERE (undelivered.since <= (queue_figures.at - '14 days'::interval))) AS count
            FROM exchange.undelivered) waiting(count, count_1, count_2, count_3, count_4));
END;
CREATE OR REPLACE FUNCTION exchange.recipient_entries(sender uuid, envelope uuid)
 RETURNS TABLE(delivery_id uuid, ordinal bigint, kind text, recorded_at timestamp with time zone, payload bytea, signature bytea, key_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT sent.delivery_id,
     entry.ordinal,
     entry.kind,
     entry.recorded_at,
     entry.payload,
     entry.signature,
     entry.key_id
    FROM (exchange.sent_recipient sent
      JOIN evidence.entry entry ON (((entry.organisation_id = sent.recipient_id) AND (entry.subject_id = sent.delivery_id))))
   WHERE ((sent.organisation_id = recipient_entries.sender) AND (sent.envelope_id = recipient_entries.envelope) AND (sent.organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
   ORDER BY entry.ordinal
  LIMIT 10000;
END;
CREATE OR REPLACE FUNCTION exchange.referenced_packages(packages uuid[])
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT envelope.package_id
    FROM exchange.envelope
   WHERE ((envelope.package_id = ANY (referenced_packages.packages)) AND (envelope.package_size_bytes > 65536) AND (envelope.package_key IS NOT NULL));
END;
CREATE OR REPLACE FUNCTION exchange.register_line(header jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
RETURN jsonb_strip_nulls(jsonb_build_object('number', (header -> 'number'::text), 'notation', (header -> 'notation'::text), 'promulgatedOn', (header -> 'promulgatedOn'::text)));
CREATE OR REPLACE FUNCTION exchange.take_back_copies(organisations uuid[], copies uuid[], outcomes text[], acts text[], envelopes uuid[], at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  update exchange.delivery copy
  set taking_back = given.outcome,
    taking_back_act = given.act,
    taking_back_at = take_back_copies.at,
    taken_back_by = given.envelope_id,
    state = case when given.outcome = 'unseen' then 'recalled' else copy.state end,
    state_at = case when given.outcome = 'unseen' then take_back_copies.at else copy.state_at end,
    header = case when given.outcome = 'unseen' then exchange.register_line(copy.header) else copy.header end,
    package_key = case when given.outcome = 'unseen' then null else copy.package_key end,
    priority = case when given.outcome = 'asked' then greatest(copy.priority, envelope.priority) else copy.priority end
  from unnest(organisations, copies, outcomes, acts, envelopes)
      as given (organisation_id, id, outcome, act, envelope_id)
  join exchange.envelope on envelope.id = given.envelope_id
  where copy.organisation_id = given.organisation_id
    and copy.id = given.id
    and envelope.organisation_id = copy.sender_id;

  update exchange.sent_recipient sent
  set taking_back = copy.taking_back,
    taking_back_act = copy.taking_back_act,
    taking_back_at = copy.taking_back_at,
    taken_back_by = copy.taken_back_by,
    state = copy.state,
    state_at = copy.state_at
  from unnest(organisations, copies) as given (organisation_id, id)
  join exchange.delivery copy
    on copy.organisation_id = given.organisation_id
    and copy.id = given.id
  where sent.organisation_id = copy.sender_id
    and sent.envelope_id = copy.envelope_id
    and sent.ordinal = copy.ordinal;
end
$function$;
CREATE OR REPLACE FUNCTION exchange.tell_sender(recipient uuid, delivery uuid, status_text text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  update exchange.sent_recipient sent
  set state = own.state,
    state_at = own.state_at,
    fetched_at = own.fetched_at,
    done_at = own.done_at,
    business_status = own.business_status,
    business_status_at = own.business_status_at,
    business_status_text = coalesce(tell_sender.status_text, sent.business_status_text),
    taking_back = own.taking_back,
    taking_back_act = own.taking_back_act,
    taking_back_at = own.taking_back_at,
    taken_back_by = own.taken_back_by
  from exchange.delivery own
  where own.organisation_id = tell_sender.recipient
    and own.id = tell_sender.delivery
    and own.organisation_id = any ((select foundation.organisations())::uuid[])
    and sent.organisation_id = own.sender_id
    and sent.envelope_id = own.envelope_id
    and sent.ordinal = own.ordinal;
end
$function$;
CREATE OR REPLACE FUNCTION exchange.undelivered_due(at timestamp with time zone, max_rows integer)
 RETURNS TABLE(organisation_id uuid, delivery_id uuid, sender_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT undelivered.organisation_id,
     undelivered.delivery_id,
     undelivered.sender_id
    FROM exchange.undelivered
   WHERE (undelivered.due_at <= undelivered_due.at)
   ORDER BY undelivered.due_at
  LIMIT undelivered_due.max_rows;
END;
CREATE OR REPLACE FUNCTION exchange.undelivered_from(after_organisation uuid, after_delivery uuid, max_rows integer)
 RETURNS TABLE(organisation_id uuid, delivery_id uuid, priority smallint, since timestamp with time zone, rung smallint, due_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
BEGIN ATOMIC
 SELECT undelivered.organisation_id,
     undelivered.delivery_id,
     undelivered.priority,
     undelivered.since,
     undelivered.rung,
     undelivered.due_at
    FROM exchange.undelivered
   WHERE (ROW(undelivered.organisation_id, undelivered.delivery_id) > ROW(undelivered_from.after_organisation, undelivered_from.after_delivery))
   ORDER BY undelivered.organisation_id, undelivered.delivery_id
  LIMIT undelivered_from.max_rows;
END;
CREATE OR REPLACE FUNCTION foundation.fold(input text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(unaccent('unaccent'::regdictionary, NORMALIZE(replace(input, 'ƣ'::text, 'ư'::text), NFC)));
CREATE OR REPLACE FUNCTION foundation.organisations()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN COALESCE((NULLIF(current_setting('app.organisations'::text, true), ''::text))::uuid[], '{}'::uuid[]);

-- Tables
create table blob.installation (
  singleton boolean default true not null,
  id uuid default gen_random_uuid() not null
);
create table blob.small (
  id uuid not null,
  ciphertext bytea not null storage e
);
create table directory.calendar_day (
  day date not null,
  declared_in integer not null,
  kind text not null,
  name text not null,
  source text not null,
  is_provisional boolean not null,
  declared_at timestamp with time zone not null,
  declared_by text not null,
  withdrawn_in integer,
  withdrawn_at timestamp with time zone,
  withdrawn_by text
);
create table directory.connected_system (
  id uuid not null,
  external_id text not null,
  name text not null,
  parent_organisation_id uuid,
  normalises_outgoing boolean default false not null,
  needs_approval boolean default true not null,
  state text default 'active'::text not null,
  state_since timestamp with time zone not null,
  state_by text not null,
  state_reason text,
  added_at timestamp with time zone not null
);
create table directory.credential (
  id uuid not null,
  system_id uuid not null,
  place smallint not null,
  secret_sealed bytea,
  request_key text,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  kind text not null,
  secret_digest bytea,
  public_key jsonb,
  key_id text
);
create table directory.office_hours (
  valid_from date not null,
  weekday smallint not null,
  opens_at time without time zone not null,
  closes_at time without time zone not null
);
create table directory.operator_credential (
  id text not null,
  secret_digest bytea not null,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  former_digest bytea,
  rotated_at timestamp with time zone
);
create table directory.organisation (
  id uuid not null,
  kind text default 'ordinary'::text not null,
  level smallint not null,
  parent_id uuid,
  parent_level smallint,
  code text collate "C" not null,
  old_code text collate "C",
  name text not null,
  search_text text collate "C" generated always as (directory.search_text(name)) stored not null,
  email text,
  phone text,
  fax text,
  address text,
  state text default 'active'::text not null,
  state_since timestamp with time zone not null,
  state_by text not null,
  state_reason text,
  successor_id uuid,
  added_at timestamp with time zone not null,
  changed_at timestamp with time zone not null
);
create table directory.organisation_code (
  code text collate "C" not null,
  organisation_id uuid not null,
  valid_from date not null,
  valid_to date
);
create table directory.organisation_name (
  organisation_id uuid not null,
  valid_from date not null,
  valid_to date,
  name text not null
);
create table directory.receiving_system (
  organisation_id uuid not null,
  system_id uuid not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone
);
create table directory.registration_request (
  id uuid not null,
  system_id uuid not null,
  act text not null,
  code text collate "C" not null,
  registration jsonb not null,
  state text default 'pending'::text not null,
  requested_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  decided_by text,
  reason text
);
create table directory.representation (
  organisation_id uuid not null,
  system_id uuid not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone
);
create table directory.seen_assertion (
  system_id uuid not null,
  jti_digest bytea not null,
  expires_at timestamp with time zone not null
);
create table directory.system_quota (
  system_id uuid not null,
  requests_per_second integer,
  messages_per_minute integer,
  uploads integer,
  upload_bytes bigint,
  set_at timestamp with time zone not null,
  set_by text not null
);
create table directory.working_calendar (
  singleton boolean default true not null,
  version integer not null,
  changed_at timestamp with time zone not null
);
create table evidence.checkpoint (
  size bigint not null,
  root bytea not null,
  note text not null,
  signed_at timestamp with time zone not null
);
create table evidence.cosignature (
  size bigint not null,
  witness_name text not null,
  key_id bytea not null,
  signature bytea not null,
  received_at timestamp with time zone not null
);
create table evidence.entry (
  organisation_id uuid not null,
  id uuid not null,
  ordinal bigint not null,
  kind text not null,
  subject_id uuid not null,
  recorded_at timestamp with time zone not null,
  payload bytea not null,
  detail_digest bytea,
  signature bytea not null,
  key_id text not null
);
create table evidence.entry_detail (
  organisation_id uuid not null,
  entry_id uuid not null,
  detail bytea not null
);
create table evidence.head (
  singleton boolean default true not null,
  size bigint not null,
  root bytea not null,
  edge bytea[] not null storage e
) with (fillfactor=10, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=500);
create table evidence.leaf (
  index bigint not null,
  organisation_id uuid not null,
  entry_id uuid not null,
  payload_digest bytea not null
);
create table evidence.pending (
  ordinal bigint not null,
  organisation_id uuid not null,
  entry_id uuid not null,
  payload_digest bytea not null
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000, autovacuum_vacuum_insert_threshold=-1);
create table evidence.tile (
  level smallint not null,
  index bigint not null,
  hashes bytea not null storage e
);
create table evidence.time_stamp (
  size bigint not null,
  token bytea not null,
  authority text not null,
  stamped_at timestamp with time zone not null,
  stored_at timestamp with time zone default now() not null
);
create table exchange.daily_count (
  organisation_id uuid not null,
  on_day date not null,
  side text not null,
  document_kind text not null,
  paper text not null,
  documents bigint default 0 not null,
  copies bigint default 0 not null,
  done bigint default 0 not null,
  refused bigint default 0 not null,
  recalled bigint default 0 not null,
  returned bigint default 0 not null,
  in_time bigint default 0 not null,
  late bigint default 0 not null,
  undated bigint default 0 not null,
  delay_days bigint default 0 not null
);
create table exchange.deadline_change (
  organisation_id uuid not null,
  subject_id uuid not null,
  calendar_version integer not null,
  due_before timestamp with time zone not null,
  due_after timestamp with time zone not null,
  changed_at timestamp with time zone not null
);
create table exchange.delivery (
  organisation_id uuid not null,
  id uuid not null,
  sender_id uuid not null,
  envelope_id uuid not null,
  ordinal integer not null,
  kind text not null,
  business_type smallint,
  from_code text not null,
  to_code text not null,
  document_id text not null,
  header jsonb not null,
  priority smallint not null,
  accepted_at timestamp with time zone not null,
  state text not null,
  state_at timestamp with time zone not null,
  fetched_at timestamp with time zone,
  done_at timestamp with time zone,
  fetch_count integer default 0 not null,
  business_status text,
  business_status_at timestamp with time zone,
  package_id uuid not null,
  package_size_bytes bigint not null,
  package_digest bytea not null,
  package_key bytea,
  package_junk_bytes integer default 0 not null,
  about_document_id text,
  taking_back text,
  taking_back_act text,
  taking_back_at timestamp with time zone,
  taken_back_by uuid
);
create table exchange.duty (
  organisation_id uuid not null,
  subject_id uuid not null,
  rule text not null,
  sender_id uuid not null,
  envelope_id uuid not null,
  since timestamp with time zone not null,
  due_at timestamp with time zone not null,
  original_due_at timestamp with time zone not null,
  calendar_version integer not null,
  met_at timestamp with time zone,
  is_late boolean not null,
  reason_code text,
  reason_at timestamp with time zone,
  reason_entry_id uuid,
  on_day date not null,
  document_kind text not null,
  paper text not null
);
create table exchange.envelope (
  organisation_id uuid not null,
  id uuid not null,
  kind text not null,
  system_id uuid,
  from_code text not null,
  document_id text not null,
  business_type smallint,
  content_digest bytea not null,
  supplement integer default 0 not null,
  recipients_digest bytea not null,
  header jsonb not null,
  warnings jsonb not null,
  priority smallint not null,
  package_id uuid not null,
  package_size_bytes bigint not null,
  package_digest bytea not null,
  package_key bytea,
  accepted_at timestamp with time zone not null,
  entry_id uuid not null,
  about_document_id text,
  onward_of uuid,
  origin_id uuid,
  origin_envelope_id uuid
);
create table exchange.event (
  organisation_id uuid not null,
  "position" bigint not null,
  part smallint not null,
  kind text not null,
  at timestamp with time zone not null,
  envelope_id uuid not null,
  delivery_id uuid
);
create table exchange.event_head (
  singleton boolean default true not null,
  "position" bigint not null,
  forgotten_before bigint default 0 not null
);
create table exchange.ladder_rung (
  priority smallint not null,
  version integer not null,
  rung smallint not null,
  clock text not null,
  minutes integer not null,
  act text not null,
  declared_at timestamp with time zone not null,
  declared_by text not null
);
create table exchange.log_position (
  singleton boolean default true not null,
  next_index bigint not null,
  calendar_version integer not null,
  rungs_calendar_version integer not null,
  rungs_ladder_version integer not null
);
create table exchange.request_key (
  system_id uuid not null,
  operation text not null,
  key text not null,
  request_digest bytea,
  started_at timestamp with time zone not null,
  answer_status smallint,
  answer text
);
create table exchange.savings_parameter (
  name text not null,
  declared_at timestamp with time zone not null,
  value numeric not null,
  unit text not null,
  source text not null,
  declared_by text not null
);
create table exchange.sent_recipient (
  organisation_id uuid not null,
  envelope_id uuid not null,
  ordinal integer not null,
  to_code text not null,
  to_name text not null,
  recipient_id uuid,
  delivery_id uuid,
  refusal_code text,
  state text not null,
  state_at timestamp with time zone not null,
  fetched_at timestamp with time zone,
  done_at timestamp with time zone,
  business_status text,
  business_status_at timestamp with time zone,
  business_status_text text,
  taking_back text,
  taking_back_act text,
  taking_back_at timestamp with time zone,
  taken_back_by uuid,
  reminded_at timestamp with time zone
);
create table exchange.undelivered (
  organisation_id uuid not null,
  delivery_id uuid not null,
  sender_id uuid not null,
  envelope_id uuid not null,
  priority smallint not null,
  since timestamp with time zone not null,
  rung smallint not null,
  due_at timestamp with time zone
);
create table exchange.webhook (
  system_id uuid not null,
  id uuid not null,
  slot smallint not null,
  url text not null,
  description text,
  secret bytea not null,
  former_secret bytea,
  former_until timestamp with time zone,
  created_at timestamp with time zone not null,
  state text not null,
  state_at timestamp with time zone not null,
  stop_reason text,
  cursor text not null,
  repeated_events smallint,
  failures integer default 0 not null,
  failing_since timestamp with time zone,
  last_failure text,
  last_success_at timestamp with time zone,
  due_at timestamp with time zone not null,
  leased_until timestamp with time zone
);
create table migration.applied (
  name text not null,
  digest text not null,
  applied_at timestamp with time zone default now() not null
);
create table upload.part (
  upload_id uuid not null,
  start_bytes bigint not null,
  size_bytes bigint not null,
  blob_id uuid not null,
  blob_key bytea not null
);
create table upload.upload (
  id uuid not null,
  owner_id uuid not null,
  size_bytes bigint not null,
  offset_bytes bigint default 0 not null,
  file_name text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null
);

-- Views
create view exchange.report_deadline_changes as
 SELECT calendar_version,
    count(*) AS moved,
    min(changed_at) AS first_changed_at,
    max(changed_at) AS last_changed_at
   FROM exchange.deadline_change
  GROUP BY calendar_version;
create view exchange.report_lateness as
 SELECT organisation.id AS organisation_id,
    organisation.code,
    organisation.name,
    organisation.level,
    duty.rule,
    count(*) AS late,
    count(*) FILTER (WHERE (duty.met_at IS NULL)) AS still_open,
    count(*) FILTER (WHERE (duty.reason_code IS NOT NULL)) AS explained,
    min(duty.due_at) FILTER (WHERE (duty.met_at IS NULL)) AS oldest_due_at
   FROM (exchange.duty
     JOIN directory.organisation ON ((organisation.id = duty.organisation_id)))
  WHERE duty.is_late
  GROUP BY organisation.id, duty.rule;
create view exchange.report_savings as
 SELECT report_traffic.organisation_id,
    report_traffic.code,
    report_traffic.name,
    report_traffic.level,
    report_traffic.on_day,
    savings_term.term,
    sum(report_traffic.done) AS copies,
    savings_term.vnd_per_copy,
    (sum(report_traffic.done) * savings_term.vnd_per_copy) AS vnd
   FROM (exchange.report_traffic
     CROSS JOIN exchange.savings_term)
  WHERE ((report_traffic.side = 'sent'::text) AND (report_traffic.done > 0) AND ((report_traffic.paper = 'without'::text) OR ((report_traffic.paper = 'not_stated'::text) AND savings_term.counts_not_stated)))
  GROUP BY report_traffic.organisation_id, report_traffic.code, report_traffic.name, report_traffic.level, report_traffic.on_day, savings_term.term, savings_term.vnd_per_copy;
create view exchange.report_traffic as
 SELECT organisation.id AS organisation_id,
    organisation.code,
    organisation.name,
    organisation.level,
    daily_count.on_day,
    daily_count.side,
    daily_count.document_kind,
    daily_count.paper,
    daily_count.documents,
    daily_count.copies,
    daily_count.done,
    daily_count.refused,
    daily_count.recalled,
    daily_count.returned,
    daily_count.in_time,
    daily_count.late,
    daily_count.undated,
    daily_count.delay_days
   FROM (exchange.daily_count
     JOIN directory.organisation ON ((organisation.id = daily_count.organisation_id)));
create view exchange.savings_parameter_now as
 SELECT DISTINCT ON (name) name,
    value,
    unit,
    source,
    declared_at,
    declared_by
   FROM exchange.savings_parameter
  ORDER BY name, declared_at DESC;
create view exchange.savings_term as
 WITH parameter AS (
         SELECT max(savings_parameter_now.value) FILTER (WHERE (savings_parameter_now.name = 'pages_per_copy'::text)) AS pages_per_copy,
            max(savings_parameter_now.value) FILTER (WHERE (savings_parameter_now.name = 'paper_vnd_per_page'::text)) AS paper_vnd_per_page,
            max(savings_parameter_now.value) FILTER (WHERE (savings_parameter_now.name = 'postage_vnd_per_copy'::text)) AS postage_vnd_per_copy,
            max(savings_parameter_now.value) FILTER (WHERE (savings_parameter_now.name = 'posted_share'::text)) AS posted_share,
            max(savings_parameter_now.value) FILTER (WHERE (savings_parameter_now.name = 'minutes_per_copy'::text)) AS minutes_per_copy,
            max(savings_parameter_now.value) FILTER (WHERE (savings_parameter_now.name = 'gdp_vnd_per_head'::text)) AS gdp_vnd_per_head,
            max(savings_parameter_now.value) FILTER (WHERE (savings_parameter_now.name = 'counts_not_stated'::text)) AS counts_not_stated
           FROM exchange.savings_parameter_now
        )
 SELECT term.term,
    term.vnd_per_copy,
    (parameter.counts_not_stated > (0)::numeric) AS counts_not_stated
   FROM (parameter
     CROSS JOIN LATERAL ( VALUES ('paper'::text,(parameter.pages_per_copy * parameter.paper_vnd_per_page)), ('postage'::text,(parameter.posted_share * parameter.postage_vnd_per_copy)), ('working_time'::text,(((((parameter.minutes_per_copy / (60)::numeric) * parameter.gdp_vnd_per_head) / (12)::numeric) / (22)::numeric) / (8)::numeric))) term(term, vnd_per_copy));

-- Constraints
alter table blob.installation add constraint installation_is_single CHECK (singleton);
alter table blob.installation add constraint installation_pkey PRIMARY KEY (singleton);
alter table blob.small add constraint small_ciphertext_size CHECK (((octet_length(ciphertext) >= 16) AND (octet_length(ciphertext) <= 65552)));
alter table blob.small add constraint small_pkey PRIMARY KEY (id);
alter table directory.calendar_day add constraint calendar_day_interval CHECK ((withdrawn_in >= declared_in));
alter table directory.calendar_day add constraint calendar_day_kind CHECK ((kind = ANY (ARRAY['rest'::text, 'work'::text])));
alter table directory.calendar_day add constraint calendar_day_name CHECK (((length(name) >= 1) AND (length(name) <= 200)));
alter table directory.calendar_day add constraint calendar_day_pkey PRIMARY KEY (day, declared_in);
alter table directory.calendar_day add constraint calendar_day_source CHECK (((length(source) >= 1) AND (length(source) <= 500)));
alter table directory.calendar_day add constraint calendar_day_withdrawn CHECK ((num_nulls(withdrawn_in, withdrawn_at, withdrawn_by) = ANY (ARRAY[0, 3])));
alter table directory.connected_system add constraint connected_system_external_id UNIQUE (external_id);
alter table directory.connected_system add constraint connected_system_external_id_form CHECK ((external_id ~ '^[!-~]{1,100}$'::text));
alter table directory.connected_system add constraint connected_system_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200)));
alter table directory.connected_system add constraint connected_system_parent FOREIGN KEY (parent_organisation_id) REFERENCES directory.organisation(id);
alter table directory.connected_system add constraint connected_system_pk PRIMARY KEY (id);
alter table directory.connected_system add constraint connected_system_state CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text])));
alter table directory.credential add constraint credential_holds_what_its_kind_needs CHECK ((((secret_sealed IS NOT NULL) = (kind = 'vxp'::text)) AND ((secret_digest IS NOT NULL) = (kind = ANY (ARRAY['lgsp'::text, 'api_secret'::text]))) AND ((public_key IS NOT NULL) = (kind = 'api_key'::text)) AND ((key_id IS NOT NULL) = (kind = 'api_key'::text))));
alter table directory.credential add constraint credential_interval CHECK ((retired_at >= created_at));
alter table directory.credential add constraint credential_key_id_length CHECK (((length(key_id) >= 1) AND (length(key_id) <= 100)));
alter table directory.credential add constraint credential_kind CHECK ((kind = ANY (ARRAY['vxp'::text, 'lgsp'::text, 'api_secret'::text, 'api_key'::text])));
alter table directory.credential add constraint credential_pk PRIMARY KEY (id);
alter table directory.credential add constraint credential_place CHECK (((place >= 1) AND (place <=
CASE kind
    WHEN 'api_key'::text THEN 4
    ELSE 2
END)));
alter table directory.credential add constraint credential_request_key UNIQUE (system_id, request_key);
alter table directory.credential add constraint credential_request_key_length CHECK (((length(request_key) >= 1) AND (length(request_key) <= 200)));
alter table directory.credential add constraint credential_secret_digest_size CHECK ((octet_length(secret_digest) = 32));
alter table directory.credential add constraint credential_system FOREIGN KEY (system_id) REFERENCES directory.connected_system(id);
alter table directory.office_hours add constraint office_hours_interval CHECK ((opens_at < closes_at));
alter table directory.office_hours add constraint office_hours_pkey PRIMARY KEY (valid_from, weekday, opens_at);
alter table directory.office_hours add constraint office_hours_weekday CHECK (((weekday >= 1) AND (weekday <= 7)));
alter table directory.operator_credential add constraint operator_credential_digest CHECK ((length(secret_digest) = 32));
alter table directory.operator_credential add constraint operator_credential_former_digest CHECK ((length(former_digest) = 32));
alter table directory.operator_credential add constraint operator_credential_id_form CHECK ((id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'::text));
alter table directory.operator_credential add constraint operator_credential_pk PRIMARY KEY (id);
alter table directory.operator_credential add constraint operator_credential_rotated CHECK (((former_digest IS NULL) OR (rotated_at IS NOT NULL)));
alter table directory.organisation add constraint organisation_code_form CHECK (((code ~ '^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$'::text) AND (length(code) <= 35)));
alter table directory.organisation add constraint organisation_code_held FOREIGN KEY (id, code) REFERENCES directory.organisation_code(organisation_id, code) DEFERRABLE INITIALLY DEFERRED;
alter table directory.organisation add constraint organisation_id_level UNIQUE (id, level);
alter table directory.organisation add constraint organisation_kind CHECK ((kind = ANY (ARRAY['ordinary'::text, 'axis'::text])));
alter table directory.organisation add constraint organisation_level CHECK (((level >= 1) AND (level <= 4)));
alter table directory.organisation add constraint organisation_name_length CHECK (((length(name) >= 1) AND (length(name) <= 500)));
alter table directory.organisation add constraint organisation_old_code_form CHECK (((old_code ~ '^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$'::text) AND (length(old_code) <= 35)));
alter table directory.organisation add constraint organisation_old_code_held FOREIGN KEY (id, old_code) REFERENCES directory.organisation_code(organisation_id, code) DEFERRABLE INITIALLY DEFERRED;
alter table directory.organisation add constraint organisation_parent FOREIGN KEY (parent_id, parent_level) REFERENCES directory.organisation(id, level);
alter table directory.organisation add constraint organisation_parent_level CHECK ((((parent_id IS NULL) = (parent_level IS NULL)) AND (parent_level < level)));
alter table directory.organisation add constraint organisation_pk PRIMARY KEY (id);
alter table directory.organisation add constraint organisation_state CHECK ((state = ANY (ARRAY['active'::text, 'ended'::text])));
alter table directory.organisation add constraint organisation_successor FOREIGN KEY (successor_id) REFERENCES directory.organisation(id);
alter table directory.organisation add constraint organisation_successor_of_ended CHECK (((successor_id IS NULL) OR ((state = 'ended'::text) AND (successor_id <> id))));
alter table directory.organisation add constraint organisation_two_codes CHECK ((old_code <> code));
alter table directory.organisation_code add constraint organisation_code_interval CHECK ((valid_to >= valid_from));
alter table directory.organisation_code add constraint organisation_code_organisation FOREIGN KEY (organisation_id) REFERENCES directory.organisation(id);
alter table directory.organisation_code add constraint organisation_code_owner UNIQUE (organisation_id, code);
alter table directory.organisation_code add constraint organisation_code_pk PRIMARY KEY (code);
alter table directory.organisation_name add constraint organisation_name_interval CHECK ((valid_to > valid_from));
alter table directory.organisation_name add constraint organisation_name_length CHECK (((length(name) >= 1) AND (length(name) <= 500)));
alter table directory.organisation_name add constraint organisation_name_organisation FOREIGN KEY (organisation_id) REFERENCES directory.organisation(id);
alter table directory.organisation_name add constraint organisation_name_pk PRIMARY KEY (organisation_id, valid_from);
alter table directory.receiving_system add constraint receiving_system_interval CHECK ((valid_to >= valid_from));
alter table directory.receiving_system add constraint receiving_system_organisation FOREIGN KEY (organisation_id) REFERENCES directory.organisation(id);
alter table directory.receiving_system add constraint receiving_system_pk PRIMARY KEY (organisation_id, valid_from, system_id);
alter table directory.receiving_system add constraint receiving_system_system FOREIGN KEY (system_id) REFERENCES directory.connected_system(id);
alter table directory.registration_request add constraint registration_request_act CHECK ((act = ANY (ARRAY['register'::text, 'end'::text])));
alter table directory.registration_request add constraint registration_request_decided CHECK ((((state = 'pending'::text) = (decided_at IS NULL)) AND ((decided_at IS NULL) = (decided_by IS NULL))));
alter table directory.registration_request add constraint registration_request_pk PRIMARY KEY (id);
alter table directory.registration_request add constraint registration_request_state CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'refused'::text])));
alter table directory.registration_request add constraint registration_request_system FOREIGN KEY (system_id) REFERENCES directory.connected_system(id);
alter table directory.representation add constraint representation_interval CHECK ((valid_to >= valid_from));
alter table directory.representation add constraint representation_organisation FOREIGN KEY (organisation_id) REFERENCES directory.organisation(id);
alter table directory.representation add constraint representation_pk PRIMARY KEY (organisation_id, system_id, valid_from);
alter table directory.representation add constraint representation_system FOREIGN KEY (system_id) REFERENCES directory.connected_system(id);
alter table directory.seen_assertion add constraint seen_assertion_digest_size CHECK ((octet_length(jti_digest) = 32));
alter table directory.seen_assertion add constraint seen_assertion_pkey PRIMARY KEY (system_id, jti_digest);
alter table directory.system_quota add constraint system_quota_messages CHECK (((messages_per_minute >= 1) AND (messages_per_minute <= 10000000)));
alter table directory.system_quota add constraint system_quota_pk PRIMARY KEY (system_id);
alter table directory.system_quota add constraint system_quota_requests CHECK (((requests_per_second >= 1) AND (requests_per_second <= 1000000)));
alter table directory.system_quota add constraint system_quota_system FOREIGN KEY (system_id) REFERENCES directory.connected_system(id);
alter table directory.system_quota add constraint system_quota_upload_bytes CHECK (((upload_bytes >= 1048576) AND (upload_bytes <= '1099511627776'::bigint)));
alter table directory.system_quota add constraint system_quota_uploads CHECK (((uploads >= 1) AND (uploads <= 1024)));
alter table directory.working_calendar add constraint working_calendar_is_single CHECK (singleton);
alter table directory.working_calendar add constraint working_calendar_pkey PRIMARY KEY (singleton);
alter table evidence.checkpoint add constraint checkpoint_pkey PRIMARY KEY (size);
alter table evidence.cosignature add constraint cosignature_key_id_size CHECK ((octet_length(key_id) = 4));
alter table evidence.cosignature add constraint cosignature_name_size CHECK (((octet_length(witness_name) >= 1) AND (octet_length(witness_name) <= 200)));
alter table evidence.cosignature add constraint cosignature_pkey PRIMARY KEY (size, witness_name, key_id);
alter table evidence.cosignature add constraint cosignature_signature_size CHECK ((octet_length(signature) = 72));
alter table evidence.entry add constraint entry_detail_digest_size CHECK ((octet_length(detail_digest) = 32));
alter table evidence.entry add constraint entry_payload_size CHECK (((octet_length(payload) >= 2) AND (octet_length(payload) <= 1350)));
alter table evidence.entry add constraint entry_pkey PRIMARY KEY (organisation_id, id);
alter table evidence.entry add constraint entry_signature_size CHECK ((octet_length(signature) = 64));
alter table evidence.entry_detail add constraint entry_detail_pkey PRIMARY KEY (organisation_id, entry_id);
alter table evidence.head add constraint head_is_single CHECK (singleton);
alter table evidence.head add constraint head_pkey PRIMARY KEY (singleton);
alter table evidence.head add constraint head_root_size CHECK ((octet_length(root) = 32));
alter table evidence.leaf add constraint leaf_payload_digest_key UNIQUE (payload_digest);
alter table evidence.leaf add constraint leaf_payload_digest_size CHECK ((octet_length(payload_digest) = 32));
alter table evidence.leaf add constraint leaf_pkey PRIMARY KEY (index);
alter table evidence.pending add constraint pending_payload_digest_size CHECK ((octet_length(payload_digest) = 32));
alter table evidence.pending add constraint pending_pkey PRIMARY KEY (ordinal);
alter table evidence.tile add constraint tile_is_full CHECK ((octet_length(hashes) = 8192));
alter table evidence.tile add constraint tile_pkey PRIMARY KEY (level, index);
alter table evidence.time_stamp add constraint time_stamp_pkey PRIMARY KEY (size);
alter table evidence.time_stamp add constraint time_stamp_token_size CHECK (((octet_length(token) >= 1) AND (octet_length(token) <= 65536)));
alter table exchange.daily_count add constraint daily_count_natural CHECK ((LEAST(documents, copies, done, refused, recalled, returned, in_time, late, undated, delay_days) >= 0));
alter table exchange.daily_count add constraint daily_count_paper CHECK ((paper = ANY (ARRAY['with'::text, 'without'::text, 'not_stated'::text])));
alter table exchange.daily_count add constraint daily_count_pkey PRIMARY KEY (organisation_id, on_day, side, document_kind, paper);
alter table exchange.daily_count add constraint daily_count_side CHECK ((side = ANY (ARRAY['sent'::text, 'received'::text])));
alter table exchange.deadline_change add constraint deadline_change_pkey PRIMARY KEY (organisation_id, subject_id, calendar_version);
alter table exchange.delivery add constraint delivery_kind CHECK ((kind = ANY (ARRAY['document'::text, 'status'::text])));
alter table exchange.delivery add constraint delivery_pkey PRIMARY KEY (organisation_id, id);
alter table exchange.delivery add constraint delivery_state CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'fetched'::text, 'done'::text, 'failed'::text, 'parked'::text, 'returned'::text, 'recalled'::text])));
alter table exchange.delivery add constraint delivery_taking_back CHECK ((taking_back = ANY (ARRAY['unseen'::text, 'asked'::text, 'agreed'::text, 'declined'::text])));
alter table exchange.delivery add constraint delivery_taking_back_act CHECK ((taking_back_act = ANY (ARRAY['take_back'::text, 'recall'::text, 'update'::text, 'replace'::text])));
alter table exchange.delivery add constraint delivery_taking_back_whole CHECK ((num_nulls(taking_back, taking_back_act, taking_back_at, taken_back_by) = ANY (ARRAY[0, 4])));
alter table exchange.duty add constraint duty_open_or_late CHECK ((is_late OR (met_at IS NULL)));
alter table exchange.duty add constraint duty_pkey PRIMARY KEY (organisation_id, subject_id);
alter table exchange.duty add constraint duty_reason CHECK ((num_nulls(reason_code, reason_at, reason_entry_id) = ANY (ARRAY[0, 3])));
alter table exchange.duty add constraint duty_rule CHECK ((rule = ANY (ARRAY['send'::text, 'send_urgent'::text, 'confirm'::text, 'confirm_urgent'::text])));
alter table exchange.envelope add constraint envelope_business_type CHECK (((kind = 'document'::text) = (business_type IS NOT NULL)));
alter table exchange.envelope add constraint envelope_kind CHECK ((kind = ANY (ARRAY['document'::text, 'status'::text])));
alter table exchange.envelope add constraint envelope_onward_whole CHECK ((num_nulls(onward_of, origin_id, origin_envelope_id) = ANY (ARRAY[0, 3])));
alter table exchange.envelope add constraint envelope_pkey PRIMARY KEY (organisation_id, id);
alter table exchange.event add constraint event_pkey PRIMARY KEY (organisation_id, "position", part);
alter table exchange.event_head add constraint event_head_pkey PRIMARY KEY (singleton);
alter table exchange.event_head add constraint event_head_single CHECK (singleton);
alter table exchange.ladder_rung add constraint ladder_rung_act CHECK ((act = ANY (ARRAY['remind_operator'::text, 'remind_sender'::text, 'return'::text])));
alter table exchange.ladder_rung add constraint ladder_rung_clock CHECK ((clock = ANY (ARRAY['wall'::text, 'working'::text])));
alter table exchange.ladder_rung add constraint ladder_rung_minutes CHECK (((minutes >= 1) AND (minutes <= 525600)));
alter table exchange.ladder_rung add constraint ladder_rung_pkey PRIMARY KEY (priority, version, rung);
alter table exchange.ladder_rung add constraint ladder_rung_priority CHECK (((priority >= 0) AND (priority <= 4)));
alter table exchange.ladder_rung add constraint ladder_rung_rung CHECK (((rung >= 0) AND (rung <= 9)));
alter table exchange.log_position add constraint log_position_is_single CHECK (singleton);
alter table exchange.log_position add constraint log_position_pkey PRIMARY KEY (singleton);
alter table exchange.request_key add constraint request_key_answered CHECK (((answer IS NULL) = (answer_status IS NULL)));
alter table exchange.request_key add constraint request_key_digested CHECK (((answer IS NULL) OR (request_digest IS NOT NULL)));
alter table exchange.request_key add constraint request_key_length CHECK (((length(key) >= 1) AND (length(key) <= 200)));
alter table exchange.request_key add constraint request_key_pkey PRIMARY KEY (system_id, operation, key);
alter table exchange.savings_parameter add constraint savings_parameter_pkey PRIMARY KEY (name, declared_at);
alter table exchange.savings_parameter add constraint savings_parameter_source CHECK (((length(source) >= 1) AND (length(source) <= 500)));
alter table exchange.savings_parameter add constraint savings_parameter_value CHECK (((value >= (0)::numeric) AND (value <= ('1000000000000'::bigint)::numeric)));
alter table exchange.sent_recipient add constraint sent_recipient_pkey PRIMARY KEY (organisation_id, envelope_id, ordinal);
alter table exchange.sent_recipient add constraint sent_recipient_reached CHECK (((state = 'refused'::text) = (delivery_id IS NULL)));
alter table exchange.sent_recipient add constraint sent_recipient_refused CHECK (((state = 'refused'::text) = (refusal_code IS NOT NULL)));
alter table exchange.sent_recipient add constraint sent_recipient_state CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'fetched'::text, 'done'::text, 'failed'::text, 'parked'::text, 'returned'::text, 'recalled'::text, 'refused'::text])));
alter table exchange.undelivered add constraint undelivered_pkey PRIMARY KEY (organisation_id, delivery_id);
alter table exchange.webhook add constraint webhook_failing CHECK (((failures = 0) = (failing_since IS NULL)));
alter table exchange.webhook add constraint webhook_once UNIQUE (system_id, url);
alter table exchange.webhook add constraint webhook_pkey PRIMARY KEY (system_id, id);
alter table exchange.webhook add constraint webhook_rotation CHECK (((former_secret IS NULL) = (former_until IS NULL)));
alter table exchange.webhook add constraint webhook_slot UNIQUE (system_id, slot);
alter table exchange.webhook add constraint webhook_slots CHECK (((slot >= 1) AND (slot <= 5)));
alter table exchange.webhook add constraint webhook_state CHECK ((state = ANY (ARRAY['active'::text, 'stopped'::text])));
alter table exchange.webhook add constraint webhook_stop_reason CHECK ((((state = 'stopped'::text) = (stop_reason IS NOT NULL)) AND ((stop_reason IS NULL) OR (stop_reason = ANY (ARRAY['gone'::text, 'failing'::text])))));
alter table migration.applied add constraint applied_pkey PRIMARY KEY (name);
alter table upload.part add constraint part_of_upload FOREIGN KEY (upload_id) REFERENCES upload.upload(id) ON DELETE CASCADE;
alter table upload.part add constraint part_pkey PRIMARY KEY (upload_id, start_bytes);
alter table upload.part add constraint part_size CHECK ((size_bytes > 0));
alter table upload.upload add constraint upload_file_name_length CHECK ((length(file_name) <= 500));
alter table upload.upload add constraint upload_offset CHECK (((offset_bytes >= 0) AND (offset_bytes <= size_bytes)));
alter table upload.upload add constraint upload_pkey PRIMARY KEY (id);

-- Indexes
CREATE INDEX connected_system_roots ON directory.connected_system USING btree (parent_organisation_id);
CREATE INDEX cosignature_by_witness ON evidence.cosignature USING btree (witness_name, key_id, size);
CREATE INDEX deadline_change_by_version ON exchange.deadline_change USING btree (calendar_version);
CREATE INDEX delivery_asked ON exchange.delivery USING btree (organisation_id, sender_id) WHERE (taking_back = 'asked'::text);
CREATE INDEX delivery_document ON exchange.delivery USING btree (organisation_id, sender_id, document_id, accepted_at DESC);
CREATE INDEX delivery_held ON exchange.delivery USING btree (organisation_id, kind, accepted_at, id) WHERE (state = ANY (ARRAY['parked'::text, 'failed'::text, 'returned'::text]));
CREATE INDEX delivery_parked ON exchange.delivery USING btree (organisation_id, sender_id, accepted_at) WHERE (state = 'parked'::text);
CREATE INDEX delivery_thread ON exchange.delivery USING btree (organisation_id, sender_id, about_document_id) WHERE (about_document_id IS NOT NULL);
CREATE INDEX delivery_waiting ON exchange.delivery USING btree (organisation_id, kind, ((fetch_count >= 10)), priority DESC, accepted_at, id) WHERE (state = ANY (ARRAY['waiting'::text, 'sending'::text, 'fetched'::text, 'returned'::text]));
CREATE INDEX duty_late ON exchange.duty USING btree (organisation_id, since DESC) WHERE is_late;
CREATE INDEX duty_late_of_sender ON exchange.duty USING btree (sender_id, since DESC) WHERE is_late;
CREATE INDEX duty_open ON exchange.duty USING btree (due_at) WHERE ((met_at IS NULL) AND (NOT is_late));
CREATE INDEX duty_unmet ON exchange.duty USING btree (due_at) WHERE (met_at IS NULL);
CREATE INDEX entry_by_subject ON evidence.entry USING btree (organisation_id, subject_id, ordinal);
CREATE INDEX envelope_about ON exchange.envelope USING btree (organisation_id, document_id, accepted_at DESC) WHERE (kind = 'status'::text);
CREATE INDEX envelope_follow_up ON exchange.envelope USING btree (organisation_id, document_id) WHERE (business_type = ANY (ARRAY[1, 2, 3]));
CREATE INDEX envelope_kept ON exchange.envelope USING btree (organisation_id, accepted_at) WHERE (package_key IS NOT NULL);
CREATE INDEX envelope_onward ON exchange.envelope USING btree (origin_id, origin_envelope_id) WHERE (origin_id IS NOT NULL);
CREATE INDEX envelope_package ON exchange.envelope USING btree (package_id) WHERE (package_size_bytes > 65536);
CREATE INDEX envelope_sent ON exchange.envelope USING btree (organisation_id, kind, accepted_at DESC, id);
CREATE INDEX event_by_age ON exchange.event USING btree ("position");
CREATE INDEX organisation_children ON directory.organisation USING btree (parent_id, code);
CREATE INDEX organisation_code_prefix ON directory.organisation_code USING btree (lower(code) text_pattern_ops);
CREATE INDEX organisation_listing ON directory.organisation USING btree (code);
CREATE INDEX organisation_name_prefix ON directory.organisation USING btree (search_text text_pattern_ops);
CREATE INDEX organisation_name_words ON directory.organisation USING gin (search_text gin_trgm_ops);
CREATE INDEX organisation_successors ON directory.organisation USING btree (successor_id) WHERE (successor_id IS NOT NULL);
CREATE INDEX receiving_system_of_system ON directory.receiving_system USING btree (system_id) WHERE (valid_to IS NULL);
CREATE INDEX registration_request_listing ON directory.registration_request USING btree (state, id);
CREATE INDEX representation_of_system ON directory.representation USING btree (system_id) WHERE (valid_to IS NULL);
CREATE INDEX request_key_age ON exchange.request_key USING btree (started_at);
CREATE INDEX seen_assertion_expiry ON directory.seen_assertion USING btree (expires_at);
CREATE INDEX undelivered_due ON exchange.undelivered USING btree (due_at);
CREATE INDEX upload_expiry ON upload.upload USING btree (expires_at);
CREATE INDEX upload_of_owner ON upload.upload USING btree (owner_id);
CREATE INDEX webhook_due ON exchange.webhook USING btree (due_at) WHERE (state = 'active'::text);
CREATE UNIQUE INDEX calendar_day_current ON directory.calendar_day USING btree (day) WHERE (withdrawn_in IS NULL);
CREATE UNIQUE INDEX credential_current ON directory.credential USING btree (system_id, kind, place) WHERE (retired_at IS NULL);
CREATE UNIQUE INDEX credential_key_id ON directory.credential USING btree (system_id, key_id) WHERE (retired_at IS NULL);
CREATE UNIQUE INDEX envelope_content ON exchange.envelope USING btree (organisation_id, content_digest, supplement);
CREATE UNIQUE INDEX envelope_document ON exchange.envelope USING btree (organisation_id, document_id) WHERE ((kind = 'document'::text) AND (business_type = 0) AND (supplement = 0));
CREATE UNIQUE INDEX organisation_name_current ON directory.organisation_name USING btree (organisation_id) WHERE (valid_to IS NULL);
CREATE UNIQUE INDEX organisation_one_axis ON directory.organisation USING btree (kind) WHERE (kind = 'axis'::text);
CREATE UNIQUE INDEX part_blob ON upload.part USING btree (blob_id);
CREATE UNIQUE INDEX receiving_system_current ON directory.receiving_system USING btree (organisation_id) WHERE (valid_to IS NULL);
CREATE UNIQUE INDEX registration_request_pending ON directory.registration_request USING btree (system_id, act, code) WHERE (state = 'pending'::text);
CREATE UNIQUE INDEX representation_current ON directory.representation USING btree (organisation_id, system_id) WHERE (valid_to IS NULL);

-- Triggers
CREATE TRIGGER checkpoint_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON evidence.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION evidence.refuse_change();
CREATE TRIGGER connected_system_changed AFTER INSERT OR UPDATE ON directory.connected_system FOR EACH STATEMENT EXECUTE FUNCTION directory.tell_change();
CREATE TRIGGER cosignature_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON evidence.cosignature FOR EACH STATEMENT EXECUTE FUNCTION evidence.refuse_change();
CREATE TRIGGER credential_changed AFTER INSERT OR UPDATE ON directory.credential FOR EACH STATEMENT EXECUTE FUNCTION directory.tell_change();
CREATE TRIGGER entry_detail_is_erased_with_an_entry BEFORE DELETE ON evidence.entry_detail FOR EACH ROW EXECUTE FUNCTION evidence.refuse_silent_erasure();
CREATE TRIGGER entry_detail_is_not_changed BEFORE UPDATE OR TRUNCATE ON evidence.entry_detail FOR EACH STATEMENT EXECUTE FUNCTION evidence.refuse_change();
CREATE TRIGGER entry_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON evidence.entry FOR EACH STATEMENT EXECUTE FUNCTION evidence.refuse_change();
CREATE TRIGGER head_is_not_removed BEFORE DELETE OR TRUNCATE ON evidence.head FOR EACH STATEMENT EXECUTE FUNCTION evidence.refuse_change();
CREATE TRIGGER head_only_grows BEFORE UPDATE ON evidence.head FOR EACH ROW WHEN ((new.size < old.size)) EXECUTE FUNCTION evidence.refuse_change();
CREATE TRIGGER leaf_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON evidence.leaf FOR EACH STATEMENT EXECUTE FUNCTION evidence.refuse_change();
CREATE TRIGGER operator_credential_changed AFTER INSERT OR UPDATE ON directory.operator_credential FOR EACH STATEMENT EXECUTE FUNCTION directory.tell_change();
CREATE TRIGGER organisation_changed AFTER INSERT OR UPDATE ON directory.organisation FOR EACH STATEMENT EXECUTE FUNCTION directory.tell_change();
CREATE TRIGGER organisation_code_changed AFTER INSERT OR UPDATE ON directory.organisation_code FOR EACH STATEMENT EXECUTE FUNCTION directory.tell_change();
CREATE TRIGGER organisation_name_changed AFTER INSERT OR UPDATE ON directory.organisation_name FOR EACH STATEMENT EXECUTE FUNCTION directory.tell_change();
CREATE TRIGGER receiving_system_changed AFTER INSERT OR UPDATE ON directory.receiving_system FOR EACH STATEMENT EXECUTE FUNCTION directory.tell_change();
CREATE TRIGGER representation_changed AFTER INSERT OR UPDATE ON directory.representation FOR EACH STATEMENT EXECUTE FUNCTION directory.tell_change();
CREATE TRIGGER system_quota_changed AFTER INSERT OR UPDATE ON directory.system_quota FOR EACH STATEMENT EXECUTE FUNCTION directory.tell_change();
CREATE TRIGGER tile_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON evidence.tile FOR EACH STATEMENT EXECUTE FUNCTION evidence.refuse_change();
CREATE TRIGGER time_stamp_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON evidence.time_stamp FOR EACH STATEMENT EXECUTE FUNCTION evidence.refuse_change();

-- Row-level security
alter table evidence.entry enable row level security, force row level security;
alter table evidence.entry_detail enable row level security, force row level security;
alter table exchange.daily_count enable row level security, force row level security;
alter table exchange.deadline_change enable row level security, force row level security;
alter table exchange.delivery enable row level security, force row level security;
alter table exchange.duty enable row level security, force row level security;
alter table exchange.envelope enable row level security, force row level security;
alter table exchange.event enable row level security, force row level security;
alter table exchange.sent_recipient enable row level security, force row level security;
alter table exchange.undelivered enable row level security, force row level security;
create policy entry_detail_erased_by_owner on evidence.entry_detail as permissive for delete to lienthong_owner
  using (true)
  with check (-);
create policy entry_detail_of_any_organisation_accepted on evidence.entry_detail as permissive for insert to lt_ingest
  using (-)
  with check (true);
create policy entry_detail_of_own_organisations on evidence.entry_detail as permissive for all to lt_app, lt_ingest
  using ((organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
  with check (-);
create policy entry_detail_read_by_owner on evidence.entry_detail as permissive for select to lienthong_owner
  using (true)
  with check (-);
create policy entry_of_any_organisation_accepted on evidence.entry as permissive for insert to lt_ingest
  using (-)
  with check (true);
create policy entry_of_own_organisations on evidence.entry as permissive for all to lt_app, lt_ingest
  using ((organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
  with check (-);
create policy entry_read_by_owner on evidence.entry as permissive for select to lienthong_owner
  using (true)
  with check (-);
create policy functions_of_the_module on exchange.daily_count as permissive for all to lienthong_owner
  using (true)
  with check (true);
create policy functions_of_the_module on exchange.deadline_change as permissive for all to lienthong_owner
  using (true)
  with check (true);
create policy functions_of_the_module on exchange.delivery as permissive for all to lienthong_owner
  using (true)
  with check (true);
create policy functions_of_the_module on exchange.duty as permissive for all to lienthong_owner
  using (true)
  with check (true);
create policy functions_of_the_module on exchange.envelope as permissive for all to lienthong_owner
  using (true)
  with check (true);
create policy functions_of_the_module on exchange.event as permissive for all to lienthong_owner
  using (true)
  with check (true);
create policy functions_of_the_module on exchange.sent_recipient as permissive for all to lienthong_owner
  using (true)
  with check (true);
create policy functions_of_the_module on exchange.undelivered as permissive for all to lienthong_owner
  using (true)
  with check (true);
create policy gathered on exchange.delivery as permissive for insert to lt_ingest
  using (-)
  with check (true);
create policy gathered on exchange.envelope as permissive for all to lt_ingest
  using (true)
  with check (true);
create policy gathered on exchange.sent_recipient as permissive for all to lt_ingest
  using (true)
  with check (true);
create policy own_rows on exchange.daily_count as permissive for all to lt_app
  using ((organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
  with check (-);
create policy own_rows on exchange.deadline_change as permissive for all to lt_app
  using ((organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
  with check (-);
create policy own_rows on exchange.delivery as permissive for all to lt_app
  using ((organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
  with check (-);
create policy own_rows on exchange.duty as permissive for all to lt_app
  using ((organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
  with check (-);
create policy own_rows on exchange.envelope as permissive for all to lt_app
  using ((organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
  with check (-);
create policy own_rows on exchange.event as permissive for all to lt_app
  using ((organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
  with check (-);
create policy own_rows on exchange.sent_recipient as permissive for all to lt_app
  using ((organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
  with check (-);
create policy own_rows on exchange.undelivered as permissive for all to lt_app
  using ((organisation_id = ANY (( SELECT foundation.organisations() AS organisations)::uuid[])))
  with check (-);

-- Privileges
grant delete, insert, select on blob.small to lt_app;
grant delete, insert, select on directory.seen_assertion to lt_app;
grant delete, insert, select on exchange.duty to lt_app;
grant delete, insert, select on exchange.undelivered to lt_app;
grant delete, insert, select on upload.part to lt_app;
grant delete, insert, select on upload.upload to lt_app;
grant delete, insert, select, update on exchange.request_key to lt_app;
grant delete, insert, select, update on exchange.webhook to lt_app;
grant delete, select on evidence.pending to lt_sequencer;
grant execute on function evidence.erase_detail(organisation uuid, entry uuid) to lt_app;
grant execute on function exchange.deliver_status(sender uuid, envelope uuid, junk_bytes integer) to lt_app;
grant execute on function exchange.destroy_contents(sender uuid, envelopes uuid[], before timestamp with time zone) to lt_app;
grant execute on function exchange.duties_due_from(due_from timestamp with time zone, after_organisation uuid, after_subject uuid, max_rows integer) to lt_app;
grant execute on function exchange.duties_overdue(at timestamp with time zone, max_rows integer) to lt_app;
grant execute on function exchange.ended_contents(before timestamp with time zone, most integer) to lt_app;
grant execute on function exchange.erase_details(sender uuid, envelope uuid, with_content boolean) to lt_app;
grant execute on function exchange.find_origins(organisations uuid[], deliveries uuid[]) to lt_ingest;
grant execute on function exchange.forget_events(before timestamp with time zone, max_events integer) to lt_app;
grant execute on function exchange.give_back(recipient uuid, delivery uuid, at timestamp with time zone) to lt_app;
grant execute on function exchange.has_waiting_mail(organisation uuid) to lt_app;
grant execute on function exchange.late_recipients(senders uuid[], max_rows integer) to lt_app;
grant execute on function exchange.lock_copies(senders uuid[], documents text[], recipients uuid[]) to lt_ingest;
grant execute on function exchange.log_facts(first bigint, max_rows integer, max_recipients integer) to lt_app;
grant execute on function exchange.onward_counts(sender uuid, envelope uuid) to lt_app;
grant execute on function exchange.organisations_with_events(since bigint, max_organisations integer) to lt_app;
grant execute on function exchange.project_events(max_entries integer, max_recipients integer) to lt_app;
grant execute on function exchange.queue_figures(at timestamp with time zone) to lt_app;
grant execute on function exchange.recipient_entries(sender uuid, envelope uuid) to lt_app;
grant execute on function exchange.referenced_packages(packages uuid[]) to lt_app;
grant execute on function exchange.register_line(header jsonb) to lt_ingest;
grant execute on function exchange.take_back_copies(organisations uuid[], copies uuid[], outcomes text[], acts text[], envelopes uuid[], at timestamp with time zone) to lt_ingest;
grant execute on function exchange.tell_sender(recipient uuid, delivery uuid, status_text text) to lt_app;
grant execute on function exchange.undelivered_due(at timestamp with time zone, max_rows integer) to lt_app;
grant execute on function exchange.undelivered_from(after_organisation uuid, after_delivery uuid, max_rows integer) to lt_app;
grant insert on blob.small to lt_ingest;
grant insert on evidence.pending to lt_app;
grant insert on evidence.pending to lt_ingest;
grant insert on exchange.delivery to lt_ingest;
grant insert, select on directory.calendar_day to lt_app;
grant insert, select on evidence.checkpoint to lt_sequencer;
grant insert, select on evidence.cosignature to lt_app;
grant insert, select on evidence.entry to lt_app;
grant insert, select on evidence.entry to lt_ingest;
grant insert, select on evidence.entry_detail to lt_app;
grant insert, select on evidence.entry_detail to lt_ingest;
grant insert, select on evidence.leaf to lt_sequencer;
grant insert, select on evidence.tile to lt_sequencer;
grant insert, select on evidence.time_stamp to lt_sequencer;
grant insert, select on exchange.deadline_change to lt_app;
grant insert, select on exchange.envelope to lt_app;
grant insert, select on exchange.envelope to lt_ingest;
grant insert, select on exchange.ladder_rung to lt_app;
grant insert, select on exchange.savings_parameter to lt_app;
grant insert, select on exchange.sent_recipient to lt_app;
grant insert, select on exchange.sent_recipient to lt_ingest;
grant insert, select, update on directory.connected_system to lt_app;
grant insert, select, update on directory.credential to lt_app;
grant insert, select, update on directory.operator_credential to lt_app;
grant insert, select, update on directory.organisation to lt_app;
grant insert, select, update on directory.organisation_code to lt_app;
grant insert, select, update on directory.organisation_name to lt_app;
grant insert, select, update on directory.receiving_system to lt_app;
grant insert, select, update on directory.registration_request to lt_app;
grant insert, select, update on directory.representation to lt_app;
grant insert, select, update on directory.system_quota to lt_app;
grant insert, select, update on exchange.daily_count to lt_app;
grant select on blob.installation to lt_app;
grant select on directory.connected_system to lt_ingest;
grant select on directory.connected_system to lt_sequencer;
grant select on directory.office_hours to lt_app;
grant select on directory.organisation to lt_ingest;
grant select on directory.organisation to lt_sequencer;
grant select on directory.organisation_code to lt_ingest;
grant select on directory.organisation_code to lt_sequencer;
grant select on directory.organisation_name to lt_ingest;
grant select on directory.organisation_name to lt_sequencer;
grant select on directory.receiving_system to lt_ingest;
grant select on directory.receiving_system to lt_sequencer;
grant select on directory.representation to lt_ingest;
grant select on directory.representation to lt_sequencer;
grant select on directory.working_calendar to lt_app;
grant select on evidence.checkpoint to lt_app;
grant select on evidence.checkpoint to lt_ingest;
grant select on evidence.head to lt_app;
grant select on evidence.head to lt_ingest;
grant select on evidence.head to lt_sequencer;
grant select on evidence.leaf to lt_app;
grant select on evidence.leaf to lt_ingest;
grant select on evidence.pending (ordinal) to lt_app;
grant select on evidence.pending (ordinal) to lt_ingest;
grant select on evidence.tile to lt_app;
grant select on evidence.tile to lt_ingest;
grant select on evidence.time_stamp to lt_app;
grant select on exchange.delivery to lt_app;
grant select on exchange.event to lt_app;
grant select on exchange.event_head to lt_app;
grant select on exchange.log_position to lt_app;
grant select on exchange.report_deadline_changes to lt_app;
grant select on exchange.report_lateness to lt_app;
grant select on exchange.report_savings to lt_app;
grant select on exchange.report_traffic to lt_app;
grant select on exchange.savings_parameter_now to lt_app;
grant select on exchange.savings_term to lt_app;
grant update on directory.calendar_day (withdrawn_at) to lt_app;
grant update on directory.calendar_day (withdrawn_by) to lt_app;
grant update on directory.calendar_day (withdrawn_in) to lt_app;
grant update on directory.working_calendar (changed_at) to lt_app;
grant update on directory.working_calendar (version) to lt_app;
grant update on evidence.head (edge) to lt_sequencer;
grant update on evidence.head (root) to lt_sequencer;
grant update on evidence.head (size) to lt_sequencer;
grant update on exchange.delivery (business_status) to lt_app;
grant update on exchange.delivery (business_status_at) to lt_app;
grant update on exchange.delivery (done_at) to lt_app;
grant update on exchange.delivery (fetch_count) to lt_app;
grant update on exchange.delivery (fetched_at) to lt_app;
grant update on exchange.delivery (state) to lt_app;
grant update on exchange.delivery (state_at) to lt_app;
grant update on exchange.delivery (taking_back) to lt_app;
grant update on exchange.delivery (taking_back_at) to lt_app;
grant update on exchange.duty (calendar_version) to lt_app;
grant update on exchange.duty (due_at) to lt_app;
grant update on exchange.duty (is_late) to lt_app;
grant update on exchange.duty (met_at) to lt_app;
grant update on exchange.duty (reason_at) to lt_app;
grant update on exchange.duty (reason_code) to lt_app;
grant update on exchange.duty (reason_entry_id) to lt_app;
grant update on exchange.log_position (calendar_version) to lt_app;
grant update on exchange.log_position (next_index) to lt_app;
grant update on exchange.log_position (rungs_calendar_version) to lt_app;
grant update on exchange.log_position (rungs_ladder_version) to lt_app;
grant update on exchange.sent_recipient (reminded_at) to lt_app;
grant update on exchange.undelivered (due_at) to lt_app;
grant update on exchange.undelivered (rung) to lt_app;
grant update on upload.upload (expires_at) to lt_app;
grant update on upload.upload (offset_bytes) to lt_app;
grant usage on evidence.entry_ordinal to lt_app;
grant usage on evidence.entry_ordinal to lt_ingest;
grant usage on schema blob to lt_app;
grant usage on schema blob to lt_ingest;
grant usage on schema directory to lt_app;
grant usage on schema directory to lt_ingest;
grant usage on schema directory to lt_sequencer;
grant usage on schema evidence to lt_app;
grant usage on schema evidence to lt_ingest;
grant usage on schema evidence to lt_sequencer;
grant usage on schema exchange to lt_app;
grant usage on schema exchange to lt_ingest;
grant usage on schema foundation to lt_app;
grant usage on schema foundation to lt_ingest;
grant usage on schema foundation to lt_sequencer;
grant usage on schema upload to lt_app;
