-- Which installation this is. Its bucket carries the same id, so that a server that was pointed at another's bucket
-- notices before its sweep takes for orphans what only the other's rows refer to. Names nobody and never changes.
create table blob.installation (
  singleton boolean not null default true,
  id uuid not null default gen_random_uuid(),
  constraint installation_pkey primary key (singleton),
  constraint installation_is_single check (singleton)
);
comment on table blob.installation is 'The id that the bucket of this installation carries.';
insert into blob.installation default values;
grant select on blob.installation to lt_app;
