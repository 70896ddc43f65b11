/**
 * What a message about an earlier document does beside being delivered: which documents it is about, which copies it
 * takes back, and who need not hear of it, since no copy ever reached him.
 */
import type { ResolvedOrganisation } from '#directory';
import type { Transaction } from '#foundation/db';
import { prepareEntry } from '#foundation/evidence';
import type { Actor, Entry, ReceiptSigner } from '#foundation/evidence';
import type { DeliveryId, OrganisationId } from '#foundation/ids';
import { Refusal } from '#foundation/refusal';
import { digestText } from './compose-acceptance.ts';
import type { DocumentMessage } from './edxml/index.ts';
import type { Recipient } from './envelope.ts';
import { refuse } from './refusals.ts';
import { findThreads, lockCopies } from './store/taking-back-rows.ts';
import type { CopyChange, LockedCopy } from './store/taking-back-rows.ts';
import { claimsOf, originalChoices, outcomeOf, removedFrom } from './taking-back.ts';
import type { CopyClaim } from './taking-back.ts';

export interface FollowUp {
  /** The thread that the message belongs to; null where it begins one of its own, as a replacement does. */
  readonly aboutDocumentId: string | null;
  readonly changes: readonly Omit<CopyChange, 'envelopeId'>[];
  /** Recipients to whom a recall is not delivered: they saw nothing that they could cancel. */
  readonly unseenBy: ReadonlySet<OrganisationId>;
}

/** A new document: about nothing, takes nothing back. */
export const noFollowUp: FollowUp = { aboutDocumentId: null, changes: [], unseenBy: new Set() };

export interface FollowingMessage {
  readonly message: DocumentMessage;
  readonly sender: ResolvedOrganisation;
  readonly recipients: readonly Recipient[];
}

/**
 * For each message, in order, what it does, or why it cannot. Locks the copies that it takes back. Undefined for a message
 * about a copy that one before it is about as well: it has to see first what became of that one.
 */
export async function prepareFollowUps(
  tx: Transaction,
  messages: readonly FollowingMessage[],
  directory: ReadonlyMap<string, ResolvedOrganisation>,
): Promise<(FollowUp | Refusal | undefined)[]> {
  const originals = await resolveOriginals(tx, messages);
  const claims = messages.map((following, index) => claimsOfMessage(following, originals[index]!, directory));
  const copies = await lockCopies(
    tx,
    claims.flatMap((own, index) =>
      own.map((claim) => ({ ...claim, senderId: messages[index]!.sender.organisationId })),
    ),
  );
  let first = 0;
  const decided = new Set<DeliveryId>();
  return messages.map((following, index) => {
    const own = claims[index]!;
    const held = copies.slice(first, first + own.length);
    first += own.length;
    const ids = new Set(held.flat().map(({ id }) => id));
    if (!decided.isDisjointFrom(ids)) return undefined;
    for (const id of ids) decided.add(id);
    const documentIds = originals[index]!;
    if (following.message.business.docType === 0) return noFollowUp;
    if (documentIds.size === 0) return refuseUnknownOriginal(following);
    return decideFollowUp(following, { documentIds, claims: own, held, directory });
  });
}

/** By the id that the message names: the thread that this document belongs to. */
type Originals = ReadonlyMap<string, string>;

async function resolveOriginals(
  tx: Transaction,
  messages: readonly FollowingMessage[],
): Promise<Originals[]> {
  const questions = messages.flatMap(({ message, sender }, index) =>
    message.business.docType === 0
      ? []
      : originalChoices(message)
          .flat()
          .map((documentId) => ({ index, documentId, senderId: sender.organisationId })),
  );
  if (questions.length === 0) return messages.map(() => new Map());
  const threads = await findThreads(tx, questions);
  const known = messages.map(() => new Map<string, string>());
  for (const [asked, { index, documentId }] of questions.entries()) {
    const thread = threads[asked];
    if (thread !== undefined) known[index]!.set(documentId, thread);
  }
  return messages.map(({ message }, index) => {
    const threadOf = known[index]!;
    const choice = originalChoices(message).find((ids) => ids.some((id) => threadOf.has(id))) ?? [];
    return new Map(choice.flatMap((id) => (threadOf.has(id) ? [[id, threadOf.get(id)!] as const] : [])));
  });
}

