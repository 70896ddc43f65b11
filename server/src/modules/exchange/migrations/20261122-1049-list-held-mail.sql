-- What is out of the way of the list: set aside, not storable, given back. Few of many.
create index delivery_held on exchange.delivery (organisation_id, kind, accepted_at, id)
  where state in ('parked', 'failed', 'returned');
