/**
 * One recipient's copy. The transport state says where the copy is, not what the receiver does about the document (that
 * is the business status):
 *
 *     waiting ─fetch→ fetched ─done→ done          done is absorbing
 *                       │  ↑ processing, fetch
 *                       └─fail→ failed             the receiver could not store it; the sender is told
 */
import { assertNever } from '#foundation/refusal';
import { refuse } from './refusals.ts';

export type DeliveryState =
  | 'waiting'
  | 'sending'
  | 'fetched'
  | 'done'
  | 'failed'
  | 'parked'
  | 'returned'
  | 'recalled';

/** What a receiver says of a copy that it fetched. */
export type Mark = 'processing' | 'done' | 'fail';

/** The state after handing the copy out. A copy that is done may be fetched again: the receiver may have lost it. */
export function afterFetch(id: string, state: DeliveryState): DeliveryState {
  switch (state) {
    case 'waiting':
    case 'sending':
    case 'parked':
    case 'returned':
    case 'fetched':
      return 'fetched';
    case 'done':
    case 'failed':
      return state;
    case 'recalled':
      throw refuse('delivery_recalled', { id });
    default:
      return assertNever(state);
  }
}

/** The state after a mark; a repeat changes nothing. Refuses what would unsay a confirmation or confirm the unseen. */
export function afterMark(id: string, state: DeliveryState, mark: Mark): DeliveryState {
  if (state === 'recalled') throw refuse('delivery_recalled', { id });
  if (state === 'done') {
    if (mark === 'done') return 'done';
    throw refuse('mark_after_done', { id, mark });
  }
  const wasFetched = state === 'fetched' || state === 'failed';
  switch (mark) {
    case 'processing':
      // Some receivers announce it before they fetch; it claims nothing, so it changes nothing.
      return wasFetched ? 'fetched' : state;
    case 'done':
    case 'fail':
      if (!wasFetched) throw refuse('mark_before_fetch', { id, mark });
      return mark === 'done' ? 'done' : 'failed';
    default:
      return assertNever(mark);
  }
}
