-- Organisations, the systems that speak for them and the operators. Everyone on the axis may know who exists, so these
-- tables are the exception to "organisation first" and have no row-level security; what is secret in them
-- (credentials) is sealed and granted to lt_app only. Nothing is ever deleted: what ended says so.
create schema directory;
grant usage on schema directory to lt_app, lt_ingest, lt_sequencer;

-- A name as it is searched: accents folded, words separated by single blanks, a blank before the first word so that
-- "begins with" and "a word begins with" are the same question.
create function directory.search_text(input text) returns text
  language sql immutable strict parallel safe
  return ' ' || btrim(regexp_replace(foundation.fold(input), '[^[:alnum:]]+', ' ', 'g'));

create table directory.organisation (
  id uuid constraint organisation_pk primary key,
  kind text not null default 'ordinary' constraint organisation_kind check (kind in ('ordinary', 'axis')),
  level smallint not null constraint organisation_level check (level between 1 and 4),
  parent_id uuid,
  parent_level smallint,
  -- Codes are compared byte by byte: exactly, and several times faster than by the rules of Vietnamese.
  code text collate "C" not null constraint organisation_code_form check (code ~ '^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$' and length(code) <= 35),
  old_code text collate "C" constraint organisation_old_code_form check (old_code ~ '^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$' and length(old_code) <= 35),
  name text not null constraint organisation_name_length check (length(name) between 1 and 500),
  search_text text collate "C" not null generated always as (directory.search_text(name)) stored,
  email text,
  phone text,
  fax text,
  address text,
  state text not null default 'active' constraint organisation_state check (state in ('active', 'ended')),
  state_since timestamptz not null,
  state_by text not null,
  state_reason text,
  successor_id uuid constraint organisation_successor references directory.organisation,
  added_at timestamptz not null,
  changed_at timestamptz not null,
  constraint organisation_id_level unique (id, level),
  -- A parent stands on a higher level than its child: the tree cannot have a cycle, whoever writes.
  constraint organisation_parent foreign key (parent_id, parent_level) references directory.organisation (id, level),
  constraint organisation_parent_level check ((parent_id is null) = (parent_level is null) and parent_level < level),
  constraint organisation_two_codes check (old_code <> code),
  constraint organisation_successor_of_ended check (successor_id is null or (state = 'ended' and successor_id <> id))
);

create unique index organisation_one_axis on directory.organisation (kind) where kind = 'axis';
create index organisation_children on directory.organisation (parent_id, code);
create index organisation_successors on directory.organisation (successor_id) where successor_id is not null;
create index organisation_listing on directory.organisation (code);
create index organisation_name_prefix on directory.organisation (search_text text_pattern_ops);
create index organisation_name_words on directory.organisation using gin (search_text gin_trgm_ops);

-- Every code an organisation has had, in both forms. The primary key is the rule that a code is never given to another.
create table directory.organisation_code (
  code text collate "C" constraint organisation_code_pk primary key,
  organisation_id uuid not null constraint organisation_code_organisation references directory.organisation,
  valid_from date not null,
  valid_to date,
  constraint organisation_code_owner unique (organisation_id, code),
  constraint organisation_code_interval check (valid_to >= valid_from)
);
create index organisation_code_prefix on directory.organisation_code (lower(code) text_pattern_ops);

-- Deferred, because an organisation and its codes come together.
alter table directory.organisation
  add constraint organisation_code_held foreign key (id, code)
    references directory.organisation_code (organisation_id, code) deferrable initially deferred,
  add constraint organisation_old_code_held foreign key (id, old_code)
    references directory.organisation_code (organisation_id, code) deferrable initially deferred;

-- Last year's document shows last year's name.
create table directory.organisation_name (
  organisation_id uuid constraint organisation_name_organisation references directory.organisation,
  valid_from date not null,
  valid_to date,
  name text not null constraint organisation_name_length check (length(name) between 1 and 500),
  constraint organisation_name_pk primary key (organisation_id, valid_from),
  constraint organisation_name_interval check (valid_to > valid_from)
);
create unique index organisation_name_current on directory.organisation_name (organisation_id) where valid_to is null;

