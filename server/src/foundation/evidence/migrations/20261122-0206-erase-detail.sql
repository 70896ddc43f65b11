-- Personal data in a detail can be erased, by one function and never silently: an entry that says so comes first. The
-- payload stays, with the detail's digest, and so does every proof.

create policy entry_detail_erased_by_owner on evidence.entry_detail for delete to current_user
  using (true);

-- Holds for the owner too, and whatever way the row is deleted.
create function evidence.refuse_silent_erasure() returns trigger
  language plpgsql
  as $$
begin
  if not exists (
    select from evidence.entry own
    join evidence.entry erased
      on erased.organisation_id = own.organisation_id
      and erased.subject_id = own.subject_id
      and erased.kind = 'evidence.erased'
    where own.organisation_id = old.organisation_id
      and own.id = old.entry_id
      and own.kind <> 'evidence.erased'
      and convert_from(erased.payload, 'UTF8')::jsonb #>> '{claims,entry}' = own.id::text
  ) then
    raise exception 'the detail of entry % is refused to go: no entry says that it is erased', old.entry_id
      using errcode = 'insufficient_privilege';
  end if;
  return old;
end
$$;

create trigger entry_detail_is_erased_with_an_entry before delete on evidence.entry_detail
  for each row execute function evidence.refuse_silent_erasure();

create function evidence.erase_detail(organisation uuid, entry uuid) returns void
  language sql security definer set search_path = ''
begin atomic
  delete from evidence.entry_detail
  where organisation_id = erase_detail.organisation
    and entry_id = erase_detail.entry
    and organisation_id = any ((select foundation.organisations())::uuid[]);
end;
revoke execute on function evidence.erase_detail from public;
grant execute on function evidence.erase_detail to lt_app;

comment on column evidence.entry_detail.detail is
  'Deleted by evidence.erase_detail alone, after an entry `evidence.erased` that names its entry.';
