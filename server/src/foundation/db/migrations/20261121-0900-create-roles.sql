-- The three roles that the server acts as. They cannot log in: the login role of DATABASE_URL is made a member and
-- each pool sets its role. They may exist already, when a database administrator made them beforehand.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['lt_app', 'lt_ingest', 'lt_sequencer'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I nologin nosuperuser nobypassrls', role_name);
    end if;
  end loop;
end
$$;

create extension if not exists pg_trgm;
create extension if not exists unaccent;

create schema foundation;
grant usage on schema foundation to lt_app, lt_ingest, lt_sequencer;

-- The organisations for whom the current transaction acts. Unset and empty both mean none. Policies use it as
-- `(select foundation.organisations())`, which PostgreSQL evaluates once a statement instead of once a row.
create function foundation.organisations() returns uuid[]
  language sql stable parallel safe
  return coalesce(nullif(current_setting('app.organisations', true), '')::uuid[], '{}');

-- Vietnamese text folded for searching: accents away (đ included), NFC and NFD alike, lower case. U+01A3 stands for
-- ư in many PDF text layers. Immutable although unaccent() is not declared so: its dictionary is fixed by name.
create function foundation.fold(input text) returns text
  language sql immutable strict parallel safe
  return lower(public.unaccent('public.unaccent'::regdictionary, normalize(replace(input, U&'\01A3', U&'\01B0'), NFC)));
