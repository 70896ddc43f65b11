-- The exchange: who sent what to whom, and where each copy is.
--
--   envelope        one sending of a document or status by one organisation; owned by the sender; written once
--   sent_recipient  the sender's own row about each recipient, refused ones too; follows the recipient's delivery
--   delivery        one recipient's copy; owned by the recipient, who alone acts on it
--
-- A fact that both sides see is written to both sides' rows in one transaction. The history of a document is not here
-- but in the evidence log, whose entries fold to the state of these rows.

create schema exchange;
grant usage on schema exchange to lt_app, lt_ingest;

create table exchange.envelope (
  organisation_id uuid not null,
  id uuid not null,
  kind text not null constraint envelope_kind check (kind in ('document', 'status')),
  system_id uuid,
  from_code text not null,
  document_id text not null,
  -- 0 new, 1 recall, 2 update, 3 replace (edXML BussinessDocType); null for a status.
  business_type smallint,
  -- Two sendings with the same digest are the same document sent again (docs/protocols/edxml.md, "content digest").
  content_digest bytea not null,
  -- The same content sent again to recipients who are new is a supplement: 1, 2, …
  supplement integer not null default 0,
  recipients_digest bytea not null,
  -- What lists show: number, notation, subject, type, date on paper; or code and text of a status.
  header jsonb not null,
  warnings jsonb not null,
  priority smallint not null,
  package_id uuid not null,
  package_size_bytes bigint not null,
  package_digest bytea not null,
  package_key bytea,
  accepted_at timestamptz not null,
  entry_id uuid not null,
  constraint envelope_pkey primary key (organisation_id, id),
  constraint envelope_business_type check ((kind = 'document') = (business_type is not null))
);

-- The repeat rule (X2) and the rule that a document id names one content, each held by an index, so that they hold
-- for any number of server processes at once.
create unique index envelope_content on exchange.envelope (organisation_id, content_digest, supplement);
create unique index envelope_document on exchange.envelope (organisation_id, document_id)
  where kind = 'document' and business_type = 0 and supplement = 0;
create index envelope_sent on exchange.envelope (organisation_id, kind, accepted_at desc, id);

create table exchange.sent_recipient (
  organisation_id uuid not null,
  envelope_id uuid not null,
  ordinal integer not null,
  to_code text not null,
  to_name text not null,
  recipient_id uuid,
  delivery_id uuid,
  refusal_code text,
  state text not null constraint sent_recipient_state check (
    state in ('waiting', 'sending', 'fetched', 'done', 'failed', 'parked', 'returned', 'recalled', 'refused')
  ),
  state_at timestamptz not null,
  fetched_at timestamptz,
  done_at timestamptz,
  business_status text,
  business_status_at timestamptz,
  business_status_text text,
  constraint sent_recipient_pkey primary key (organisation_id, envelope_id, ordinal),
  constraint sent_recipient_reached check ((state = 'refused') = (delivery_id is null)),
  constraint sent_recipient_refused check ((state = 'refused') = (refusal_code is not null))
);

create table exchange.delivery (
  organisation_id uuid not null,
  id uuid not null,
  sender_id uuid not null,
  envelope_id uuid not null,
  -- The place of this recipient among the sender's rows, so that telling the sender is one primary-key update.
  ordinal integer not null,
  kind text not null constraint delivery_kind check (kind in ('document', 'status')),
  business_type smallint,
  from_code text not null,
  to_code text not null,
  document_id text not null,
  header jsonb not null,
  priority smallint not null,
  accepted_at timestamptz not null,
  state text not null constraint delivery_state check (
    state in ('waiting', 'sending', 'fetched', 'done', 'failed', 'parked', 'returned', 'recalled')
  ),
  state_at timestamptz not null,
  fetched_at timestamptz,
  done_at timestamptz,
  -- Counts every handing out. Operational, not evidence: the log records the first.
  fetch_count integer not null default 0,
  business_status text,
  business_status_at timestamptz,
  package_id uuid not null,
  package_size_bytes bigint not null,
  package_digest bytea not null,
  package_key bytea,
  -- Bytes before the XML declaration (junk, a byte order mark), which a system may ask to be left out.
  package_junk_bytes integer not null default 0,
  constraint delivery_pkey primary key (organisation_id, id)
);

-- The mailbox: mail that was handed out often and never confirmed goes last, then urgency, then acceptance.
create index delivery_waiting on exchange.delivery (organisation_id, kind, (fetch_count >= 10), priority desc, accepted_at, id)
  where state in ('waiting', 'sending', 'fetched');
-- A status names the document that it answers by its sender and document id.
create index delivery_document on exchange.delivery (organisation_id, sender_id, document_id, accepted_at desc);

alter table exchange.envelope enable row level security, force row level security;
alter table exchange.sent_recipient enable row level security, force row level security;
alter table exchange.delivery enable row level security, force row level security;

grant select, insert on exchange.envelope to lt_app, lt_ingest;
grant select, insert on exchange.sent_recipient to lt_app, lt_ingest;
grant select on exchange.delivery to lt_app;
-- Whose delivery it is and what it holds never changes.
grant update (state, state_at, fetched_at, done_at, fetch_count, business_status, business_status_at)
  on exchange.delivery to lt_app;
grant insert on exchange.delivery to lt_ingest;

create policy own_rows on exchange.envelope to lt_app
  using (organisation_id = any ((select foundation.organisations())::uuid[]));
create policy own_rows on exchange.sent_recipient to lt_app
  using (organisation_id = any ((select foundation.organisations())::uuid[]));
