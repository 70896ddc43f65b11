-- What an operator watches: how far the feed and the duties are behind the log, and what waits. Numbers only, of all
-- organisations together. Ages count from the acceptance, in steps, so that their number is fixed.
create function exchange.queue_figures(at timestamptz)
  returns table (
    feed_behind bigint, duties_behind bigint, parked bigint, late_open bigint,
    undelivered_hour bigint, undelivered_day bigint, undelivered_three_days bigint,
    undelivered_two_weeks bigint, undelivered_older bigint
  )
  language sql stable security definer set search_path = ''
begin atomic
  select log.size - feed.position, log.size - duties.next_index,
    (select count(*) from exchange.delivery where state = 'parked'),
    (select count(*) from exchange.duty where met_at is null and is_late),
    waiting.*
  from evidence.head log
  cross join exchange.event_head feed
  cross join exchange.log_position duties
  cross join (
    select count(*) filter (where since > queue_figures.at - interval '1 hour'),
      count(*) filter (where since <= queue_figures.at - interval '1 hour' and since > queue_figures.at - interval '1 day'),
      count(*) filter (where since <= queue_figures.at - interval '1 day' and since > queue_figures.at - interval '3 days'),
      count(*) filter (where since <= queue_figures.at - interval '3 days' and since > queue_figures.at - interval '14 days'),
      count(*) filter (where since <= queue_figures.at - interval '14 days')
    from exchange.undelivered
  ) waiting;
end;
revoke execute on function exchange.queue_figures from public;
grant execute on function exchange.queue_figures to lt_app;
