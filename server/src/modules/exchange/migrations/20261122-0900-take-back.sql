-- Taking back: lấy lại (status 13), thu hồi (type 1), update (2) and replacement (3) of what was sent before.
--
-- The message that asks is an envelope of its own; here is what became of each copy. A copy that nobody fetched is
-- withdrawn at once ("unseen"); of any other the receiver is asked, and agrees (15) or declines (16).

-- The document that a message of type 1, 2 or 3 is about. Messages with the same sender and the same document, by
-- either column, are one thread.
alter table exchange.envelope add column about_document_id text;
-- An original is found by `envelope_document`; what was sent about one is rare and has this.
create index envelope_follow_up on exchange.envelope (organisation_id, document_id) where business_type in (1, 2, 3);

alter table exchange.delivery
  add column about_document_id text,
  add column taking_back text
    constraint delivery_taking_back check (taking_back in ('unseen', 'asked', 'agreed', 'declined')),
  add column taking_back_act text
    constraint delivery_taking_back_act check (taking_back_act in ('take_back', 'recall', 'update', 'replace')),
  add column taking_back_at timestamptz,
  add column taken_back_by uuid,
  add constraint delivery_taking_back_whole check (num_nulls(taking_back, taking_back_act, taking_back_at, taken_back_by) in (0, 4));
create index delivery_thread on exchange.delivery (organisation_id, sender_id, about_document_id)
  where about_document_id is not null;
grant update (taking_back, taking_back_at) on exchange.delivery to lt_app;

alter table exchange.sent_recipient
  add column taking_back text,
  add column taking_back_act text,
  add column taking_back_at timestamptz,
  add column taken_back_by uuid;

-- As before, with what became of a taking back.
create or replace function exchange.tell_sender(recipient uuid, delivery uuid, status_text text default null) returns void
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
    business_status_text = coalesce(tell_sender.status_text, sent.business_status_text),
    taking_back = own.taking_back,
    taking_back_act = own.taking_back_act,
    taking_back_at = own.taking_back_at,
    taken_back_by = own.taken_back_by
  from exchange.delivery own
  where own.organisation_id = tell_sender.recipient
    and own.id = tell_sender.delivery
    and own.organisation_id = any ((select foundation.organisations())::uuid[])
    and sent.organisation_id = own.sender_id
    and sent.envelope_id = own.envelope_id
    and sent.ordinal = own.ordinal;
end
$$;

-- The copies that recipients hold of the documents of a sender, locked until the end of the transaction and in the
-- order of their keys: whoever fetches or marks one waits, so that either the fetch or the taking back is first.
-- `asked` counts the questions from 1.
create function exchange.lock_copies(senders uuid[], documents text[], recipients uuid[])
  returns table (
    asked bigint, organisation_id uuid, id uuid, state text, fetched_at timestamptz, taking_back text, package_digest bytea
  )
  language sql security definer set search_path = ''
begin atomic
  select question.asked, copy.organisation_id, copy.id, copy.state, copy.fetched_at, copy.taking_back, copy.package_digest
  from unnest(senders, documents, recipients) with ordinality as question (sender_id, document_id, recipient_id, asked)
  join exchange.delivery copy
    on copy.organisation_id = question.recipient_id
    and copy.sender_id = question.sender_id
    and copy.kind = 'document'
    and copy.business_type <> 1
    and (copy.document_id = question.document_id or copy.about_document_id = question.document_id)
  order by copy.organisation_id, copy.id
  for update of copy;
end;

-- Takes copies back as decided: "unseen" withdraws, "asked" asks. Only by an envelope of the copy's own sender. Urgency is
-- inherited: what is listed before its urgent update must not be listed after it.
create function exchange.take_back_copies(
  organisations uuid[], copies uuid[], outcomes text[], acts text[], envelopes uuid[], at timestamptz
) returns void
  language plpgsql security definer set search_path = ''
as $$
begin
  update exchange.delivery copy
  set taking_back = given.outcome,
    taking_back_act = given.act,
    taking_back_at = take_back_copies.at,
    taken_back_by = given.envelope_id,
    state = case when given.outcome = 'unseen' then 'recalled' else copy.state end,
    state_at = case when given.outcome = 'unseen' then take_back_copies.at else copy.state_at end,
    header = case when given.outcome = 'unseen' then exchange.register_line(copy.header) else copy.header end,
    package_key = case when given.outcome = 'unseen' then null else copy.package_key end,
    priority = case when given.outcome = 'asked' then greatest(copy.priority, envelope.priority) else copy.priority end
  from unnest(organisations, copies, outcomes, acts, envelopes)
      as given (organisation_id, id, outcome, act, envelope_id)
  join exchange.envelope on envelope.id = given.envelope_id
  where copy.organisation_id = given.organisation_id
    and copy.id = given.id
    and envelope.organisation_id = copy.sender_id;

  update exchange.sent_recipient sent
  set taking_back = copy.taking_back,
    taking_back_act = copy.taking_back_act,
    taking_back_at = copy.taking_back_at,
    taken_back_by = copy.taken_back_by,
    state = copy.state,
    state_at = copy.state_at
  from unnest(organisations, copies) as given (organisation_id, id)
  join exchange.delivery copy
    on copy.organisation_id = given.organisation_id
    and copy.id = given.id
  where sent.organisation_id = copy.sender_id
    and sent.envelope_id = copy.envelope_id
    and sent.ordinal = copy.ordinal;
end
$$;

-- What the register keeps of a document that was taken back: its line, not its subject.
create function exchange.register_line(header jsonb) returns jsonb
  language sql immutable
  return jsonb_strip_nulls(jsonb_build_object(
    'number', header -> 'number', 'notation', header -> 'notation', 'promulgatedOn', header -> 'promulgatedOn'));

-- The receiver agreed: content and description leave use with him, and the copy is recalled unless it was done, which
-- it stays. Nothing else may empty a copy.
create function exchange.give_back(recipient uuid, delivery uuid, at timestamptz) returns void
  language sql security definer set search_path = ''
begin atomic
  update exchange.delivery copy
  set header = exchange.register_line(copy.header),
    package_key = null,
    state_at = case when copy.state = 'done' then copy.state_at else give_back.at end,
    state = case when copy.state = 'done' then 'done' else 'recalled' end
  where copy.organisation_id = give_back.recipient
    and copy.id = give_back.delivery
    and copy.organisation_id = any ((select foundation.organisations())::uuid[])
    and copy.taking_back = 'agreed'
    and copy.taking_back_act <> 'update';
end;

revoke execute on function exchange.lock_copies, exchange.take_back_copies, exchange.give_back, exchange.register_line
  from public;
grant execute on function exchange.lock_copies, exchange.take_back_copies, exchange.register_line to lt_ingest;
grant execute on function exchange.give_back to lt_app;
