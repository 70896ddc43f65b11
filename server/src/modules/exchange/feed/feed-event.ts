/** What the change feed says, and the cursor by which it is read. */
import type { DeliveryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import { isId } from '#foundation/ids';
import { refuse } from '../refusals.ts';

/**
 * A fact of the log that concerns an organisation: ids only, what it is about is read by them. `exchange.arrived` is
 * a message in its mailbox; `exchange.accepted` and `exchange.status_reported` are what it sent; any other kind is what
 * became of a copy, which it holds or which it sent. `exchange.delivery_overdue` is for the sender alone: a copy waits
 * that its recipient does not collect.
 */
export interface FeedEvent {
  readonly organisationId: OrganisationId;
  readonly kind: string;
  readonly at: Temporal.Instant;
  readonly envelopeId: EnvelopeId;
  readonly deliveryId: DeliveryId | null;
  /** The place of its entry in the evidence log. */
  readonly index: number;
}

/** After which event: events of one entry are ordered by part, those of one part by organisation. */
export interface FeedPlace {
  readonly position: number;
  readonly part: number;
  readonly organisationId: string;
}

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const lastPart = 32_767;

/** After everything that the log holds before this place. */
export function placeBefore(position: number): FeedPlace {
  return { position: position - 1, part: lastPart, organisationId: lastId };
}

/** Opaque for whoever keeps it. */
export function formatCursor({ position, part, organisationId }: FeedPlace): string {
  return Buffer.from(`${position}.${part}.${organisationId}`).toString('base64url');
}

export function parseCursor(cursor: string): FeedPlace {
  const [position, part, organisationId, ...more] = Buffer.from(cursor, 'base64url')
    .toString('utf8')
    .split('.');
  const place = { position: Number(position), part: Number(part), organisationId: organisationId ?? '' };
  const isPlace =
    cursor.length <= 100 &&
    more.length === 0 &&
    Number.isSafeInteger(place.position) &&
    place.position >= -1 &&
    Number.isInteger(place.part) &&
    place.part >= 0 &&
    place.part <= lastPart &&
    (isId(place.organisationId) || place.organisationId === lastId);
  if (!isPlace || formatCursor(place) !== cursor) throw refuse('cursor_malformed');
  return place;
}
