-- The evidence log: entries with their organisations, and the one public tree over their digests.
--
-- There are no foreign keys. An entry, its detail and its place in the queue are written by one statement, and a
-- leaf only by the sequencer; checking each row again would cost the hot path a lookup a row (some 10 µs of its
-- 600), and `doctor` finds every orphan.
create schema evidence;
grant usage on schema evidence to lt_app, lt_ingest, lt_sequencer;

-- One sequence for entries and the queue, drawn once a row: what was committed before another fact was recorded has
-- the smaller ordinal. It must not be cached by sessions, or that would no longer hold.
create sequence evidence.entry_ordinal cache 1;
grant usage on sequence evidence.entry_ordinal to lt_app, lt_ingest;

create table evidence.entry (
  organisation_id uuid not null,
  id uuid not null,
  ordinal bigint not null,
  kind text not null,
  subject_id uuid not null,
  recorded_at timestamptz not null,
  payload bytea not null,
  detail_digest bytea,
  signature bytea not null,
  key_id text not null,
  constraint entry_pkey primary key (organisation_id, id),
  constraint entry_payload_size check (octet_length(payload) between 2 and 1350),
  constraint entry_detail_digest_size check (octet_length(detail_digest) = 32),
  constraint entry_signature_size check (octet_length(signature) = 64)
);
comment on table evidence.entry is 'One fact each; never updated or deleted.';
create index entry_by_subject on evidence.entry (organisation_id, subject_id, ordinal);

create table evidence.entry_detail (
  organisation_id uuid not null,
  entry_id uuid not null,
  detail bytea not null,
  constraint entry_detail_pkey primary key (organisation_id, entry_id)
);
comment on table evidence.entry_detail is 'Personal data of an entry, committed to by entry.detail_digest.';
comment on column evidence.entry_detail.detail is
  'Erasure will delete it through one security-definer function that also appends an entry `erased`; until that function exists nobody may delete.';

create table evidence.pending (
  ordinal bigint not null,
  organisation_id uuid not null,
  entry_id uuid not null,
  payload_digest bytea not null,
  constraint pending_pkey primary key (ordinal),
  constraint pending_payload_digest_size check (octet_length(payload_digest) = 32)
);
comment on table evidence.pending is 'Entries that have no leaf yet; the sequencer empties it.';

create table evidence.leaf (
  index bigint not null,
  organisation_id uuid not null,
  entry_id uuid not null,
  payload_digest bytea not null,
  constraint leaf_pkey primary key (index),
  -- Payloads hold a random nonce, so this also says: one leaf an entry.
  constraint leaf_payload_digest_key unique (payload_digest),
  constraint leaf_payload_digest_size check (octet_length(payload_digest) = 32)
);
comment on table evidence.leaf is 'The place of each entry in the tree.';

create table evidence.tile (
  level smallint not null,
  index bigint not null,
  hashes bytea not null,
  constraint tile_pkey primary key (level, index),
  constraint tile_is_full check (octet_length(hashes) = 8192)
);
comment on table evidence.tile is 'Full tiles; the partial ones at the right edge are in head.';

create table evidence.head (
  singleton boolean not null default true,
  size bigint not null,
  root bytea not null,
  edge bytea[] not null,
  constraint head_pkey primary key (singleton),
  constraint head_is_single check (singleton),
  constraint head_root_size check (octet_length(root) = 32)
);
comment on table evidence.head is 'The tree as far as it is sequenced, signed or not.';
comment on column evidence.head.edge is 'The partial tile of each level, from 0 up.';
insert into evidence.head (size, root, edge)
values (0, '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '{}');

create table evidence.checkpoint (
  size bigint not null,
  root bytea not null,
  note text not null,
  signed_at timestamptz not null,
  constraint checkpoint_pkey primary key (size)
);
comment on table evidence.checkpoint is 'Signed heads as published, C2SP tlog-checkpoint.';

-- Hashes do not compress: do not try.
alter table evidence.tile alter column hashes set storage external;
alter table evidence.head alter column edge set storage external;

-- Rows of a queue die young, and the head is updated some times a second: clean up by count, not by share.
alter table evidence.pending
  set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_threshold = -1);
alter table evidence.head
  set (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Who may what. Nobody may update, delete or truncate entries, leaves, tiles or checkpoints.
grant select, insert on evidence.entry, evidence.entry_detail to lt_app, lt_ingest;
grant insert, select (ordinal) on evidence.pending to lt_app, lt_ingest;
grant select on evidence.leaf, evidence.tile, evidence.head, evidence.checkpoint to lt_app, lt_ingest, lt_sequencer;
grant select, delete on evidence.pending to lt_sequencer;
grant insert on evidence.leaf, evidence.tile, evidence.checkpoint to lt_sequencer;
grant update (size, root, edge) on evidence.head to lt_sequencer;

alter table evidence.entry enable row level security;
alter table evidence.entry force row level security;
create policy entry_of_own_organisations on evidence.entry to lt_app, lt_ingest
  using (organisation_id = any ((select foundation.organisations())::uuid[]));
create policy entry_of_any_organisation_accepted on evidence.entry for insert to lt_ingest
  with check (true);
-- The owner reads all: functions of the modules above that show one organisation a part of another's history run as
-- the owner, and so does `doctor`. The sequencer needs, and sees, digests only.
create policy entry_read_by_owner on evidence.entry for select to current_user
  using (true);

alter table evidence.entry_detail enable row level security;
alter table evidence.entry_detail force row level security;
create policy entry_detail_of_own_organisations on evidence.entry_detail to lt_app, lt_ingest
  using (organisation_id = any ((select foundation.organisations())::uuid[]));
create policy entry_detail_of_any_organisation_accepted on evidence.entry_detail for insert to lt_ingest
  with check (true);
create policy entry_detail_read_by_owner on evidence.entry_detail for select to current_user
  using (true);

-- A second fence, for owners and administrators who err; one who lies is found by `doctor` and by the checkpoints
-- that are kept elsewhere.
create function evidence.refuse_change() returns trigger
  language plpgsql
  as $$
begin
  raise exception '% on %.% is refused: the evidence log only grows', tg_op, tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege';
end
$$;

create trigger entry_only_grows before update or delete or truncate on evidence.entry
  for each statement execute function evidence.refuse_change();
create trigger entry_detail_is_not_changed before update or truncate on evidence.entry_detail
  for each statement execute function evidence.refuse_change();
create trigger leaf_only_grows before update or delete or truncate on evidence.leaf
  for each statement execute function evidence.refuse_change();
create trigger tile_only_grows before update or delete or truncate on evidence.tile
  for each statement execute function evidence.refuse_change();
create trigger checkpoint_only_grows before update or delete or truncate on evidence.checkpoint
  for each statement execute function evidence.refuse_change();
create trigger head_is_not_removed before delete or truncate on evidence.head
  for each statement execute function evidence.refuse_change();
create trigger head_only_grows before update on evidence.head
  for each row when (new.size < old.size) execute function evidence.refuse_change();
