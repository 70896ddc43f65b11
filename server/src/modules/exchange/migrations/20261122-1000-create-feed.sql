-- The change feed: what happened to an organisation's documents, in the order of the evidence log.
--
-- A row a fact and organisation that it concerns, made from the sequenced entries by whichever server comes first. Its place
-- is the entry's place in the log, which is given after the commit: whoever has read up to a place has missed nothing
-- before it, also not what was committed late (X9).

create table exchange.event (
  organisation_id uuid not null,
  position bigint not null,
  -- 0: the organisation whose entry it is; 1: the other side, who received something or learns of his copy.
  part smallint not null,
  kind text not null,
  at timestamptz not null,
  envelope_id uuid not null,
  delivery_id uuid,
  constraint event_pkey primary key (organisation_id, position, part)
);
-- What is forgotten goes in the order of the log.
create index event_by_age on exchange.event (position);

create table exchange.event_head (
  singleton boolean not null default true,
  -- Entries before this place of the log have their events.
  position bigint not null,
  -- Events before this place were forgotten.
  forgotten_before bigint not null default 0,
  constraint event_head_pkey primary key (singleton),
  constraint event_head_single check (singleton)
);
-- Where the log stands when the feed begins: it is for what comes.
insert into exchange.event_head (position, forgotten_before) select size, size from evidence.head;

alter table exchange.event enable row level security, force row level security;
create policy own_rows on exchange.event to lt_app
  using (organisation_id = any ((select foundation.organisations())::uuid[]));
create policy functions_of_the_module on exchange.event to current_user using (true) with check (true);
grant select on exchange.event, exchange.event_head to lt_app;

-- Makes the events of the next entries, and says where the feed stands then: null while another server is at it.
create function exchange.project_events(max_entries integer) returns bigint
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
  select least(log.size, reached + max_entries) into goal from evidence.head log;
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

-- Whom the events from a place on concern: so that a server wakes only those who wait for something.
create function exchange.organisations_with_events(since bigint, max_organisations integer) returns setof uuid
  language sql stable security definer set search_path = ''
begin atomic
  select distinct organisation_id
  from exchange.event
  where position >= organisations_with_events.since
  limit organisations_with_events.max_organisations;
end;

-- Forgets events that were made from entries before a time; their facts stay in the log. At most so many at once.
create function exchange.forget_events(before timestamptz, max_events integer) returns bigint
  language plpgsql security definer set search_path = ''
as $$
declare
  forgotten bigint;
  last_position bigint;
begin
  with doomed as (
    delete from exchange.event
    where position <= (
      select max(position) from (
        select event.position from exchange.event where event.at < forget_events.before order by event.position limit max_events
      ) as old
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

revoke execute on function exchange.project_events, exchange.organisations_with_events, exchange.forget_events from public;
grant execute on function exchange.project_events, exchange.organisations_with_events, exchange.forget_events to lt_app;