create table directory.connected_system (
  id uuid constraint connected_system_pk primary key,
  external_id text not null constraint connected_system_external_id unique,
  name text not null constraint connected_system_name_length check (length(name) between 1 and 200),
  -- The root of what the system may register by itself; null means that it may register nothing.
  parent_organisation_id uuid constraint connected_system_parent references directory.organisation,
  normalises_outgoing boolean not null default false,
  needs_approval boolean not null default true,
  state text not null default 'active' constraint connected_system_state check (state in ('active', 'suspended')),
  state_since timestamptz not null,
  state_by text not null,
  state_reason text,
  added_at timestamptz not null,
  constraint connected_system_external_id_form check (external_id ~ '^[!-~]{1,100}$')
);
create index connected_system_roots on directory.connected_system (parent_organisation_id);

create table directory.representation (
  organisation_id uuid constraint representation_organisation references directory.organisation,
  system_id uuid constraint representation_system references directory.connected_system,
  valid_from timestamptz not null,
  valid_to timestamptz,
  constraint representation_pk primary key (organisation_id, system_id, valid_from),
  constraint representation_interval check (valid_to >= valid_from)
);
create unique index representation_current on directory.representation (organisation_id, system_id) where valid_to is null;
create index representation_of_system on directory.representation (system_id) where valid_to is null;

create table directory.receiving_system (
  organisation_id uuid constraint receiving_system_organisation references directory.organisation,
  system_id uuid not null constraint receiving_system_system references directory.connected_system,
  valid_from timestamptz not null,
  valid_to timestamptz,
  constraint receiving_system_pk primary key (organisation_id, valid_from, system_id),
  constraint receiving_system_interval check (valid_to >= valid_from)
);
-- One receiving system of an organisation at a time; many may send for it.
create unique index receiving_system_current on directory.receiving_system (organisation_id) where valid_to is null;
create index receiving_system_of_system on directory.receiving_system (system_id) where valid_to is null;

-- Two places a system, so that two secrets at most are valid at once. The secret is sealed under the master key,
-- because VXP's HMAC needs it in clear. A request key makes the repeat of a lost answer give the same secret.
create table directory.credential (
  id uuid constraint credential_pk primary key,
  system_id uuid not null constraint credential_system references directory.connected_system,
  place smallint not null constraint credential_place check (place in (1, 2)),
  secret_sealed bytea not null,
  request_key text constraint credential_request_key_length check (length(request_key) between 1 and 200),
  created_at timestamptz not null,
  retired_at timestamptz,
  constraint credential_interval check (retired_at >= created_at),
  constraint credential_request_key unique (system_id, request_key)
);
create unique index credential_current on directory.credential (system_id, place) where retired_at is null;

-- The secret is 256 random bits, so a plain digest of it cannot be searched backwards.
create table directory.operator_credential (
  id text constraint operator_credential_pk primary key
    constraint operator_credential_id_form check (id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  secret_digest bytea not null constraint operator_credential_digest check (length(secret_digest) = 32),
  created_at timestamptz not null,
  retired_at timestamptz
);

-- What a system asks to register or end and an operator has to approve.
create table directory.registration_request (
  id uuid constraint registration_request_pk primary key,
  system_id uuid not null constraint registration_request_system references directory.connected_system,
  act text not null constraint registration_request_act check (act in ('register', 'end')),
  code text collate "C" not null,
  registration jsonb not null,
  state text not null default 'pending' constraint registration_request_state check (state in ('pending', 'approved', 'refused')),
  requested_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  reason text,
  constraint registration_request_decided check ((state = 'pending') = (decided_at is null) and (decided_at is null) = (decided_by is null))
);
create unique index registration_request_pending on directory.registration_request (system_id, act, code) where state = 'pending';
create index registration_request_listing on directory.registration_request (state, id);

-- Server processes keep what they know of systems for a moment; each change tells them to forget it.
create function directory.tell_change() returns trigger
  language plpgsql
as $$
begin
  notify directory_changed;
  return null;
end
$$;

do $$
declare
  table_name text;
begin
  foreach table_name in array array['organisation', 'organisation_code', 'organisation_name', 'connected_system',
    'representation', 'receiving_system', 'credential', 'operator_credential'] loop
    execute format(
      'create trigger %I after insert or update on directory.%I for each statement execute function directory.tell_change()',
      table_name || '_changed', table_name);
  end loop;
end
$$;

grant select on directory.organisation, directory.organisation_code, directory.organisation_name,
  directory.connected_system, directory.representation, directory.receiving_system
  to lt_app, lt_ingest, lt_sequencer;
grant select on directory.credential, directory.operator_credential, directory.registration_request to lt_app;
grant insert, update on all tables in schema directory to lt_app;
