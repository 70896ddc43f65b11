/** The change feed: made from the log, read by place, forgotten by age. */
import type { Transaction } from '#foundation/db';
import type { DeliveryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import type { FeedPlace } from '../feed/feed-event.ts';

/** Where the feed stands after making the events of the next entries, until they have so many recipients; undefined while another server is at it. */
export async function projectEvents(
  tx: Transaction,
  { maxEntries, maxRecipients }: { readonly maxEntries: number; readonly maxRecipients: number },
): Promise<number | undefined> {
  const [row] = await tx.prepared<{ position: number | null }>(
    'project-events',
    'select exchange.project_events($1, $2) as position',
    [maxEntries, maxRecipients],
  );
  return row!.position ?? undefined;
}

export interface FeedHead {
  readonly position: number;
  readonly forgottenBefore: number;
  /** How many entries have their place in the log. */
  readonly logSize: number;
}

export async function getFeedHead(tx: Transaction): Promise<FeedHead> {
  const [row] = await tx.prepared<FeedHead & Record<string, number>>(
    'get-feed-head',
    `select head.position, head.forgotten_before as "forgottenBefore", log.size as "logSize"
     from exchange.event_head head
     cross join evidence.head log`,
    [],
  );
  return row!;
}

export interface EventRow {
  readonly organisation_id: OrganisationId;
  readonly position: number;
  readonly part: number;
  readonly kind: string;
  readonly at: Temporal.Instant;
  readonly envelope_id: EnvelopeId;
  readonly delivery_id: DeliveryId | null;
}

/** The events of these organisations after a place, in the order of the log: each feed gives at most a page. */
export async function listEvents(
  tx: Transaction,
  asked: {
    readonly organisations: readonly OrganisationId[];
    readonly after: FeedPlace;
    readonly limitRows: number;
  },
): Promise<EventRow[]> {
  return tx.prepared(
    'list-events',
    `select event.*
     from unnest($1::uuid[]) as asked (organisation_id)
     cross join lateral (
       select organisation_id, position, part, kind, at, envelope_id, delivery_id
       from exchange.event
       where organisation_id = asked.organisation_id
         and position >= $2
         and (position, part, organisation_id) > ($2, $3, $4)
       order by position, part
       limit $5
     ) event
     order by position, part, organisation_id
     limit $5`,
    [
      asked.organisations,
      asked.after.position,
      asked.after.part,
      asked.after.organisationId,
      asked.limitRows,
    ],
  );
}

export async function listOrganisationsWithEvents(
  tx: Transaction,
  { since, limitRows }: { readonly since: number; readonly limitRows: number },
): Promise<OrganisationId[]> {
  const rows = await tx.prepared<{ id: OrganisationId }>(
    'organisations-with-events',
    'select id from exchange.organisations_with_events($1, $2) as id',
    [since, limitRows],
  );
  return rows.map(({ id }) => id);
}

export async function forgetEvents(
  tx: Transaction,
  { before, limitRows }: { readonly before: Temporal.Instant; readonly limitRows: number },
): Promise<number> {
  const [row] = await tx.query<{ count: number }>('select exchange.forget_events($1, $2) as count', [
    before.toString(),
    limitRows,
  ]);
  return row!.count;
}
