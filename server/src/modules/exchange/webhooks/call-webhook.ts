/**
 * One call: what came after the place of the webhook goes to its address, signed, and what follows is written. No transaction
 * is open meanwhile; the lease keeps others away, and ends if this process dies.
 */
import { reachOfSystems } from '#directory';
import { formatInstant } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';
import type { OutboundAnswer } from '#foundation/outbound';
import { Refusal } from '#foundation/refusal';
import type { Exchange } from '../exchange.ts';
import { presentEvents } from '../feed/present-events.ts';
import { beginFeed, readPage } from '../feed/read-feed.ts';
import { endLease } from '../store/webhook-rows.ts';
import type { LeasedWebhook } from '../store/webhook-rows.ts';
import { changeWebhooks } from './record-webhook.ts';
import { messageId, signMessage } from './sign-message.ts';
import { afterCall, maxEventsPerCall, webhookContext } from './webhook.ts';
import type { CallOutcome, Webhook } from './webhook.ts';

export async function callWebhook(
  exchange: Exchange,
  webhook: LeasedWebhook,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const outcome = await call(exchange, webhook, signal);
  const random = Math.random();
  await changeWebhooks(exchange.platform, async (tx, tell) => {
    const lane = afterCall(webhook, outcome, { now: tx.now, random });
    const isWritten = await endLease(tx, webhook, lane);
    if (!isWritten || lane.stopReason === null) return;
    await tell(webhook, {
      kind: 'webhook_stopped',
      by: { method: 'axis' },
      claims: { reason: lane.stopReason },
    });
  });
  return outcome;
}

async function call(exchange: Exchange, webhook: LeasedWebhook, signal: AbortSignal): Promise<CallOutcome> {
  const { database } = exchange.platform;
  const reach = await inTransaction(database.app, {}, (tx) => reachOfSystems(tx, [webhook.systemId]));
  const organisations = reach.get(webhook.systemId);
  if (!organisations) return { kind: 'resting' };
  const message = await composeMessage(exchange, webhook, organisations);
  const { body, cursor, events, hasMore } = message;
  if (!body) return { kind: 'idle', cursor };
  const answer = await post(exchange, webhook, { body, signal });
  if (!answer.ok) {
    // What a stop of ours cut short says nothing about the other side.
    if (answer.fault === 'stopped') return { kind: 'interrupted' };
    return { kind: 'failed', failure: answer.fault, events };
  }
  const isTaken = answer.status >= 200 && answer.status < 300;
  if (!isTaken) return { kind: 'failed', failure: `status ${answer.status}`, events };
  return { kind: 'told', cursor, hasMore };
}

interface Message {
  /** Undefined where there is nothing to tell. */
  readonly body: Buffer | undefined;
  /** Where the feed goes on after it. */
  readonly cursor: string;
  readonly events: number;
  readonly hasMore: boolean;
}

async function composeMessage(
  exchange: Exchange,
  { cursor: after, repeatedEvents }: Webhook,
  organisations: readonly OrganisationId[],
): Promise<Message> {
  try {
    // As many as the last time, where that failed: a repeat says the same under the same id.
    const limitRows = repeatedEvents || maxEventsPerCall;
    const { events, cursor, hasMore } = await readPage(exchange, organisations, after, limitRows);
    const last = events.at(-1);
    if (!last) return { body: undefined, cursor, events: 0, hasMore: false };
    const presented = await presentEvents(exchange, events);
    const body = writeBody('exchange.events', last.at, { events: presented, cursor });
    return { body, cursor, events: events.length, hasMore: hasMore || events.length === repeatedEvents };
  } catch (error) {
    if (!(error instanceof Refusal && placesLost.has(error.code))) throw error;
    // Forgotten meanwhile, or of a database that was restored: whoever listens must list anew what he has.
    const { cursor } = await beginFeed(exchange);
    const now = await inTransaction(exchange.platform.database.app, {}, async (tx) => tx.now);
    return { body: writeBody('exchange.events_lost', now, { cursor }), cursor, events: 0, hasMore: true };
  }
}

const placesLost = new Set(['exchange.cursor_expired', 'exchange.cursor_ahead']);

function writeBody(type: string, at: Temporal.Instant, content: object): Buffer {
  return Buffer.from(JSON.stringify({ type, timestamp: formatInstant(at), data: content }));
}

async function post(
  { platform, outbound }: Exchange,
  { id, url, secret, formerSecret, formerUntil }: Webhook,
  { body, signal }: { readonly body: Buffer; readonly signal: AbortSignal },
): Promise<OutboundAnswer> {
  const at = Temporal.Now.instant();
  const isFormerValid = formerUntil !== null && Temporal.Instant.compare(formerUntil, at) > 0;
  const sealed = isFormerValid && formerSecret ? [secret, formerSecret] : [secret];
  const secrets = sealed.map((each) => platform.secrets.open(each, webhookContext(id)));
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'LienThong-Webhook/1',
    ...signMessage({ id: messageId(id, body), at, body }, secrets),
  };
  return outbound.post(url, { headers, body, signal });
}
