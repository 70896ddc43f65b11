-- The formula over the figures of a year was ten million multiplications of numbers that are the same: the terms stand in a
-- view of their own, so that a report sums the copies first. Measured with 3.7 million rows of figures: 15.6 s before.
create view exchange.savings_term as
with parameter as (
  select max(value) filter (where name = 'pages_per_copy') as pages_per_copy,
    max(value) filter (where name = 'paper_vnd_per_page') as paper_vnd_per_page,
    max(value) filter (where name = 'postage_vnd_per_copy') as postage_vnd_per_copy,
    max(value) filter (where name = 'posted_share') as posted_share,
    max(value) filter (where name = 'minutes_per_copy') as minutes_per_copy,
    max(value) filter (where name = 'gdp_vnd_per_head') as gdp_vnd_per_head,
    max(value) filter (where name = 'counts_not_stated') as counts_not_stated
  from exchange.savings_parameter_now
)
select term, vnd_per_copy, counts_not_stated > 0 as counts_not_stated
from parameter
cross join lateral (values
  ('paper', pages_per_copy * paper_vnd_per_page),
  ('postage', posted_share * postage_vnd_per_copy),
  ('working_time', minutes_per_copy / 60 * gdp_vnd_per_head / 12 / 22 / 8)
) as term (term, vnd_per_copy);

create or replace view exchange.report_savings as
select organisation_id, code, name, level, on_day, term, sum(done) as copies, vnd_per_copy, sum(done) * vnd_per_copy as vnd
from exchange.report_traffic
cross join exchange.savings_term
where side = 'sent'
  and done > 0
  and (paper = 'without' or paper = 'not_stated' and counts_not_stated)
group by organisation_id, code, name, level, on_day, term, vnd_per_copy;

grant select on exchange.savings_term to lt_app;
