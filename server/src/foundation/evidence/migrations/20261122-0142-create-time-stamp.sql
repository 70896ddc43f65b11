-- RFC 3161 time-stamps of checkpoints: since when, at the latest, what the log held then was there.
create table evidence.time_stamp (
  size bigint not null,
  token bytea not null,
  authority text not null,
  stamped_at timestamptz not null,
  stored_at timestamptz not null default now(),
  constraint time_stamp_pkey primary key (size),
  constraint time_stamp_token_size check (octet_length(token) between 1 and 65536)
);
comment on table evidence.time_stamp is 'Time-stamps of the checkpoints of these sizes, verified before they were stored.';
comment on column evidence.time_stamp.stamped_at is 'By the clock of the authority.';
comment on column evidence.time_stamp.stored_at is 'By our own: the next one is due from here.';

grant select on evidence.time_stamp to lt_app, lt_sequencer;
grant insert on evidence.time_stamp to lt_sequencer;

create trigger time_stamp_only_grows before update or delete or truncate on evidence.time_stamp
  for each statement execute function evidence.refuse_change();
