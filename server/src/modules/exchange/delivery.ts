/**
 * One recipient's copy. The transport state says where the copy is, not what the receiver does about the document (that
 * is the business status):
 *
 *     waiting ─fetch→ fetched ─done→ done          done is absorbing
 *        │              │  ↑ processing
 *        │              ├─fail→ failed             the receiver could not store it; the sender is told
 *        │              └─too often→ parked        handed out again and again, never confirmed: poison for its reader
 *        └─nobody came→ returned ─fetch→ fetched   the sender is told; who comes late still gets it
 *
 *     waiting, returned ─its sender takes it back→ recalled;  any other when its holder agrees, unless it is done
 *     failed, parked, returned ─redelivery→ back in the list
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

/** A receiver that polls every five minutes and dies of this message each time has tried for eight hours. */
const maxFetchesUnconfirmed = 100;

/** Whether a copy was handed out so often that the list should go on without it. */
export function isPoison(state: DeliveryState, fetchCount: number): boolean {
  return state === 'fetched' && fetchCount >= maxFetchesUnconfirmed;
}

/** The state after a mark; a repeat changes nothing. Refuses what would unsay a confirmation or confirm the unseen. */
export function afterMark(id: string, state: DeliveryState, mark: Mark): DeliveryState {
  if (state === 'recalled') throw refuse('delivery_recalled', { id });
  if (state === 'done') {
    if (mark === 'done') return 'done';
    throw refuse('mark_after_done', { id, mark });
  }
  const wasFetched = state === 'fetched' || state === 'failed' || state === 'parked';
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

/** Whether there is something to put back into the list. */
export function canRedeliver(state: DeliveryState): boolean {
  return state === 'failed' || state === 'parked';
}
