-- Tells when each copy was accepted too: a clock that was set back must not list an update before its original.
drop function exchange.lock_copies(uuid[], text[], uuid[]);
create function exchange.lock_copies(senders uuid[], documents text[], recipients uuid[])
  returns table (
    asked bigint, organisation_id uuid, id uuid, state text, accepted_at timestamptz, fetched_at timestamptz,
    taking_back text, package_digest bytea
  )
  language sql security definer set search_path = ''
begin atomic
  select question.asked, copy.organisation_id, copy.id, copy.state, copy.accepted_at, copy.fetched_at, copy.taking_back,
    copy.package_digest
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
revoke execute on function exchange.lock_copies from public;
grant execute on function exchange.lock_copies to lt_ingest;
