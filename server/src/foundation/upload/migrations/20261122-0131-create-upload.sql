-- Files on their way in, in pieces (tus 1.0): what arrived is durable at its offset, and any server process goes on with
-- it. An upload belongs to who began it and is dropped when nobody uses it for a day.
--
-- Each part is a blob of its own: encrypted, in a file or a row, like every content. Parts follow each other without a
-- gap, which the primary key and the compare-and-set on `offset_bytes` hold for any number of processes.
create schema upload;
grant usage on schema upload to lt_app;

create table upload.upload (
  id uuid not null,
  -- The connected system, later the person, that began it; nobody else finds it.
  owner_id uuid not null,
  size_bytes bigint not null,
  offset_bytes bigint not null default 0,
  file_name text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint upload_pkey primary key (id),
  constraint upload_offset check (offset_bytes between 0 and size_bytes),
  constraint upload_file_name_length check (length(file_name) <= 500)
);
create index upload_of_owner on upload.upload (owner_id);
create index upload_expiry on upload.upload (expires_at);

create table upload.part (
  upload_id uuid not null,
  start_bytes bigint not null,
  size_bytes bigint not null,
  blob_id uuid not null,
  blob_key bytea not null,
  constraint part_pkey primary key (upload_id, start_bytes),
  constraint part_of_upload foreign key (upload_id) references upload.upload (id) on delete cascade,
  constraint part_size check (size_bytes > 0)
);
create unique index part_blob on upload.part (blob_id);

grant select, insert, delete, update (offset_bytes, expires_at) on upload.upload to lt_app;
grant select, insert, delete on upload.part to lt_app;
