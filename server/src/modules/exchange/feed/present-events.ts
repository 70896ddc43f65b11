/** Events as they leave the axis, in an answer or in a call: organisations by the codes that they have now. */
import { codesOfOrganisations } from '#directory';
import { formatInstant } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import type { Exchange } from '../exchange.ts';
import type { FeedEvent } from './feed-event.ts';

export interface PresentedEvent {
  readonly kind: string;
  readonly organisation: string | null;
  readonly at: string;
  readonly envelopeId: string;
  readonly deliveryId: string | null;
  readonly index: number;
}

export async function presentEvents(
  { platform }: Pick<Exchange, 'platform'>,
  events: readonly FeedEvent[],
): Promise<PresentedEvent[]> {
  const organisations = [...new Set(events.map(({ organisationId }) => organisationId))];
  const codes = await inTransaction(platform.database.app, {}, (tx) =>
    codesOfOrganisations(tx, organisations),
  );
  return events.map(({ organisationId, kind, at, envelopeId, deliveryId, index }) => ({
    kind,
    organisation: codes.get(organisationId) ?? null,
    at: formatInstant(at),
    envelopeId,
    deliveryId,
    index,
  }));
}
