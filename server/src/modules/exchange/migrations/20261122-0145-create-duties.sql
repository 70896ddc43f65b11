-- Duties of time and statistics. Both are made from the evidence log, leaf by leaf: the log has every fact once and in
-- an order in which nothing appears late, so the figures are exact for any number of server processes.
--
--   log_position   how far the log was followed; whoever writes the tables below holds its lock
--   duty           a deadline of the law that is open or was missed, owned by who holds it; met in time, it goes
--   deadline_change a deadline that moved because the calendar changed, with the one before
--   undelivered    a copy that its recipient has not confirmed to have, and the next rung of the ladder for it
--   daily_count    how many, by organisation and by the day on which the axis accepted the document

create table exchange.log_position (
  singleton boolean not null default true,
  next_index bigint not null,
  -- Open deadlines were computed again for every calendar up to this one.
  calendar_version integer not null,
  constraint log_position_pkey primary key (singleton),
  constraint log_position_is_single check (singleton)
);
insert into exchange.log_position (next_index, calendar_version)
select 0, version from directory.working_calendar;

create table exchange.duty (
  organisation_id uuid not null,
  -- The envelope that was to be sent, or the delivery whose receipt is to be confirmed.
  subject_id uuid not null,
  rule text not null constraint duty_rule check (rule in ('send', 'send_urgent', 'confirm', 'confirm_urgent')),
  sender_id uuid not null,
  envelope_id uuid not null,
  since timestamptz not null,
  due_at timestamptz not null,
  original_due_at timestamptz not null,
  calendar_version integer not null,
  met_at timestamptz,
  is_late boolean not null,
  reason_code text,
  reason_at timestamptz,
  reason_entry_id uuid,
  -- Under which key of daily_count it is counted.
  on_day date not null,
  document_kind text not null,
  paper text not null,
  constraint duty_pkey primary key (organisation_id, subject_id),
  constraint duty_open_or_late check (is_late or met_at is null),
  constraint duty_reason check (num_nulls(reason_code, reason_at, reason_entry_id) in (0, 3))
);
create index duty_open on exchange.duty (due_at) where met_at is null and not is_late;
create index duty_late on exchange.duty (organisation_id, since desc) where is_late;
create index duty_late_of_sender on exchange.duty (sender_id, since desc) where is_late;
-- Open deadlines that a change of the calendar can move.
create index duty_unmet on exchange.duty (due_at) where met_at is null;

create table exchange.deadline_change (
  organisation_id uuid not null,
  subject_id uuid not null,
  calendar_version integer not null,
  due_before timestamptz not null,
  due_after timestamptz not null,
  changed_at timestamptz not null,
  constraint deadline_change_pkey primary key (organisation_id, subject_id, calendar_version)
);
create index deadline_change_by_version on exchange.deadline_change (calendar_version);

create table exchange.undelivered (
  organisation_id uuid not null,
  delivery_id uuid not null,
  sender_id uuid not null,
  envelope_id uuid not null,
  priority smallint not null,
  since timestamptz not null,
  -- The rung that comes next, from 0; null when there is none left.
  rung smallint not null,
  due_at timestamptz,
  constraint undelivered_pkey primary key (organisation_id, delivery_id)
);
create index undelivered_due on exchange.undelivered (due_at);

create table exchange.daily_count (
  organisation_id uuid not null,
  on_day date not null,
  side text not null constraint daily_count_side check (side in ('sent', 'received')),
  document_kind text not null,
  paper text not null constraint daily_count_paper check (paper in ('with', 'without', 'not_stated')),
  documents bigint not null default 0,
  copies bigint not null default 0,
  done bigint not null default 0,
  refused bigint not null default 0,
  recalled bigint not null default 0,
  returned bigint not null default 0,
  in_time bigint not null default 0,
  late bigint not null default 0,
  undated bigint not null default 0,
  delay_days bigint not null default 0,
  constraint daily_count_pkey primary key (organisation_id, on_day, side, document_kind, paper),
  constraint daily_count_natural check (
    least(documents, copies, done, refused, recalled, returned, in_time, late, undated, delay_days) >= 0
  )
);

