-- The sender sees what his recipients do not collect: in the row of the copy, and in his feed.

-- When he was last told that the copy waits; by the ladder, which acts for him too.
alter table exchange.sent_recipient add column reminded_at timestamptz;
grant update (reminded_at) on exchange.sent_recipient to lt_app;

-- As before, with the entries about an envelope that are for its sender alone.
create or replace function exchange.project_events(max_entries integer, max_recipients integer) returns bigint
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
$$;
