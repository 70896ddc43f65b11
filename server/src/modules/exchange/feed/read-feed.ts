/**
 * Reads the change feed of a system: what concerns the organisations that it speaks or receives for, after a cursor. Whoever
 * goes on from the cursor of each answer misses nothing (X9) and may see an event twice only by asking twice. With patience
 * the answer waits for something to say (long poll).
 */
import { inTransaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';
import type { Caller } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { refuse } from '../refusals.ts';
import { getFeedHead, listEvents } from '../store/event-rows.ts';
import { formatCursor, parseCursor, placeBefore } from './feed-event.ts';
import type { FeedEvent } from './feed-event.ts';
import { maxPollsOfSystem } from './poll-places.ts';

export const maxFeedRows = 500;
export const maxWaitSeconds = 60;

export interface FeedQuery {
  /** Without it the answer is only the cursor of now: list what waits, then go on from it. */
  readonly after?: string;
  readonly limitRows?: number;
  readonly waitSeconds?: number;
  /** Of the one who asks: when he is gone nobody waits for him. */
  readonly signal?: AbortSignal;
}

export interface FeedPage {
  readonly events: readonly FeedEvent[];
  /** To go on from, also where there were no events. */
  readonly cursor: string;
  /** Whether there are more at once. */
  readonly hasMore: boolean;
}

export async function readFeed(exchange: Exchange, caller: Caller, query: FeedQuery): Promise<FeedPage> {
  const organisations = [...new Set([...caller.speaksFor, ...caller.receivesFor])];
  if (query.after === undefined) return beginFeed(exchange);
  const waitSeconds = Math.min(query.waitSeconds ?? 0, maxWaitSeconds);
  using _place = waitSeconds > 0 ? takePlace(exchange, caller) : undefined;
  const giveUpAt = performance.now() + waitSeconds * 1_000;
  for (;;) {
    // Before reading, so that nothing slips in between reading and waiting.
    using waking = exchange.feed.watch(organisations);
    const page = await readPage(exchange, organisations, query.after, query.limitRows);
    const patienceMillis = giveUpAt - performance.now();
    if (page.events.length > 0 || patienceMillis <= 0 || query.signal?.aborted || exchange.feed.isStopped) {
      return page;
    }
    await waking.next({ withinMillis: patienceMillis, ...(query.signal && { signal: query.signal }) });
  }
}

function takePlace({ polls }: Exchange, { systemId }: Caller): Disposable {
  const place = polls.take(systemId);
  if (!place) throw refuse('polls_too_many', { limit: maxPollsOfSystem, seconds: retrySeconds });
  return place;
}

const retrySeconds = 5;

/** The cursor of this moment. */
export async function beginFeed({ platform }: Pick<Exchange, 'platform'>): Promise<FeedPage> {
  const { position } = await inTransaction(platform.database.app, {}, getFeedHead);
  return { events: [], cursor: formatCursor(placeBefore(position)), hasMore: false };
}

export async function readPage(
  { platform }: Pick<Exchange, 'platform'>,
  organisations: readonly OrganisationId[],
  after: string,
  limitRows = maxFeedRows,
): Promise<FeedPage> {
  const place = parseCursor(after);
  const limit = Math.min(limitRows, maxFeedRows);
  return inTransaction(platform.database.app, { organisations }, async (tx) => {
    const { position, forgottenBefore } = await getFeedHead(tx);
    // From another axis, or of a database that was restored to an earlier state.
    if (place.position >= position) throw refuse('cursor_ahead');
    if (place.position + 1 < forgottenBefore) throw refuse('cursor_expired');
    const rows = await listEvents(tx, { organisations, after: place, limitRows: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      events: shown.map((row) => ({
        organisationId: row.organisation_id,
        kind: row.kind,
        at: row.at,
        envelopeId: row.envelope_id,
        deliveryId: row.delivery_id,
        index: row.position,
      })),
      cursor: last
        ? formatCursor({ position: last.position, part: last.part, organisationId: last.organisation_id })
        : formatCursor(placeBefore(position)),
      hasMore: rows.length > limit,
    };
  });
}
