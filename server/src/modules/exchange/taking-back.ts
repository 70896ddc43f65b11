/**
 * Taking back what was sent: lấy lại (status 13, sent by mistake), thu hồi (type 1, the law's recall, Decision 28/2018
 * Art. 8.2 and 9.2, Decree 30/2020 Art. 18.4), an update (type 2) and a replacement (type 3). All four act on the copies
 * of an earlier document: a copy that was never fetched is withdrawn at once, of any other its holder is asked, and
 * answers 15 or 16. Which of the two it is, is decided under the lock of the copy, so that recall and fetch have one order.
 */
import type { OrganisationId } from '#foundation/ids';
import { assertNever } from '#foundation/refusal';
import type { DeliveryState } from './delivery.ts';
import type { Business, DocumentMessage } from './edxml/index.ts';
import { refuse } from './refusals.ts';

export type TakingBackAct = 'take_back' | 'recall' | 'update' | 'replace';

/** unseen: withdrawn before it was fetched · asked: its holder has not answered · agreed (15) · declined (16). */
export type TakingBack = 'unseen' | 'asked' | 'agreed' | 'declined';

export interface TakenBackCopy {
  readonly state: DeliveryState;
  readonly fetchedAt: Temporal.Instant | null;
  readonly takingBack: TakingBack | null;
}

/** What an act does to one copy; "nothing" where it is gone already, or its holder gave it back. */
export function outcomeOf({ state, fetchedAt, takingBack }: TakenBackCopy): 'unseen' | 'asked' | 'nothing' {
  if (state === 'recalled' || takingBack === 'agreed') return 'nothing';
  return fetchedAt === null ? 'unseen' : 'asked';
}

/** Whether the holder's agreement empties the copy. An update leaves what it updates where it is. */
export function emptiesCopy(act: TakingBackAct): boolean {
  return act !== 'update';
}

/** 16 to a thu hồi is for technical reasons only (Decree 30/2020 Art. 18.4.b: the receiver cancels), so it must say which. */
export function refuseBareDecline(act: TakingBackAct, status: '15' | '16', text: string): void {
  if (act === 'recall' && status === '16' && text.trim() === '') throw refuse('decline_without_reason');
}

/** How a message of type 1, 2 or 3 says which documents it is about: the first choice that resolves counts. */
export function originalChoices({ business, responseFor, documentId }: DocumentMessage): string[][] {
  return [
    business.docType === 3 ? business.replacements.map((replacement) => replacement.documentId) : [],
    responseFor.map((answered) => answered.documentId),
    [business.documentId],
    [documentId],
  ]
    .map((choice) => [...new Set(choice.filter((id) => id !== ''))])
    .filter((choice) => choice.length > 0);
}

/** Everybody whom the message reaches or takes a copy from: its To, and for an update who was added and removed. */
export function addressesOf(message: DocumentMessage): { code: string; name: string }[] {
  const to = message.to.map(({ organId, organName }) => ({ code: organId, name: organName }));
  const named = new Set(to.map(({ code }) => code));
  const changed = message.business.receivers
    .filter(({ organId, change }) => change !== null && !named.has(organId))
    .map(({ organId }) => ({ code: organId, name: '' }));
  return [...to, ...changed];
}

export interface CopyClaim {
  readonly recipientId: OrganisationId;
  readonly documentId: string;
  readonly act: TakingBackAct;
}

/** Whose copies of which documents an act takes back. */
export function claimsOf(
  business: Business,
  {
    recipients,
    documentIds,
    organisationOf,
  }: {
    /** Of the message itself. */
    readonly recipients: readonly { readonly organisationId: OrganisationId }[];
    /** The documents that it is about, each by the id that its thread goes by, under the id that was named. */
    readonly documentIds: ReadonlyMap<string, string>;
    readonly organisationOf: (code: string) => OrganisationId | undefined;
  },
): CopyClaim[] {
  const removed = removedFrom(business, organisationOf);
  const documents = [...new Set(documentIds.values())];
  const reached = new Set(recipients.map(({ organisationId }) => organisationId));
  const ofEach = (act: (recipientId: OrganisationId) => TakingBackAct): CopyClaim[] =>
    [...reached].flatMap((recipientId) =>
      documents.map((documentId) => ({ recipientId, documentId, act: act(recipientId) })),
    );
  switch (business.docType) {
    case 0:
      return [];
    case 1:
      return ofEach(() => 'recall');
    case 2:
      return ofEach((recipientId) => (removed.has(recipientId) ? 'recall' : 'update'));
    case 3:
      return [...documentIds].flatMap(([named, documentId]) => {
        const holders = holdersOf(business, named, organisationOf) ?? [...reached];
        return holders.map((recipientId) => ({ recipientId, documentId, act: 'replace' }) as const);
      });
    default:
      return assertNever(business.docType);
  }
}

/** Whom an update takes off the list of recipients. */
export function removedFrom(
  business: Business,
  organisationOf: (code: string) => OrganisationId | undefined,
): Set<OrganisationId> {
  return new Set(
    business.receivers.flatMap(({ organId, change }) => {
      const organisationId = change === 'removed' ? organisationOf(organId) : undefined;
      return organisationId ? [organisationId] : [];
    }),
  );
}

/** Who had received a replaced document, as the replacement names them; undefined where it names nobody. */
function holdersOf(
  { replacements }: Business,
  documentId: string,
  organisationOf: (code: string) => OrganisationId | undefined,
): OrganisationId[] | undefined {
  const holders = replacements
    .filter((replacement) => replacement.documentId === documentId)
    .flatMap(({ organIds }) => organIds)
    .flatMap((code) => organisationOf(code) ?? []);
  return holders.length > 0 ? holders : undefined;
}
