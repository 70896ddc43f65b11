/** Where a page begins: the sort key of the last row before it, opaque to clients. */
import { z } from 'zod';
import { isId } from '#foundation/ids';
import type { MailboxPlace } from '../native/browse-mailbox.ts';
import { refuse } from '../native/refusals.ts';

const instant = z.string().transform((text, context) => {
  try {
    return Temporal.Instant.from(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'no instant' });
    return z.NEVER;
  }
});
const id = z.string().refine(isId);
const envelopePlace = z.tuple([instant, id]);
const mailboxPlace = z.tuple([z.boolean(), z.int().min(0).max(4), instant, id]);

export function writeCursor(key: readonly (string | number | boolean | Temporal.Instant)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

export function readEnvelopeCursor(
  after: string | undefined,
): { acceptedAt: Temporal.Instant; id: string } | undefined {
  if (after === undefined) return undefined;
  const [acceptedAt, id] = read(after, envelopePlace);
  return { acceptedAt, id };
}

export function readMailboxCursor(after: string | undefined): MailboxPlace | undefined {
  if (after === undefined) return undefined;
  const [isStuck, priority, acceptedAt, id] = read(after, mailboxPlace);
  return { isStuck, priority, acceptedAt, id };
}

export function readOrdinalCursor(after: string | undefined): number {
  return after === undefined ? -1 : read(after, z.tuple([z.int().min(0).max(1_000_000)]))[0];
}

function read<Place extends z.ZodType>(after: string, place: Place): z.output<Place> {
  try {
    return place.parse(JSON.parse(Buffer.from(after, 'base64url').toString()));
  } catch (error) {
    throw refuse('cursor_malformed', {}, { cause: error });
  }
}
