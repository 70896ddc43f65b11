/** A webhook and its lane: where it stands in the change feed, and what follows from a call. Pure. */
import type { OutboundFault } from '#foundation/outbound';
import { assertNever } from '#foundation/refusal';
import type { Id, SystemId } from '#foundation/ids';

export type WebhookId = Id<'webhook'>;

export const maxWebhooksPerSystem = 5;
/** In one message. */
export const maxEventsPerCall = 100;
/** How long the former secret signs beside the new one. */
export const rotationOverlapHours = 24;

/** What is asked of a lane that has nothing to do: its cursor moves on, so that it does not grow too old. */
const idleSeconds = 60;
const firstRetrySeconds = 5;
const retryFactor = 3;
const lastRetrySeconds = 3_600;
const stoppedAfterHours = 5 * 24;

export type StopReason = 'gone' | 'failing';

/** What the last call ran into: the status that was answered, or why there was no answer that counts. */
export type CallFailure = `status ${number}` | OutboundFault;

/** Where a webhook stands; what a call changes. */
export interface Lane {
  readonly cursor: string;
  /** Of the message that failed, which is repeated as it was. */
  readonly repeatedEvents: number | null;
  readonly failures: number;
  readonly failingSince: Temporal.Instant | null;
  readonly lastFailure: string | null;
  readonly lastSuccessAt: Temporal.Instant | null;
  readonly stopReason: StopReason | null;
  readonly dueAt: Temporal.Instant;
}

export interface Webhook extends Lane {
  readonly systemId: SystemId;
  readonly id: WebhookId;
  readonly url: string;
  readonly description: string | null;
  readonly secret: Buffer;
  readonly formerSecret: Buffer | null;
  readonly formerUntil: Temporal.Instant | null;
  readonly createdAt: Temporal.Instant;
  readonly stateAt: Temporal.Instant;
}

export type CallOutcome =
  | { readonly kind: 'told'; readonly cursor: string; readonly hasMore: boolean }
  | { readonly kind: 'failed'; readonly failure: CallFailure; readonly events: number }
  /** There was nothing to tell. */
  | { readonly kind: 'idle'; readonly cursor: string }
  /** Its system is suspended: it waits where it is. */
  | { readonly kind: 'resting' }
  /** This process stops, and another one goes on. */
  | { readonly kind: 'interrupted' };

export function afterCall(
  lane: Lane,
  outcome: CallOutcome,
  { now, random }: { readonly now: Temporal.Instant; readonly random: number },
): Lane {
  const later = now.add({ seconds: idleSeconds });
  switch (outcome.kind) {
    case 'told':
      return {
        ...lane,
        ...healthy,
        cursor: outcome.cursor,
        lastSuccessAt: now,
        dueAt: outcome.hasMore ? now : later,
      };
    case 'idle':
      return { ...lane, ...healthy, cursor: outcome.cursor, dueAt: later };
    case 'resting':
      return { ...lane, dueAt: later };
    case 'interrupted':
      return lane;
    case 'failed': {
      const failures = lane.failures + 1;
      const failingSince = lane.failingSince ?? now;
      return {
        ...lane,
        repeatedEvents: outcome.events,
        failures,
        failingSince,
        lastFailure: outcome.failure,
        stopReason: stopReasonOf(outcome.failure, now.since(failingSince)),
        dueAt: now.add({ milliseconds: Math.round(retrySeconds(failures, random) * 1_000) }),
      };
    }
    default:
      return assertNever(outcome);
  }
}

/** At once, from where it stands, with all its attempts before it. The message that failed stays the same message. */
export function begunAgain(lane: Lane, now: Temporal.Instant): Lane {
  return { ...lane, ...healthy, repeatedEvents: lane.repeatedEvents, dueAt: now };
}

const healthy = {
  repeatedEvents: null,
  failures: 0,
  failingSince: null,
  lastFailure: null,
  stopReason: null,
} satisfies Partial<Lane>;

/** 5 s, 15 s, 45 s … 1 h, each up to a fifth sooner, so that many that failed together do not come back together. */
export function retrySeconds(failures: number, random: number): number {
  const whole = Math.min(firstRetrySeconds * retryFactor ** (failures - 1), lastRetrySeconds);
  return whole * (1 - 0.2 * random);
}

/** By 410 its owner says that nobody will ever listen there again. */
function stopReasonOf(failure: CallFailure, failingFor: Temporal.Duration): StopReason | null {
  if (failure === 'status 410') return 'gone';
  return failingFor.total('hours') >= stoppedAfterHours ? 'failing' : null;
}

/** What its sealed secret is bound to. */
export function webhookContext(id: WebhookId): string {
  return `webhook ${id}`;
}
