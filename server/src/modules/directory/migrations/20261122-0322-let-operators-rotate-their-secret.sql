-- An operator's secret before the present one, which still opens until its end is said: machines and people take the new
-- one over one after the other.
alter table directory.operator_credential
  add column former_digest bytea
    constraint operator_credential_former_digest check (length(former_digest) = 32),
  add column rotated_at timestamptz,
  add constraint operator_credential_rotated check (former_digest is null or rotated_at is not null);
