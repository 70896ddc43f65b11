-- A connected system has a credential of its own for each dialect: what proves it in one proves nothing in another, so
-- that the weakest of them never opens the others. Only VXP's HMAC needs its secret in clear; of the others the axis
-- keeps what checks a secret and cannot present it.
alter table directory.credential
  add column kind text not null default 'vxp',
  add column secret_digest bytea,
  add column public_key jsonb,
  add column key_id text,
  alter column secret_sealed drop not null,
  drop constraint credential_place,
  add constraint credential_kind check (kind in ('vxp', 'lgsp', 'api_secret', 'api_key')),
  add constraint credential_place check (place between 1 and case kind when 'api_key' then 4 else 2 end),
  add constraint credential_holds_what_its_kind_needs check (
    (secret_sealed is not null) = (kind = 'vxp')
    and (secret_digest is not null) = (kind in ('lgsp', 'api_secret'))
    and (public_key is not null) = (kind = 'api_key')
    and (key_id is not null) = (kind = 'api_key')
  ),
  add constraint credential_secret_digest_size check (octet_length(secret_digest) = 32),
  add constraint credential_key_id_length check (length(key_id) between 1 and 100);

alter table directory.credential alter column kind drop default;

drop index directory.credential_current;
create unique index credential_current on directory.credential (system_id, kind, place) where retired_at is null;
create unique index credential_key_id on directory.credential (system_id, key_id) where retired_at is null;

comment on table directory.credential is
  'Two places a system and kind (four for public keys), so that a rotation interrupts nothing and nothing piles up.';
comment on column directory.credential.secret_sealed is 'Of VXP: sealed under the master key, because its HMAC needs it in clear.';
comment on column directory.credential.secret_digest is
  'SHA-256 of the secret of LGSP or OAuth: 256 random bits, which no dictionary holds, so that a plain digest suffices.';
comment on column directory.credential.public_key is 'The JWK that verifies private_key_jwt assertions.';
