-- How much one system may ask of the axis, where an operator set it otherwise than the code does. Null: as in the code.
create table directory.system_quota (
  system_id uuid constraint system_quota_pk primary key
    constraint system_quota_system references directory.connected_system,
  requests_per_second integer constraint system_quota_requests check (requests_per_second between 1 and 1000000),
  messages_per_minute integer constraint system_quota_messages check (messages_per_minute between 1 and 10000000),
  uploads integer constraint system_quota_uploads check (uploads between 1 and 1024),
  upload_bytes bigint constraint system_quota_upload_bytes check (upload_bytes between 1048576 and 1099511627776),
  set_at timestamptz not null,
  set_by text not null
);
comment on table directory.system_quota is 'Bounds of one connected system that differ from those in the code.';

create trigger system_quota_changed after insert or update on directory.system_quota
  for each statement execute function directory.tell_change();

grant select, insert, update on directory.system_quota to lt_app;
