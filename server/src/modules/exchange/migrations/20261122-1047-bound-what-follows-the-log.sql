-- Whoever follows the log takes so many leaves at once. One leaf may be a circular to ten thousand: five hundred of those
-- did not fit into a server's memory, and a server that dies of them meets them again at its next start. So the
-- recipients are bounded too; the first leaf is always taken, whatever its size.

drop function exchange.log_facts(bigint, integer);
create function exchange.log_facts(first bigint, max_rows integer, max_recipients integer)
  returns table (
    index bigint, kind text, at timestamptz, status text, act text,
    sender_id uuid, envelope_id uuid, recipient_id uuid, delivery_id uuid,
    business_type smallint, supplement integer, priority smallint, accepted_at timestamptz,
    type_name text, paper boolean, promulgated_on text,
    recipient_ids uuid[], delivery_ids uuid[], refused_count bigint
  )
  language sql stable security definer set search_path = ''
begin atomic
  with fact as materialized (
    select leaf.index, entry.organisation_id, entry.subject_id, entry.kind, entry.recorded_at, claims.claims,
      coalesce(
        sum((claims.claims #>> '{recipients,count}')::bigint)
          over (order by leaf.index rows between unbounded preceding and 1 preceding),
        0
      ) as recipients_before
    from evidence.leaf
    left join evidence.entry
      on entry.organisation_id = leaf.organisation_id
      and entry.id = leaf.entry_id
      and entry.kind like 'exchange.%'
    left join lateral (
      select convert_from(entry.payload, 'UTF8')::jsonb -> 'claims' as claims
    ) claims on true
    where leaf.index >= log_facts.first
      and leaf.index < log_facts.first + log_facts.max_rows
  )
  select fact.index, fact.kind, fact.recorded_at,
    fact.claims ->> 'status', fact.claims ->> 'act',
    envelope.organisation_id, envelope.id, copy.organisation_id, copy.id,
    envelope.business_type, envelope.supplement, envelope.priority, envelope.accepted_at,
    envelope.header ->> 'typeName', (envelope.header ->> 'paper')::boolean, envelope.header ->> 'promulgatedOn',
    sent.recipient_ids, sent.delivery_ids, sent.refused_count
  from fact
  left join exchange.delivery copy
    on copy.organisation_id = fact.organisation_id
    and copy.id = fact.subject_id
    and copy.kind = 'document'
  left join exchange.envelope
    on envelope.organisation_id = coalesce(copy.sender_id, fact.organisation_id)
    and envelope.id = coalesce(copy.envelope_id, fact.subject_id)
    and envelope.kind = 'document'
  left join lateral (
    select array_agg(sent.recipient_id order by ordinal) filter (where sent.delivery_id is not null) as recipient_ids,
      array_agg(sent.delivery_id order by ordinal) filter (where sent.delivery_id is not null) as delivery_ids,
      count(*) filter (where sent.delivery_id is null) as refused_count
    from exchange.sent_recipient sent
    where fact.kind = 'exchange.accepted'
      and sent.organisation_id = envelope.organisation_id
      and sent.envelope_id = envelope.id
  ) sent on true
  where fact.recipients_before < log_facts.max_recipients
  order by fact.index;
end;

drop function exchange.project_events(integer);
create function exchange.project_events(max_entries integer, max_recipients integer) returns bigint
  language plpgsql security definer set search_path = ''
as $$
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
      end as sent_id
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
  on conflict do nothing;

  update exchange.event_head set position = goal;
  return goal;
end
$$;

-- Looked through the whole feed for old events where there were none; the oldest ones say whether there are.
create or replace function exchange.forget_events(before timestamptz, max_events integer) returns bigint
  language plpgsql security definer set search_path = ''
as $$
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
$$;

revoke execute on function exchange.log_facts, exchange.project_events from public;
grant execute on function exchange.log_facts, exchange.project_events to lt_app;

-- An answer to a request for a copy back looked through all that its sender ever sent to its holder.
create index delivery_asked on exchange.delivery (organisation_id, sender_id) where taking_back = 'asked';
