-- A content is kept for a time after the last of its recipients has it. Then its keys are deleted from the envelope and
-- from every copy, with an entry in the log: what is left of the ciphertext, wherever it lies, opens no more.

-- By organisation, as every claim of work is; only what still has its content.
create index envelope_kept on exchange.envelope (organisation_id, accepted_at) where package_key is not null;

-- Envelopes of all organisations whose content may go: accepted before that time, and each recipient's copy done, given
-- up or refused before it. What is waiting, parked, or failed and may be delivered again, keeps its content. Ids only.
create function exchange.ended_contents(before timestamptz, most integer)
  returns table (organisation_id uuid, id uuid)
  language sql stable security definer set search_path = ''
begin atomic
  select organisation.id, ended.id
  from directory.organisation
  cross join lateral (
    select envelope.id
    from exchange.envelope
    where envelope.organisation_id = organisation.id
      and envelope.package_key is not null
      and envelope.accepted_at < ended_contents.before
      and not exists (
        select from exchange.sent_recipient sent
        where sent.organisation_id = envelope.organisation_id
          and sent.envelope_id = envelope.id
          and (sent.state not in ('done', 'returned', 'recalled', 'refused') or sent.state_at >= ended_contents.before)
      )
    order by envelope.accepted_at
    limit ended_contents.most
  ) ended
  limit ended_contents.most;
end;

-- Deletes the keys of those of the sender's envelopes whose content may go, and says which they were. Under the locks
-- of the envelope and of every copy, in the order in which fetches and marks take them: so either a copy is collected
-- in time, and its content stays, or the collector is told that it is gone.
create function exchange.destroy_contents(sender uuid, envelopes uuid[], before timestamptz)
  returns table (id uuid, package_id uuid, package_size_bytes bigint, package_digest bytea, recipients bigint)
  language plpgsql security definer set search_path = ''
as $$
declare
  held uuid[];
  gone uuid[];
begin
  -- Another server may be at the same work: what it holds is left to it.
  select array_agg(own.id) into held
  from (
    select envelope.id
    from exchange.envelope
    where envelope.organisation_id = destroy_contents.sender
      and envelope.id = any (destroy_contents.envelopes)
      and envelope.organisation_id = any ((select foundation.organisations())::uuid[])
      and envelope.package_key is not null
      and envelope.accepted_at < destroy_contents.before
    order by envelope.id
    for update skip locked
  ) own;

  perform 1
  from exchange.sent_recipient sent
  join exchange.delivery copy
    on copy.organisation_id = sent.recipient_id
    and copy.id = sent.delivery_id
  where sent.organisation_id = destroy_contents.sender
    and sent.envelope_id = any (held)
  order by copy.organisation_id, copy.id
  for update of copy;

  -- A new statement, so that it sees what those who held the copies before have written.
  select array_agg(ended.id) into gone
  from unnest(held) as ended (id)
  where not exists (
    select from exchange.sent_recipient sent
    where sent.organisation_id = destroy_contents.sender
      and sent.envelope_id = ended.id
      and (sent.state not in ('done', 'returned', 'recalled', 'refused') or sent.state_at >= destroy_contents.before)
  );

  update exchange.delivery copy
  set package_key = null
  from exchange.sent_recipient sent
  where sent.organisation_id = destroy_contents.sender
    and sent.envelope_id = any (gone)
    and copy.organisation_id = sent.recipient_id
    and copy.id = sent.delivery_id;

  update exchange.envelope
  set package_key = null
  where envelope.organisation_id = destroy_contents.sender
    and envelope.id = any (gone);

  return query
    select own.id, own.package_id, own.package_size_bytes, own.package_digest,
      (
        select count(*)
        from exchange.sent_recipient sent
        where sent.organisation_id = own.organisation_id
          and sent.envelope_id = own.id
          and sent.delivery_id is not null
      )
    from exchange.envelope own
    where own.organisation_id = destroy_contents.sender
      and own.id = any (gone);
end
$$;

revoke execute on function exchange.ended_contents, exchange.destroy_contents from public;
grant execute on function exchange.ended_contents, exchange.destroy_contents to lt_app;

-- As before; a package whose key is gone is referred to by nobody, and its file, should a crash have left it, is an orphan.
create or replace function exchange.referenced_packages(packages uuid[]) returns setof uuid
  language sql stable security definer set search_path = ''
begin atomic
  select package_id
  from exchange.envelope
  where package_id = any (referenced_packages.packages)
    and package_size_bytes > 65536
    and package_key is not null;
end;