function refuseUnknownOriginal({ message, sender }: FollowingMessage): Refusal {
  const [named = message.documentId] = originalChoices(message).flat();
  return refuse('original_unknown', { documentId: named, from: sender.code, organisation: sender.code });
}

function claimsOfMessage(
  { message, recipients }: FollowingMessage,
  documentIds: Originals,
  directory: ReadonlyMap<string, ResolvedOrganisation>,
): CopyClaim[] {
  return claimsOf(message.business, {
    recipients: recipients.filter((recipient) => recipient.state !== 'refused'),
    documentIds,
    organisationOf: (code) => directory.get(code)?.organisationId,
  });
}

function decideFollowUp(
  { message, recipients }: FollowingMessage,
  given: {
    readonly documentIds: Originals;
    readonly claims: readonly CopyClaim[];
    readonly held: readonly (readonly LockedCopy[])[];
    readonly directory: ReadonlyMap<string, ResolvedOrganisation>;
  },
): FollowUp {
  const { docType } = message.business;
  // A message may name a copy twice, by both codes of its holder or by its document and an update of it.
  const named = new Set<DeliveryId>();
  const changes = given.claims.flatMap(({ act }, index) =>
    given.held[index]!.flatMap((copy) => {
      const outcome = outcomeOf(copy);
      if (outcome === 'nothing' || named.has(copy.id)) return [];
      named.add(copy.id);
      return [{ copy, act, outcome }];
    }),
  );
  const asked = new Set(
    changes.flatMap(({ copy, outcome }) => (outcome === 'asked' ? [copy.organisationId] : [])),
  );
  const removed = removedFrom(message.business, (code) => given.directory.get(code)?.organisationId);
  const unseenBy = recipients.flatMap((recipient) => {
    if (recipient.state === 'refused') return [];
    const { organisationId } = recipient;
    const isRecalled = docType === 1 || removed.has(organisationId);
    return isRecalled && !asked.has(organisationId) ? [organisationId] : [];
  });
  const [thread = null] = given.documentIds.values();
  return {
    // A replacement is a document of its own, unless it keeps the id of what it replaces.
    aboutDocumentId: docType === 3 && !given.documentIds.has(message.documentId) ? null : thread,
    changes,
    unseenBy: new Set(unseenBy),
  };
}

/** Each copy's own history says that it was taken back, by whom, and whether its holder had seen it. */
export function composeCopyEntries(
  changes: readonly CopyChange[],
  given: {
    readonly actor: Actor;
    readonly codeOf: (organisationId: OrganisationId) => string;
    readonly at: Temporal.Instant;
    readonly signer: ReceiptSigner;
  },
): Entry[] {
  return changes.map(({ copy, act, outcome, envelopeId }) =>
    prepareEntry(
      {
        kind: outcome === 'unseen' ? 'exchange.recalled' : 'exchange.recall_asked',
        organisation: { id: copy.organisationId, code: given.codeOf(copy.organisationId) },
        subjectId: copy.id,
        actor: given.actor,
        claims: { act, by: envelopeId, package: digestText(copy.packageDigest) },
      },
      { at: given.at, signer: given.signer },
    ),
  );
}

/** How many copies were withdrawn and how many holders asked: each copy has an entry of its own that says so. */
export function copiesClaim(changes: FollowUp['changes']): { asked: number; unseen: number } {
  const asked = changes.filter(({ outcome }) => outcome === 'asked').length;
  return { asked, unseen: changes.length - asked };
}
