-- Contents of up to 64 KB, as one row each, so that a small letter needs no flush beyond the commit that accepts it.
--
-- This table has no organisation and no row-level security: it holds ciphertext only, under a key of its own per
-- row. That key lies, wrapped, in the row that refers to it, and that row is under row-level security.
create schema blob;
grant usage on schema blob to lt_app, lt_ingest;

create table blob.small (
  id uuid not null,
  ciphertext bytea not null,
  constraint small_pkey primary key (id),
  -- One sealed chunk: at most 64 KiB and its tag of 16 bytes.
  constraint small_ciphertext_size check (octet_length(ciphertext) between 16 and 65552)
);

comment on table blob.small is 'Encrypted contents of up to 64 KB; the keys are with the references.';

-- Ciphertext does not compress: do not try.
alter table blob.small alter column ciphertext set storage external;

grant select, insert, delete on blob.small to lt_app;
grant insert on blob.small to lt_ingest;
