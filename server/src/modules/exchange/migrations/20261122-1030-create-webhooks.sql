-- Webhooks: addresses at which a system wants to be told that something changed.
--
-- A row is a lane of its own, with a place in the change feed, its attempts and its next time: nothing that happens to one
-- moves another (X7). Whoever calls holds a lease and no transaction; a process that dies leaves a lease that ends.

create table exchange.webhook (
  system_id uuid not null,
  id uuid not null,
  -- At most five a system.
  slot smallint not null,
  url text not null,
  description text,
  -- Sealed; the former one signs too until its time, so that a receiver can change over.
  secret bytea not null,
  former_secret bytea,
  former_until timestamptz,
  created_at timestamptz not null,
  state text not null,
  state_at timestamptz not null,
  -- Why it stopped: gone (its server answered 410), failing (for days).
  stop_reason text,
  -- Events after this place of the feed are still to be told.
  cursor text not null,
  -- How many events are in the message that failed: it is repeated as it was.
  repeated_events smallint,
  -- Since the last success.
  failures integer not null default 0,
  failing_since timestamptz,
  last_failure text,
  last_success_at timestamptz,
  due_at timestamptz not null,
  leased_until timestamptz,
  constraint webhook_pkey primary key (system_id, id),
  constraint webhook_slot unique (system_id, slot),
  constraint webhook_once unique (system_id, url),
  constraint webhook_slots check (slot between 1 and 5),
  constraint webhook_state check (state in ('active', 'stopped')),
  constraint webhook_stop_reason check (
    (state = 'stopped') = (stop_reason is not null)
    and (stop_reason is null or stop_reason in ('gone', 'failing'))
  ),
  constraint webhook_failing check ((failures = 0) = (failing_since is null)),
  constraint webhook_rotation check ((former_secret is null) = (former_until is null))
);
create index webhook_due on exchange.webhook (due_at) where state = 'active';

grant select, insert, update, delete on exchange.webhook to lt_app;
