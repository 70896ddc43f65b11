-- What an envelope's rows tell of its document beside the evidence: blanked for the sender and for every recipient, where
-- personal data has to be erased. Where asked, the keys of its content go too. What stays names no person: ids, codes,
-- times, states, digests, and of a status its code.
create function exchange.erase_details(sender uuid, envelope uuid, with_content boolean)
  returns table (entry_id uuid, package_id uuid, package_digest bytea, was_content_there boolean)
  language plpgsql security definer set search_path = ''
as $$
declare
  own exchange.envelope;
  kept jsonb;
begin
  select * into own
  from exchange.envelope asked
  where asked.organisation_id = erase_details.sender
    and asked.id = erase_details.envelope
    and asked.organisation_id = any ((select foundation.organisations())::uuid[])
  for update;
  if not found then
    return;
  end if;

  -- In the order in which fetches and marks take them.
  perform 1
  from exchange.sent_recipient sent
  join exchange.delivery copy
    on copy.organisation_id = sent.recipient_id
    and copy.id = sent.delivery_id
  where sent.organisation_id = own.organisation_id
    and sent.envelope_id = own.id
  order by copy.organisation_id, copy.id
  for update of copy;

  kept := jsonb_strip_nulls(jsonb_build_object(
    'statusCode', own.header -> 'statusCode',
    'statusText', own.header -> 'statusText'
  ));
  update exchange.delivery copy
  set header = kept,
    package_key = case when erase_details.with_content then null else copy.package_key end
  from exchange.sent_recipient sent
  where sent.organisation_id = own.organisation_id
    and sent.envelope_id = own.id
    and copy.organisation_id = sent.recipient_id
    and copy.id = sent.delivery_id;

  update exchange.envelope changed
  set header = kept,
    warnings = '[]',
    package_key = case when erase_details.with_content then null else changed.package_key end
  where changed.organisation_id = own.organisation_id
    and changed.id = own.id;

  update exchange.sent_recipient sent
  set to_name = '',
    business_status_text = null
  where sent.organisation_id = own.organisation_id
    and sent.envelope_id = own.id;

  -- The text of a status also stands in its reader's row about the copy that it answers.
  update exchange.sent_recipient answered
  set business_status_text = null
  from exchange.sent_recipient sent, evidence.entry entry
  where own.kind = 'status'
    and sent.organisation_id = own.organisation_id
    and sent.envelope_id = own.id
    and entry.organisation_id = own.organisation_id
    and entry.id = own.entry_id
    and answered.organisation_id = sent.recipient_id
    and answered.delivery_id = entry.subject_id;

  return query select own.entry_id, own.package_id, own.package_digest, own.package_key is not null;
end
$$;
revoke execute on function exchange.erase_details from public;
grant execute on function exchange.erase_details to lt_app;