alter table exchange.duty enable row level security, force row level security;
alter table exchange.deadline_change enable row level security, force row level security;
alter table exchange.undelivered enable row level security, force row level security;
alter table exchange.daily_count enable row level security, force row level security;

create policy own_rows on exchange.duty to lt_app
  using (organisation_id = any ((select foundation.organisations())::uuid[]));
create policy own_rows on exchange.deadline_change to lt_app
  using (organisation_id = any ((select foundation.organisations())::uuid[]));
create policy own_rows on exchange.undelivered to lt_app
  using (organisation_id = any ((select foundation.organisations())::uuid[]));
create policy own_rows on exchange.daily_count to lt_app
  using (organisation_id = any ((select foundation.organisations())::uuid[]));
create policy functions_of_the_module on exchange.duty to current_user using (true) with check (true);
create policy functions_of_the_module on exchange.deadline_change to current_user using (true) with check (true);
create policy functions_of_the_module on exchange.undelivered to current_user using (true) with check (true);
create policy functions_of_the_module on exchange.daily_count to current_user using (true) with check (true);

grant select on exchange.log_position, exchange.duty, exchange.deadline_change, exchange.undelivered,
  exchange.daily_count to lt_app;
grant update (next_index, calendar_version) on exchange.log_position to lt_app;
grant insert on exchange.duty, exchange.deadline_change, exchange.undelivered, exchange.daily_count to lt_app;
grant update (due_at, calendar_version, met_at, is_late, reason_code, reason_at, reason_entry_id)
  on exchange.duty to lt_app;
grant update (rung, due_at) on exchange.undelivered to lt_app;
grant delete on exchange.duty, exchange.undelivered to lt_app;
grant update on exchange.daily_count to lt_app;

-- What the log says about documents, from a leaf on: ids, times, codes and the flags that are counted; no subject,
-- no name. As the owner, since a leaf is anybody's.
create function exchange.log_facts(first bigint, max_rows integer)
  returns table (
    index bigint, kind text, at timestamptz, status text, act text,
    sender_id uuid, envelope_id uuid, recipient_id uuid, delivery_id uuid,
    business_type smallint, supplement integer, priority smallint, accepted_at timestamptz,
    type_name text, paper boolean, promulgated_on text,
    recipient_ids uuid[], delivery_ids uuid[], refused_count bigint
  )
  language sql stable security definer set search_path = ''
begin atomic
  select leaf.index, entry.kind, entry.recorded_at,
    claims.claims ->> 'status', claims.claims ->> 'act',
    envelope.organisation_id, envelope.id, copy.organisation_id, copy.id,
    envelope.business_type, envelope.supplement, envelope.priority, envelope.accepted_at,
    envelope.header ->> 'typeName', (envelope.header ->> 'paper')::boolean, envelope.header ->> 'promulgatedOn',
    sent.recipient_ids, sent.delivery_ids, sent.refused_count
  from evidence.leaf
  left join evidence.entry
    on entry.organisation_id = leaf.organisation_id
    and entry.id = leaf.entry_id
    and entry.kind like 'exchange.%'
  left join lateral (
    select convert_from(entry.payload, 'UTF8')::jsonb -> 'claims' as claims
  ) claims on true
  left join exchange.delivery copy
    on copy.organisation_id = entry.organisation_id
    and copy.id = entry.subject_id
    and copy.kind = 'document'
  left join exchange.envelope
    on envelope.organisation_id = coalesce(copy.sender_id, entry.organisation_id)
    and envelope.id = coalesce(copy.envelope_id, entry.subject_id)
    and envelope.kind = 'document'
  left join lateral (
    select array_agg(sent.recipient_id order by ordinal) filter (where sent.delivery_id is not null) as recipient_ids,
      array_agg(sent.delivery_id order by ordinal) filter (where sent.delivery_id is not null) as delivery_ids,
      count(*) filter (where sent.delivery_id is null) as refused_count
    from exchange.sent_recipient sent
    where entry.kind = 'exchange.accepted'
      and sent.organisation_id = envelope.organisation_id
      and sent.envelope_id = envelope.id
  ) sent on true
  where leaf.index >= log_facts.first
    and leaf.index < log_facts.first + log_facts.max_rows
  order by leaf.index;