create policy own_rows on exchange.delivery to lt_app
  using (organisation_id = any ((select foundation.organisations())::uuid[]));

-- The gathered acceptance writes for many organisations at once and looks up repeats; it can change nothing.
create policy gathered on exchange.envelope to lt_ingest using (true) with check (true);
create policy gathered on exchange.sent_recipient to lt_ingest using (true) with check (true);
create policy gathered on exchange.delivery for insert to lt_ingest with check (true);

-- The functions below run as the owner, who is bound by the forced row-level security like everyone else.
create policy functions_of_the_module on exchange.envelope to current_user using (true) with check (true);
create policy functions_of_the_module on exchange.sent_recipient to current_user using (true) with check (true);
create policy functions_of_the_module on exchange.delivery to current_user using (true) with check (true);

-- Copies the state of a recipient's own delivery into the sender's row about it. The caller must act for the recipient;
-- nothing but what his row says can be written. In PL/pgSQL, which keeps its plan: it runs with every fetch and mark.
create function exchange.tell_sender(recipient uuid, delivery uuid, status_text text default null) returns void
  language plpgsql security definer set search_path = ''
as $$
begin
  update exchange.sent_recipient sent
  set state = own.state,
    state_at = own.state_at,
    fetched_at = own.fetched_at,
    done_at = own.done_at,
    business_status = own.business_status,
    business_status_at = own.business_status_at,
    business_status_text = coalesce(tell_sender.status_text, sent.business_status_text)
  from exchange.delivery own
  where own.organisation_id = tell_sender.recipient
    and own.id = tell_sender.delivery
    and own.organisation_id = any ((select foundation.organisations())::uuid[])
    and sent.organisation_id = own.sender_id
    and sent.envelope_id = own.envelope_id
    and sent.ordinal = own.ordinal;
end
$$;

-- Puts a status message, which the caller's organisation just wrote as an envelope of its own, into the mailbox of the
-- organisation that the envelope names as its recipient.
create function exchange.deliver_status(sender uuid, envelope uuid, junk_bytes integer) returns void
  language sql security definer set search_path = ''
begin atomic
  insert into exchange.delivery (
    organisation_id, id, sender_id, envelope_id, ordinal, kind, from_code, to_code, document_id, header, priority,
    accepted_at, state, state_at, package_id, package_size_bytes, package_digest, package_key, package_junk_bytes
  )
  select sent.recipient_id, sent.delivery_id, own.organisation_id, own.id, sent.ordinal, own.kind, own.from_code,
    sent.to_code, own.document_id, own.header, own.priority, own.accepted_at, sent.state, sent.state_at,
    own.package_id, own.package_size_bytes, own.package_digest, own.package_key, deliver_status.junk_bytes
  from exchange.envelope own
  join exchange.sent_recipient sent
    on sent.organisation_id = own.organisation_id
    and sent.envelope_id = own.id
  where own.organisation_id = deliver_status.sender
    and own.id = deliver_status.envelope
    and own.kind = 'status'
    and own.organisation_id = any ((select foundation.organisations())::uuid[])
    and sent.delivery_id is not null;
end;

-- The history of each recipient of an envelope, for its sender: entries about the recipients' deliveries belong to the
-- recipients, and only the owner of the envelope may read them here.
create function exchange.recipient_entries(sender uuid, envelope uuid)
  returns table (
    delivery_id uuid, ordinal bigint, kind text, recorded_at timestamptz, payload bytea, signature bytea, key_id text
  )
  language sql stable security definer set search_path = ''
begin atomic
  select sent.delivery_id, entry.ordinal, entry.kind, entry.recorded_at, entry.payload, entry.signature, entry.key_id
  from exchange.sent_recipient sent
  join evidence.entry entry
    on entry.organisation_id = sent.recipient_id
    and entry.subject_id = sent.delivery_id
  where sent.organisation_id = recipient_entries.sender
    and sent.envelope_id = recipient_entries.envelope
    and sent.organisation_id = any ((select foundation.organisations())::uuid[])
  order by entry.ordinal
  limit 10000;
end;

revoke execute on function exchange.tell_sender, exchange.deliver_status, exchange.recipient_entries from public;
grant execute on function exchange.tell_sender, exchange.deliver_status, exchange.recipient_entries to lt_app;

-- Whether an organisation has mail that nobody confirmed: ending it or moving it would strand that mail.
create function exchange.has_waiting_mail(organisation uuid) returns boolean
  language sql stable security definer set search_path = ''
begin atomic
  select exists (
    select from exchange.delivery
    where organisation_id = has_waiting_mail.organisation
      and state in ('waiting', 'sending', 'fetched')
  );
end;
revoke execute on function exchange.has_waiting_mail from public;
grant execute on function exchange.has_waiting_mail to lt_app;

-- Finds what an organisation said before about a document, without reading all that it ever sent.
create index envelope_about on exchange.envelope (organisation_id, document_id, accepted_at desc)
  where kind = 'status';

-- Which of these packages, all of them files, an envelope refers to: asked by the sweep of files that a crash left
-- behind. Only packages above 64 KB are files (docs/protocols/blob.md), so the index is free for small letters.
create index envelope_package on exchange.envelope (package_id) where package_size_bytes > 65536;

create function exchange.referenced_packages(packages uuid[]) returns setof uuid
  language sql stable security definer set search_path = ''
begin atomic
  select package_id
  from exchange.envelope
  where package_id = any (referenced_packages.packages)
    and package_size_bytes > 65536;
end;
revoke execute on function exchange.referenced_packages from public;
grant execute on function exchange.referenced_packages to lt_app;
