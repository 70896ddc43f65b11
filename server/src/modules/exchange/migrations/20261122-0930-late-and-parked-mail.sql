-- Mail that nobody collected is returned to its sender, and is still in the list of whoever comes late.
drop index exchange.delivery_waiting;
create index delivery_waiting on exchange.delivery (organisation_id, kind, (fetch_count >= 10), priority desc, accepted_at, id)
  where state in ('waiting', 'sending', 'fetched', 'returned');

-- Parked copies are few; behind them the updates and replacements of their documents wait.
create index delivery_parked on exchange.delivery (organisation_id, sender_id, accepted_at) where state = 'parked';
