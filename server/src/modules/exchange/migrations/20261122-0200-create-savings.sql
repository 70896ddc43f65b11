-- What electronic documents save, by an open formula (docs/protocols/statistics.md): each term with its parameters, and
-- each parameter with its source. The formula stands here once, in the view that reports and other modules read.

create table exchange.savings_parameter (
  name text not null,
  -- Parameters are not changed but followed: what was in force, from when, and who said so.
  declared_at timestamptz not null,
  value numeric not null constraint savings_parameter_value check (value between 0 and 1000000000000),
  unit text not null,
  source text not null constraint savings_parameter_source check (length(source) between 1 and 500),
  declared_by text not null,
  constraint savings_parameter_pkey primary key (name, declared_at)
);
insert into exchange.savings_parameter (name, declared_at, value, unit, source, declared_by)
select name, now(), value, unit, source, 'axis:axis'
from (values
  ('pages_per_copy', 4, 'trang/bản', 'Giả định ban đầu; thay bằng số liệu khảo sát'),
  ('paper_vnd_per_page', 500, 'đồng/trang', 'Giả định ban đầu (giấy, mực, sao chụp); thay bằng định mức của cơ quan'),
  ('postage_vnd_per_copy', 10000, 'đồng/bản', 'Giả định ban đầu; thay bằng giá cước bưu chính KT1 đang áp dụng'),
  ('posted_share', 0.5, 'tỷ lệ', 'Giả định ban đầu: phần văn bản giấy trước đây gửi qua bưu chính'),
  ('minutes_per_copy', 15, 'phút/bản', 'Giả định ban đầu: in, đóng dấu, bì, sổ, giao nhận'),
  ('gdp_vnd_per_head', 114000000, 'đồng/người/năm', 'GDP bình quân đầu người 2024 (cần đối chiếu niên giám thống kê)'),
  ('counts_not_stated', 1, '0 hoặc 1', 'Quyết định 28/2018/QĐ-TTg, Điều 5 khoản 3: không gửi bản giấy trừ trường hợp ghi rõ')
) as given (name, value, unit, source);

grant select, insert on exchange.savings_parameter to lt_app;

create view exchange.savings_parameter_now as
select distinct on (name) name, value, unit, source, declared_at, declared_by
from exchange.savings_parameter
order by name, declared_at desc;

-- One row a term, organisation and day. Saved is only what reached its recipient without paper after it; the sender
-- saves, so that no copy is counted twice. Working time is valued as in the compliance-cost method: income of an hour =
-- GDP per head / 12 / 22 / 8. Sums of other methods (the World Bank's, the OECD's) are never added to these.
create view exchange.report_savings as
with parameter as (
  select max(value) filter (where name = 'pages_per_copy') as pages_per_copy,
    max(value) filter (where name = 'paper_vnd_per_page') as paper_vnd_per_page,
    max(value) filter (where name = 'postage_vnd_per_copy') as postage_vnd_per_copy,
    max(value) filter (where name = 'posted_share') as posted_share,
    max(value) filter (where name = 'minutes_per_copy') as minutes_per_copy,
    max(value) filter (where name = 'gdp_vnd_per_head') as gdp_vnd_per_head,
    max(value) filter (where name = 'counts_not_stated') as counts_not_stated
  from exchange.savings_parameter_now
), saved as (
  select organisation_id, code, name, level, on_day,
    sum(done) filter (where paper = 'without' or paper = 'not_stated' and counts_not_stated > 0) as copies
  from exchange.report_traffic
  cross join parameter
  where side = 'sent'
  group by organisation_id, code, name, level, on_day
)
select organisation_id, code, saved.name, level, on_day, term, copies, vnd_per_copy, copies * vnd_per_copy as vnd
from saved
cross join parameter
cross join lateral (values
  ('paper', pages_per_copy * paper_vnd_per_page),
  ('postage', posted_share * postage_vnd_per_copy),
  ('working_time', minutes_per_copy / 60 * gdp_vnd_per_head / 12 / 22 / 8)
) as term (term, vnd_per_copy)
where copies > 0;

grant select on exchange.savings_parameter_now, exchange.report_savings to lt_app;
