-- Cosignatures of witnesses on published checkpoints: verified before they are stored, public like the checkpoints. No
-- foreign key, as everywhere in the log: `doctor` finds what belongs to no checkpoint.
create table evidence.cosignature (
  size bigint not null,
  witness_name text not null,
  key_id bytea not null,
  signature bytea not null,
  received_at timestamptz not null,
  -- The first one of a witness stays: a checkpoint's text then does not change with every repeat.
  constraint cosignature_pkey primary key (size, witness_name, key_id),
  constraint cosignature_name_size check (octet_length(witness_name) between 1 and 200),
  constraint cosignature_key_id_size check (octet_length(key_id) = 4),
  constraint cosignature_signature_size check (octet_length(signature) = 72)
);
comment on table evidence.cosignature is 'C2SP tlog-cosignature (Ed25519), one a checkpoint and key of a witness.';
comment on column evidence.cosignature.signature is 'Time in seconds (8 bytes, big-endian) and the Ed25519 signature.';
-- Where a witness stands: the largest size that it cosigned.
create index cosignature_by_witness on evidence.cosignature (witness_name, key_id, size);

grant select, insert on evidence.cosignature to lt_app;

create trigger cosignature_only_grows before update or delete or truncate on evidence.cosignature
  for each statement execute function evidence.refuse_change();
