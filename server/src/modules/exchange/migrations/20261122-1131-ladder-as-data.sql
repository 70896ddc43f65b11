-- The rungs of the ladder of undelivered mail, as data that an operator may change (docs/protocols/time-and-duties.md).
-- A ladder is not changed but followed by another one: what was in force, since when, and who said so.

create table exchange.ladder_rung (
  priority smallint not null constraint ladder_rung_priority check (priority between 0 and 4),
  -- Of all ladders together: grows by one with each change of any of them.
  version integer not null,
  rung smallint not null constraint ladder_rung_rung check (rung between 0 and 9),
  clock text not null constraint ladder_rung_clock check (clock in ('wall', 'working')),
  minutes integer not null constraint ladder_rung_minutes check (minutes between 1 and 525600),
  act text not null constraint ladder_rung_act check (act in ('remind_operator', 'remind_sender', 'return')),
  declared_at timestamptz not null,
  declared_by text not null,
  constraint ladder_rung_pkey primary key (priority, version, rung)
);

insert into exchange.ladder_rung (priority, version, rung, clock, minutes, act, declared_at, declared_by)
select priority, 1, rung, clock, minutes, act, now(), 'axis:axis'
from (values
  (array[0], 0, 'working', 120, 'remind_operator'),
  (array[0], 1, 'working', 480, 'remind_sender'),
  (array[0], 2, 'working', 1440, 'remind_sender'),
  (array[0], 3, 'wall', 20160, 'return'),
  -- Khẩn, thượng khẩn.
  (array[1, 2], 0, 'wall', 30, 'remind_operator'),
  (array[1, 2], 1, 'wall', 120, 'remind_sender'),
  (array[1, 2], 2, 'wall', 1440, 'remind_sender'),
  (array[1, 2], 3, 'wall', 4320, 'remind_sender'),
  (array[1, 2], 4, 'wall', 20160, 'return'),
  -- Hỏa tốc: minutes, day and night.
  (array[3, 4], 0, 'wall', 5, 'remind_operator'),
  (array[3, 4], 1, 'wall', 15, 'remind_sender'),
  (array[3, 4], 2, 'wall', 120, 'remind_sender'),
  (array[3, 4], 3, 'wall', 1440, 'remind_sender'),
  (array[3, 4], 4, 'wall', 20160, 'return')
) as given (priorities, rung, clock, minutes, act)
cross join unnest(priorities) as priority;

grant select, insert on exchange.ladder_rung to lt_app;

-- The rungs to come of undelivered copies were computed by these versions of the calendar and of the ladders.
alter table exchange.log_position
  add column rungs_calendar_version integer not null default 1,
  add column rungs_ladder_version integer not null default 1;
alter table exchange.log_position
  alter column rungs_calendar_version drop default,
  alter column rungs_ladder_version drop default;
grant update (rungs_calendar_version, rungs_ladder_version) on exchange.log_position to lt_app;

-- Undelivered copies of anybody in the order of their keys, to compute their next rung again.
create function exchange.undelivered_from(after_organisation uuid, after_delivery uuid, max_rows integer)
  returns table (organisation_id uuid, delivery_id uuid, priority smallint, since timestamptz, rung smallint, due_at timestamptz)
  language sql stable security definer set search_path = ''
begin atomic
  select organisation_id, delivery_id, priority, since, rung, due_at
  from exchange.undelivered
  where (organisation_id, delivery_id) > (after_organisation, after_delivery)
  order by organisation_id, delivery_id
  limit max_rows;
end;
revoke execute on function exchange.undelivered_from from public;
grant execute on function exchange.undelivered_from to lt_app;
