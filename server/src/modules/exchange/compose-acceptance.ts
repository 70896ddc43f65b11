/** Makes the rows, the evidence entry and the receipt of an accepted document, and the notices of refused recipients. */
import { createHash } from 'node:crypto';
import type { ResolvedOrganisation } from '#directory';
import type { StoredBlob } from '#foundation/blob';
import type { Transaction } from '#foundation/db';
import { prepareEntry } from '#foundation/evidence';
import type { Entry } from '#foundation/evidence';
import { newId } from '#foundation/ids';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import type { Decision } from './acceptance.ts';
import { actorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import { composeNotices } from './compose-notices.ts';
import type { DocumentMessage } from './edxml/index.ts';
import type { Envelope, MessageHeader, Origin, Recipient } from './envelope.ts';
import { composeCopyEntries, copiesClaim } from './follow-up.ts';
import type { FollowUp } from './follow-up.ts';
import { listedText } from './listed-text.ts';
import type { CopyChange } from './store/taking-back-rows.ts';

/** A document whose package is stored and whose structure was checked. */
export interface Arrival {
  readonly caller: Caller;
  readonly claimedFrom: string | undefined;
  readonly message: DocumentMessage;
  readonly contentDigest: Buffer;
  readonly package: StoredBlob;
  /** The copy of its sender's that it passes on. */
  readonly onwardOf: string | undefined;
}

/** All that one message writes: its envelope with the recipients, its package and its entry in the log. */
export interface WrittenMessage {
  readonly envelope: Envelope;
  readonly blob: StoredBlob;
  readonly entry: Entry;
}

export interface Composed {
  readonly arrival: Arrival;
  readonly acceptance: WrittenMessage;
  readonly notices: readonly WrittenMessage[];
  /** What the message does to copies of earlier documents, and the entries of those copies. */
  readonly changes: readonly CopyChange[];
  readonly copyEntries: readonly Entry[];
}

export type AcceptedDecision = Extract<Decision, { outcome: 'accept' }> & {
  readonly arrival: Arrival;
  readonly sender: ResolvedOrganisation;
  readonly followUp: FollowUp;
  readonly origin: Origin | null;
};

export async function composeAcceptance(
  platform: Platform,
  tx: Transaction,
  decided: AcceptedDecision,
  codeOf: (organisationId: OrganisationId) => string,
): Promise<Composed> {
  const { arrival, followUp } = decided;
  const accepted = { ...decided, recipients: withoutUnseen(decided) };
  const acceptance = composeDocument(platform, acceptedAt(tx.now, followUp), accepted);
  const refused = accepted.recipients.filter((recipient) => recipient.state === 'refused');
  const envelopeId = acceptance.envelope.id;
  const changes = followUp.changes.map((change) => ({ ...change, envelopeId }));
  const actor = actorOf(arrival.caller);
  return {
    arrival,
    acceptance,
    notices: await composeNotices(platform, tx, { accepted, refused }),
    changes,
    copyEntries: composeCopyEntries(changes, { actor, codeOf, at: tx.now, signer: platform.receipts }),
  };
}

/**
 * Mailboxes are in the order of acceptance, and what follows a document is behind it: also where the database's clock was
 * set back in between, whatever that clock then says.
 */
function acceptedAt(now: Temporal.Instant, { changes }: AcceptedDecision['followUp']): Temporal.Instant {
  const following = changes.map(({ copy }) => copy.acceptedAt.add({ milliseconds: 1 }));
  return [now, ...following].toSorted((one, other) => Temporal.Instant.compare(other, one))[0]!;
}

function withoutUnseen({ recipients, followUp }: AcceptedDecision): Recipient[] {
  return recipients.map((recipient) =>
    recipient.state === 'waiting' && followUp.unseenBy.has(recipient.organisationId)
      ? { ...recipient, state: 'recalled' }
      : recipient,
  );
}

function composeDocument(
  platform: Platform,
  at: Temporal.Instant,
  accepted: AcceptedDecision,
): WrittenMessage {
  const { arrival, sender, recipients, followUp } = accepted;
  const { message, caller } = arrival;
  const id = newId<'envelope'>();
  const header = headerOf(message);
  const entry = prepareEntry(
    {
      kind: 'exchange.accepted',
      organisation: { id: sender.organisationId, code: sender.code },
      subjectId: id,
      actor: actorOf(caller),
      requestDigest: digestText(arrival.package.digest),
      claims: {
        message: 'document',
        document: message.documentId,
        type: message.business.docType,
        package: digestText(arrival.package.digest),
        content: digestText(arrival.contentDigest),
        recipients: { count: recipients.length, digest: digestText(digestOfList(recipients)) },
        ...(accepted.origin && { onwardOf: accepted.origin.onwardOf, origin: accepted.origin.envelopeId }),
        ...(message.business.docType !== 0 && { takesBack: copiesClaim(followUp.changes) }),
      },
      detail: { ...header },
    },
    { at, signer: platform.receipts },
  );
  const envelope: Envelope = {
    organisationId: sender.organisationId,
    id,
    kind: 'document',
    systemId: caller.systemId,
    fromCode: message.from.organId,
    documentId: message.documentId,
    businessType: message.business.docType,
    aboutDocumentId: followUp.aboutDocumentId,
    origin: accepted.origin,
    contentDigest: arrival.contentDigest,
    supplement: accepted.supplement,
    recipientsDigest: accepted.recipientsDigest,
    header,
    warnings: message.warnings,
    priority: message.priority,
    package: { ...arrival.package, junkBytes: message.xmlOffset },
    acceptedAt: at,
    entryId: entry.id,
    recipients,
  };
  return { envelope, blob: arrival.package, entry };
}

/** The whole list, refusals included, that the receipt commits to; it lies beside the receipt as the sender's rows. */
export function digestOfList(recipients: readonly Recipient[]): Buffer {
  const list = recipients.map((recipient) => [
    recipient.toCode,
    recipient.state === 'refused' ? recipient.refusalCode : recipient.deliveryId,
    ...(recipient.state === 'recalled' ? ['unseen'] : []),
  ]);
  return createHash('sha256').update(JSON.stringify(list)).digest();
}

export function digestText(digest: Buffer): string {
  return `sha256:${digest.toString('base64url')}`;
}

function headerOf(message: DocumentMessage): MessageHeader {
  return {
    number: message.code.number,
    notation: message.code.notation,
    subject: listedText(message.subject),
    ...(message.type.name ? { typeName: listedText(message.type.name) } : {}),
    ...(message.promulgation.date ? { promulgatedOn: listedText(message.promulgation.date.raw) } : {}),
    // Some write the number of pages instead of 1: anything but 0 says that paper follows.
    ...(/^\d+$/.test(message.business.paper) ? { paper: Number(message.business.paper) > 0 } : {}),
  };
}
