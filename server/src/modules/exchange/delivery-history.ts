/**
 * A copy's state is what its history comes to: the fold of its entries in the log (E4). Whoever holds the entries can
 * work it out, and `doctor` does.
 */
import { isProgress, statusNames } from './business-status.ts';
import type { BusinessStatus } from './business-status.ts';
import type { DeliveryState } from './delivery.ts';
import { emptiesCopy } from './taking-back.ts';
import type { TakingBack, TakingBackAct } from './taking-back.ts';

/** In the names of the columns of the row that it must equal. */
export interface DeliveryProgress {
  readonly state: DeliveryState;
  readonly state_at: Temporal.Instant;
  readonly fetched_at: Temporal.Instant | null;
  readonly done_at: Temporal.Instant | null;
  readonly business_status: string | null;
  readonly business_status_at: Temporal.Instant | null;
  readonly taking_back: TakingBack | null;
  readonly taking_back_act: TakingBackAct | null;
  readonly taking_back_at: Temporal.Instant | null;
  readonly taken_back_by: string | null;
}

/** An entry of the copy, with the claims that move it: what a status reports, how and by which message it is taken back. */
export interface DeliveryFact {
  readonly kind: string;
  readonly at: Temporal.Instant;
  readonly status?: unknown;
  readonly act?: unknown;
  readonly by?: unknown;
}

/** How a copy begins. A recall that need not reach its recipient is born recalled by itself. */
export function foldDelivery(
  born: {
    readonly accepted_at: Temporal.Instant;
    readonly envelope_id: string;
    readonly taken_back_by: string | null;
  },
  facts: readonly DeliveryFact[],
): DeliveryProgress {
  const isUnseenRecall = born.taken_back_by === born.envelope_id;
  return facts.reduce(afterFact, {
    state: isUnseenRecall ? 'recalled' : 'waiting',
    state_at: born.accepted_at,
    fetched_at: null,
    done_at: null,
    business_status: null,
    business_status_at: null,
    taking_back: isUnseenRecall ? 'unseen' : null,
    taking_back_act: isUnseenRecall ? 'recall' : null,
    taking_back_at: isUnseenRecall ? born.accepted_at : null,
    taken_back_by: isUnseenRecall ? born.envelope_id : null,
  });
}

type Step = (progress: DeliveryProgress, fact: DeliveryFact) => Partial<DeliveryProgress>;

const steps: Readonly<Record<string, Step>> = {
  'exchange.fetched': ({ fetched_at }, { at }) => ({ ...to('fetched', at), fetched_at: fetched_at ?? at }),
  'exchange.done': (_, { at }) => ({ ...to('done', at), done_at: at }),
  'exchange.failed': (_, { at }) => to('failed', at),
  'exchange.resumed': (_, { at }) => to('fetched', at),
  'exchange.parked': (_, { at }) => to('parked', at),
  'exchange.returned': (_, { at }) => to('returned', at),
  'exchange.redelivered': ({ fetched_at }, { at }) => to(fetched_at ? 'fetched' : 'waiting', at),
  'exchange.recalled': (_, fact) => ({ ...to('recalled', fact.at), ...takenBack('unseen', fact) }),
  'exchange.recall_asked': (_, fact) => takenBack('asked', fact),
  'exchange.recall_answered': afterAnswer,
  'exchange.status_reported': (progress, fact) =>
    isProgressCode(fact.status)
      ? { business_status: String(fact.status), business_status_at: fact.at }
      : afterAnswer(progress, fact),
};

export const deliveryEntryKinds: readonly string[] = Object.keys(steps);

/** Those that name the package that the copy holds. */
export const packageKinds: ReadonlySet<string> = new Set(
  deliveryEntryKinds.filter(
    (kind) => kind !== 'exchange.status_reported' && kind !== 'exchange.recall_answered',
  ),
);

export function afterFact(progress: DeliveryProgress, fact: DeliveryFact): DeliveryProgress {
  return { ...progress, ...steps[fact.kind]?.(progress, fact) };
}

function to(state: DeliveryState, at: Temporal.Instant): Pick<DeliveryProgress, 'state' | 'state_at'> {
  return { state, state_at: at };
}

function takenBack(outcome: TakingBack, { act, by, at }: DeliveryFact): Partial<DeliveryProgress> {
  return {
    taking_back: outcome,
    taking_back_act: act as TakingBackAct,
    taking_back_at: at,
    taken_back_by: String(by),
  };
}

function afterAnswer({ state, taking_back_act: act }: DeliveryProgress, { status, at }: DeliveryFact) {
  if (status !== '15') return { taking_back: 'declined' as const, taking_back_at: at };
  const isEmptied = act !== null && emptiesCopy(act) && state !== 'done';
  return { taking_back: 'agreed' as const, taking_back_at: at, ...(isEmptied && to('recalled', at)) };
}

function isProgressCode(code: unknown): boolean {
  return typeof code === 'string' && Object.hasOwn(statusNames, code) && isProgress(code as BusinessStatus);
}
