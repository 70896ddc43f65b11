-- The working calendar of the administration: office hours, holidays and swapped days in their official form.
--
-- The official days below are data with their source, never the result of a rule. `is_provisional` says that a day was
-- not announced yet (2027), or not compared with the text of the announcement (the swapped days): declaring it again
-- with the announcement as its source replaces it. Later days come by `lienthong calendar declare`.

-- Which form of the calendar a deadline was computed by. Locked by whoever changes the calendar.
create table directory.working_calendar (
  singleton boolean not null default true,
  version integer not null,
  changed_at timestamptz not null,
  constraint working_calendar_pkey primary key (singleton),
  constraint working_calendar_is_single check (singleton)
);
insert into directory.working_calendar (version, changed_at) values (1, now());

create table directory.office_hours (
  valid_from date not null,
  -- 1 Monday … 7 Sunday. A weekday without a row is one of rest; a new `valid_from` replaces the whole week.
  weekday smallint not null constraint office_hours_weekday check (weekday between 1 and 7),
  opens_at time not null,
  closes_at time not null,
  constraint office_hours_pkey primary key (valid_from, weekday, opens_at),
  constraint office_hours_interval check (opens_at < closes_at)
);
insert into directory.office_hours (valid_from, weekday, opens_at, closes_at)
select '2025-01-01', weekday, opens_at, closes_at
from generate_series(1, 5) weekday
cross join (values (time '08:00', time '12:00'), (time '13:00', time '17:00')) as half (opens_at, closes_at);

create table directory.calendar_day (
  day date not null,
  declared_in integer not null,
  kind text not null constraint calendar_day_kind check (kind in ('rest', 'work')),
  name text not null constraint calendar_day_name check (length(name) between 1 and 200),
  source text not null constraint calendar_day_source check (length(source) between 1 and 500),
  is_provisional boolean not null,
  declared_at timestamptz not null,
  declared_by text not null,
  withdrawn_in integer,
  withdrawn_at timestamptz,
  withdrawn_by text,
  constraint calendar_day_pkey primary key (day, declared_in),
  constraint calendar_day_interval check (withdrawn_in >= declared_in),
  constraint calendar_day_withdrawn check (num_nulls(withdrawn_in, withdrawn_at, withdrawn_by) in (0, 3))
);
create unique index calendar_day_current on directory.calendar_day (day) where withdrawn_in is null;

