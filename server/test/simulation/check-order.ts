/** X6, of each list at the moment in which it was made: nothing overtakes in its thread; in a lane urgency goes first. */
import type { Client } from 'pg';
import type { WaitingDelivery } from '#exchange';
import { holds } from './simulation.ts';

interface Place {
  readonly id: string;
  readonly lane: string;
  readonly thread: string;
  /** An update or a replacement. */
  readonly follows: boolean;
  readonly recalls: boolean;
  readonly priority: number;
  readonly stuck: boolean;
  /** The order in which the axis accepted them, which is that of its log and no clock's. */
  readonly ordinal: number;
}

export async function checkOrder(owner: Client, rows: readonly WaitingDelivery[]): Promise<void> {
  if (rows.length < 2) return;
  const { rows: places } = await owner.query<Place>(
    `select delivery.id, delivery.organisation_id::text as lane, delivery.priority, fetch_count >= 10 as stuck,
       delivery.sender_id || ' ' || coalesce(delivery.about_document_id, delivery.document_id) as thread,
       delivery.business_type in (2, 3) as follows, delivery.business_type = 1 as recalls, entry.ordinal
     from unnest($1::uuid[]) with ordinality as listed (id, place)
     join exchange.delivery using (id)
     join exchange.envelope on envelope.organisation_id = sender_id and envelope.id = envelope_id
     join evidence.entry on entry.organisation_id = sender_id and entry.id = entry_id
     order by place`,
    [rows.map(({ deliveryId }) => deliveryId)],
  );
  for (const [index, place] of places.entries()) {
    for (const later of places.slice(index + 1)) {
      const isOvertaking =
        place.follows &&
        // A recall is a request of its own: docs/protocols/taking-back.md orders what is read, not what is asked.
        !later.recalls &&
        place.lane === later.lane &&
        place.thread === later.thread &&
        later.ordinal < place.ordinal;
      // Mail that was handed out often and never confirmed goes last, its thread or not: it may be what kills its reader.
      holds(!isOvertaking || later.stuck, 'X6', () => `${place.id} overtakes ${later.id} of its thread`);
    }
    const next = places[index + 1];
    const isInOrder = !next || place.stuck || next.stuck || place.priority >= next.priority;
    holds(isInOrder, 'X6', () => `${place.id} is less urgent than ${next!.id} and comes before it`);
  }
}
