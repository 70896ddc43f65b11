-- The commands of the native API by their `Idempotency-Key`: a repeat gets the answer that the first one got.
--
-- By system, not by organisation: a key is chosen by the client before it is known for whom the request speaks. An answer
-- holds ids, codes and a receipt, nothing of the document.
create table exchange.request_key (
  system_id uuid not null,
  operation text not null,
  key text not null,
  -- Null while a body that is read as a stream is still arriving.
  request_digest bytea,
  started_at timestamptz not null,
  answer_status smallint,
  answer text,
  constraint request_key_pkey primary key (system_id, operation, key),
  constraint request_key_length check (length(key) between 1 and 200),
  constraint request_key_answered check ((answer is null) = (answer_status is null)),
  constraint request_key_digested check (answer is null or request_digest is not null)
);
create index request_key_age on exchange.request_key (started_at);

grant select, insert, update, delete on exchange.request_key to lt_app;