insert into directory.calendar_day (day, declared_in, kind, name, source, is_provisional, declared_at, declared_by)
select day, 1, kind, name, source, is_provisional, now(), 'axis:axis'
from (values
  (date '2025-01-01', 'rest', 'Tết Dương lịch', 'Bộ luật Lao động 2019, Điều 112', false),
  ('2025-01-27', 'rest', 'Tết Nguyên đán Ất Tỵ', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Tết 2025', false),
  ('2025-01-28', 'rest', 'Tết Nguyên đán Ất Tỵ', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Tết 2025', false),
  ('2025-01-29', 'rest', 'Tết Nguyên đán Ất Tỵ', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Tết 2025', false),
  ('2025-01-30', 'rest', 'Tết Nguyên đán Ất Tỵ', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Tết 2025', false),
  ('2025-01-31', 'rest', 'Tết Nguyên đán Ất Tỵ', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Tết 2025', false),
  ('2025-04-07', 'rest', 'Giỗ Tổ Hùng Vương', 'Bộ luật Lao động 2019, Điều 112', false),
  ('2025-04-26', 'work', 'Làm bù cho ngày 02/5/2025', 'Hoán đổi ngày làm việc 2025 (chưa đối chiếu văn bản)', true),
  ('2025-04-30', 'rest', 'Ngày Chiến thắng', 'Bộ luật Lao động 2019, Điều 112', false),
  ('2025-05-01', 'rest', 'Ngày Quốc tế lao động', 'Bộ luật Lao động 2019, Điều 112', false),
  ('2025-05-02', 'rest', 'Nghỉ hoán đổi', 'Hoán đổi ngày làm việc 2025 (chưa đối chiếu văn bản)', true),
  ('2025-09-01', 'rest', 'Quốc khánh', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Quốc khánh 2025', false),
  ('2025-09-02', 'rest', 'Quốc khánh', 'Bộ luật Lao động 2019, Điều 112', false),
  ('2026-01-01', 'rest', 'Tết Dương lịch', 'Bộ luật Lao động 2019, Điều 112', false),
  ('2026-01-02', 'rest', 'Nghỉ hoán đổi', 'Hoán đổi ngày làm việc 2026 (chưa đối chiếu văn bản)', true),
  ('2026-01-10', 'work', 'Làm bù cho ngày 02/01/2026', 'Hoán đổi ngày làm việc 2026 (chưa đối chiếu văn bản)', true),
  ('2026-02-16', 'rest', 'Tết Nguyên đán Bính Ngọ', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Tết 2026', false),
  ('2026-02-17', 'rest', 'Tết Nguyên đán Bính Ngọ', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Tết 2026', false),
  ('2026-02-18', 'rest', 'Tết Nguyên đán Bính Ngọ', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Tết 2026', false),
  ('2026-02-19', 'rest', 'Tết Nguyên đán Bính Ngọ', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Tết 2026', false),
  ('2026-02-20', 'rest', 'Tết Nguyên đán Bính Ngọ', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Tết 2026', false),
  ('2026-04-27', 'rest', 'Giỗ Tổ Hùng Vương (nghỉ bù)', 'Bộ luật Lao động 2019, Điều 111 và 112', false),
  ('2026-04-30', 'rest', 'Ngày Chiến thắng', 'Bộ luật Lao động 2019, Điều 112', false),
  ('2026-05-01', 'rest', 'Ngày Quốc tế lao động', 'Bộ luật Lao động 2019, Điều 112', false),
  ('2026-08-22', 'work', 'Làm bù cho ngày 31/8/2026', 'Hoán đổi ngày làm việc 2026 (chưa đối chiếu văn bản)', true),
  ('2026-08-31', 'rest', 'Nghỉ hoán đổi', 'Hoán đổi ngày làm việc 2026 (chưa đối chiếu văn bản)', true),
  ('2026-09-01', 'rest', 'Quốc khánh', 'Bộ luật Lao động 2019, Điều 112; lịch nghỉ Quốc khánh 2026', false),
  ('2026-09-02', 'rest', 'Quốc khánh', 'Bộ luật Lao động 2019, Điều 112', false),
  ('2026-11-24', 'rest', 'Ngày Văn hóa Việt Nam', 'Nghị quyết 28/2026/QH16', false),
  ('2027-01-01', 'rest', 'Tết Dương lịch', 'Bộ luật Lao động 2019, Điều 112; lịch 2027 chưa ban hành', true),
  -- Lunar new year is Saturday the 6th. Two proposals were open; these working days lie in both.
  ('2027-02-08', 'rest', 'Tết Nguyên đán Đinh Mùi', 'Lịch nghỉ Tết 2027 chưa ban hành', true),
  ('2027-02-09', 'rest', 'Tết Nguyên đán Đinh Mùi', 'Lịch nghỉ Tết 2027 chưa ban hành', true),
  ('2027-02-10', 'rest', 'Tết Nguyên đán Đinh Mùi', 'Lịch nghỉ Tết 2027 chưa ban hành', true),
  ('2027-04-16', 'rest', 'Giỗ Tổ Hùng Vương', 'Bộ luật Lao động 2019, Điều 112; lịch 2027 chưa ban hành', true),
  ('2027-04-30', 'rest', 'Ngày Chiến thắng', 'Bộ luật Lao động 2019, Điều 112; lịch 2027 chưa ban hành', true),
  ('2027-05-03', 'rest', 'Ngày Quốc tế lao động (nghỉ bù)', 'Bộ luật Lao động 2019, Điều 111 và 112; lịch 2027 chưa ban hành', true),
  ('2027-09-02', 'rest', 'Quốc khánh', 'Bộ luật Lao động 2019, Điều 112; lịch 2027 chưa ban hành', true),
  ('2027-11-24', 'rest', 'Ngày Văn hóa Việt Nam', 'Nghị quyết 28/2026/QH16; lịch 2027 chưa ban hành', true)
) as official (day, kind, name, source, is_provisional);

grant select on directory.working_calendar, directory.office_hours, directory.calendar_day to lt_app;
grant update (version, changed_at) on directory.working_calendar to lt_app;
grant insert on directory.calendar_day to lt_app;
grant update (withdrawn_in, withdrawn_at, withdrawn_by) on directory.calendar_day to lt_app;
