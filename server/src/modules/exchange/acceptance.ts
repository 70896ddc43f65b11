/**
 * What becomes of a document that arrived: a pure decision over what was sent before with the same content or the same
 * document id, and over what the directory knows of the recipients.
 *
 * - Nothing like it was sent: it is accepted for every recipient that can be reached, and refused as a whole when none can.
 * - The same content again: the answer is the receipt of the sending that it repeats, unless recipients are named who
 *   were not reached yet: then a supplementary sending goes to those alone, with a receipt of its own.
 * - The same document id with other content: it is taken.
 */
import { createHash } from 'node:crypto';
import type { ResolvedOrganisation } from '#directory';
import type { BlobId, EnvelopeId, OrganisationId } from '#foundation/ids';
import { newId } from '#foundation/ids';
import type { Refusal } from '#foundation/refusal';
import type { Recipient } from './envelope.ts';
import { refuse } from './refusals.ts';

/** A circular to every commune is 3,321; the directory has some 120,000 organisations, nobody addresses them all. */
export const maxRecipients = 10_000;

/** An earlier sending by the same organisation with the same content or the same document id. */
export interface FormerSending {
  readonly envelopeId: EnvelopeId;
  readonly packageId: BlobId;
  readonly contentDigest: Buffer;
  readonly supplement: number;
  readonly recipientsDigest: Buffer;
  readonly reached: readonly OrganisationId[];
  readonly refusedCodes: readonly string[];
}

export interface ArrivedDocument {
  readonly documentId: string;
  readonly businessType: number;
  readonly contentDigest: Buffer;
  readonly to: readonly { readonly code: string; readonly name: string }[];
}

export type Decision =
  | { readonly outcome: 'repeat' | 'taken'; readonly sending: FormerSending }
  | {
      readonly outcome: 'accept';
      readonly supplement: number;
      readonly recipientsDigest: Buffer;
      readonly recipients: readonly Recipient[];
    };

export function decideAcceptance(
  document: ArrivedDocument,
  former: readonly FormerSending[],
  directory: ReadonlyMap<string, ResolvedOrganisation>,
): Decision {
  const recipients = resolveRecipients(document.to, directory);
  const recipientsDigest = digestOfRecipients(document.to);
  const sameContent = former.filter((sending) => sending.contentDigest.equals(document.contentDigest));
  if (sameContent.length === 0) {
    const [other] = former;
    // Types 1, 2 and 3 are about an earlier document and may carry its id; only a new document claims one.
    if (other && document.businessType === 0) return { outcome: 'taken', sending: other };
    refuseUnlessReached(recipients);
    return { outcome: 'accept', supplement: 0, recipientsDigest, recipients };
  }
  const reached = new Set(sameContent.flatMap((sending) => sending.reached));
  const toldBefore = new Set(sameContent.flatMap((sending) => sending.refusedCodes));
  // One who was reached before he ended is no news: his copy is on its way.
  const isUntold = (recipient: Recipient): boolean =>
    recipient.state === 'refused' &&
    !toldBefore.has(recipient.toCode) &&
    !(recipient.organisationId && reached.has(recipient.organisationId));
  const isNew = (recipient: Recipient): boolean =>
    recipient.state !== 'refused' && !reached.has(recipient.organisationId);
  if (!recipients.some(isNew)) {
    // A repeat with a further, unreachable recipient must not be answered by a receipt that does not speak of him.
    const untold = recipients.filter(isUntold);
    if (untold.length > 0) throw refuseUnknown(untold);
    return { outcome: 'repeat', sending: repeatedSending(sameContent, recipients, recipientsDigest) };
  }
  const supplementary = recipients.filter((recipient) => isNew(recipient) || isUntold(recipient));
  return {
    outcome: 'accept',
    supplement: Math.max(...sameContent.map((sending) => sending.supplement)) + 1,
    recipientsDigest,
    recipients: supplementary.map((recipient, ordinal) => ({ ...recipient, ordinal })),
  };
}

/** Real senders address both code forms of one organisation: that is one delivery, named by the first. */
function resolveRecipients(
  to: ArrivedDocument['to'],
  directory: ReadonlyMap<string, ResolvedOrganisation>,
): Recipient[] {
  if (to.length === 0) throw refuse('recipient_missing');
  if (to.length > maxRecipients) {
    throw refuse('recipients_too_many', { count: to.length, limit: maxRecipients });
  }
  const recipients: Recipient[] = [];
  const named = new Set<string>();
  for (const { code, name } of to) {
    const organisation = directory.get(code);
    const identity = organisation?.organisationId ?? code;
    if (named.has(identity)) continue;
    named.add(identity);
    const written = { ordinal: recipients.length, toCode: code, toName: organisation?.name ?? name };
    if (!organisation) {
      recipients.push({ ...written, state: 'refused', refusalCode: 'exchange.recipient_unknown' });
    } else if (organisation.state === 'ended') {
      recipients.push({
        ...written,
        state: 'refused',
        refusalCode: 'exchange.recipient_ended',
        organisationId: organisation.organisationId,
        successor: organisation.successorCode ?? '–',
      });
    } else {
      const { organisationId } = organisation;
      recipients.push({ ...written, state: 'waiting', organisationId, deliveryId: newId<'delivery'>() });
    }
  }
  return recipients;
}

function refuseUnlessReached(recipients: readonly Recipient[]): void {
  if (recipients.some(({ state }) => state !== 'refused')) return;
  const ended = recipients.find((recipient) => 'successor' in recipient);
  if (ended && recipients.length === 1 && ended.state === 'refused') {
    throw refuse('recipient_ended', { code: ended.toCode, successor: ended.successor ?? '–' });
  }
  throw refuseUnknown(recipients);
}

function refuseUnknown(recipients: readonly Recipient[]): Refusal {
  // Enough to find the mistake; a circular with thousands of wrong codes needs no longer sentence.
  return refuse('recipient_unknown', { codes: recipients.slice(0, 20).map(({ toCode }) => toCode) });
}

/** The sending that this request repeats: the last one of the same recipients, else the first that reached all of these. */
function repeatedSending(
  sameContent: readonly FormerSending[],
  recipients: readonly Recipient[],
  recipientsDigest: Buffer,
): FormerSending {
  const byAge = sameContent.toSorted((a, b) => a.supplement - b.supplement);
  const reachesAll = (sending: FormerSending): boolean =>
    recipients.every(
      (recipient) => recipient.state === 'refused' || sending.reached.includes(recipient.organisationId),
    );
  return (
    byAge.findLast((sending) => sending.recipientsDigest.equals(recipientsDigest)) ??
    byAge.find(reachesAll) ??
    byAge[0]!
  );
}

/** Over the codes as a set: a rebuilt retry may list its recipients in another order. */
function digestOfRecipients(to: ArrivedDocument['to']): Buffer {
  const codes = [...new Set(to.map(({ code }) => code))].sort();
  return createHash('sha256').update(JSON.stringify(codes)).digest();
}