end;

-- Open duties that nobody met in time, for the watch that marks them.
create function exchange.duties_overdue(at timestamptz, max_rows integer)
  returns table (organisation_id uuid, subject_id uuid)
  language sql stable security definer set search_path = ''
begin atomic
  select organisation_id, subject_id
  from exchange.duty
  where met_at is null
    and not is_late
    and due_at <= duties_overdue.at
  order by due_at
  limit max_rows;
end;

-- Unmet duties that are due from a day on: those that a change of the calendar can move.
create function exchange.duties_due_from(
  due_from timestamptz, after_organisation uuid, after_subject uuid, max_rows integer
)
  returns table (organisation_id uuid, subject_id uuid, rule text, since timestamptz, due_at timestamptz)
  language sql stable security definer set search_path = ''
begin atomic
  select organisation_id, subject_id, rule, since, due_at
  from exchange.duty
  where met_at is null
    and due_at >= due_from
    and (organisation_id, subject_id) > (after_organisation, after_subject)
  order by organisation_id, subject_id
  limit max_rows;
end;

create function exchange.undelivered_due(at timestamptz, max_rows integer)
  returns table (organisation_id uuid, delivery_id uuid, sender_id uuid)
  language sql stable security definer set search_path = ''
begin atomic
  select organisation_id, delivery_id, sender_id
  from exchange.undelivered
  where due_at <= undelivered_due.at
  order by due_at
  limit max_rows;
end;

-- The recipients who are late about documents of a sender, for that sender alone.
create function exchange.late_recipients(senders uuid[], max_rows integer)
  returns setof exchange.duty
  language sql stable security definer set search_path = ''
begin atomic
  select duty.*
  from exchange.duty
  where sender_id = any (senders)
    and sender_id = any ((select foundation.organisations())::uuid[])
    and organisation_id <> sender_id
    and is_late
  order by since desc
  limit max_rows;
end;

revoke execute on function exchange.log_facts, exchange.duties_overdue, exchange.duties_due_from,
  exchange.undelivered_due, exchange.late_recipients from public;
grant execute on function exchange.log_facts, exchange.duties_overdue, exchange.duties_due_from,
  exchange.undelivered_due, exchange.late_recipients to lt_app;

-- Published for reports and for other modules: figures only, of every organisation.
create view exchange.report_traffic as
select organisation.id as organisation_id, organisation.code, organisation.name, organisation.level,
  on_day, side, document_kind, paper,
  documents, copies, done, refused, recalled, returned, in_time, late, undated, delay_days
from exchange.daily_count
join directory.organisation on organisation.id = daily_count.organisation_id;

-- What is late now, by who holds it and by which rule; nothing that says about which document.
create view exchange.report_lateness as
select organisation.id as organisation_id, organisation.code, organisation.name, organisation.level, rule,
  count(*) as late,
  count(*) filter (where met_at is null) as still_open,
  count(*) filter (where reason_code is not null) as explained,
  min(due_at) filter (where met_at is null) as oldest_due_at
from exchange.duty
join directory.organisation on organisation.id = duty.organisation_id
where is_late
group by organisation.id, rule;

create view exchange.report_deadline_changes as
select calendar_version, count(*) as moved, min(changed_at) as first_changed_at, max(changed_at) as last_changed_at
from exchange.deadline_change
group by calendar_version;

grant select on exchange.report_traffic, exchange.report_lateness, exchange.report_deadline_changes to lt_app;
