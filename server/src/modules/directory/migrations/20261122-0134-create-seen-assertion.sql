-- Assertions of API clients (private_key_jwt) that were used, until they expire: each opens the door once.
create table directory.seen_assertion (
  system_id uuid not null,
  -- SHA-256 of `jti`.
  jti_digest bytea not null,
  expires_at timestamptz not null,
  constraint seen_assertion_pkey primary key (system_id, jti_digest),
  constraint seen_assertion_digest_size check (octet_length(jti_digest) = 32)
);
create index seen_assertion_expiry on directory.seen_assertion (expires_at);

grant select, insert, delete on directory.seen_assertion to lt_app;
