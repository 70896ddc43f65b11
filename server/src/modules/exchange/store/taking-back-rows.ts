/** Originals among what a sender sent, and the copies that their recipients hold. As the role `lt_ingest`. */
import type { Transaction } from '#foundation/db';
import type { DeliveryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import type { DeliveryState } from '../delivery.ts';
import type { CopyClaim, TakenBackCopy, TakingBack, TakingBackAct } from '../taking-back.ts';

export interface OriginalQuestion {
  readonly senderId: OrganisationId;
  readonly documentId: string;
}

/** For each question, in order, the document id that its thread goes by; undefined where the sender sent no such document. */
export async function findThreads(
  tx: Transaction,
  questions: readonly OriginalQuestion[],
): Promise<(string | undefined)[]> {
  const rows = await tx.prepared<{ asked: number; thread: string }>(
    'find-threads',
    `select asked, original.thread
     from unnest($1::uuid[], $2::text[]) with ordinality as question (sender_id, document_id, asked)
     cross join lateral (
       select coalesce(about_document_id, document_id) as thread
       from (
         select document_id, about_document_id, accepted_at
         from exchange.envelope
         where organisation_id = question.sender_id
           and document_id = question.document_id
           and kind = 'document' and business_type = 0 and supplement = 0
         union all
         select document_id, about_document_id, accepted_at
         from exchange.envelope
         where organisation_id = question.sender_id
           and document_id = question.document_id
           and business_type in (1, 2, 3)
       ) as named
       order by accepted_at
       limit 1
     ) as original`,
    [questions.map(({ senderId }) => senderId), questions.map(({ documentId }) => documentId)],
  );
  const threads = new Map(rows.map(({ asked, thread }) => [asked - 1, thread]));
  return questions.map((_, index) => threads.get(index));
}

export interface LockedCopy extends TakenBackCopy {
  readonly organisationId: OrganisationId;
  readonly id: DeliveryId;
  readonly acceptedAt: Temporal.Instant;
  readonly packageDigest: Buffer;
}

/** For each claim, in order, the copies that it is about, locked until the end of the transaction. */
export async function lockCopies(
  tx: Transaction,
  claims: readonly (CopyClaim & { readonly senderId: OrganisationId })[],
): Promise<LockedCopy[][]> {
  const copies: LockedCopy[][] = claims.map(() => []);
  if (claims.length === 0) return copies;
  const rows = await tx.prepared<{
    asked: number;
    organisation_id: OrganisationId;
    id: DeliveryId;
    state: DeliveryState;
    accepted_at: Temporal.Instant;
    fetched_at: Temporal.Instant | null;
    taking_back: TakingBack | null;
    package_digest: Buffer;
  }>(
    'lock-copies',
    `select asked, organisation_id, id, state, accepted_at, fetched_at, taking_back, package_digest
     from exchange.lock_copies($1, $2, $3)`,
    [
      claims.map(({ senderId }) => senderId),
      claims.map(({ documentId }) => documentId),
      claims.map(({ recipientId }) => recipientId),
    ],
  );
  for (const row of rows) {
    copies[row.asked - 1]!.push({
      organisationId: row.organisation_id,
      id: row.id,
      state: row.state,
      acceptedAt: row.accepted_at,
      fetchedAt: row.fetched_at,
      takingBack: row.taking_back,
      packageDigest: row.package_digest,
    });
  }
  return copies;
}

export interface CopyChange {
  readonly copy: LockedCopy;
  readonly act: TakingBackAct;
  readonly outcome: 'unseen' | 'asked';
  /** The message that takes back: an envelope of the copy's sender. */
  readonly envelopeId: EnvelopeId;
}

export async function takeBackCopies(tx: Transaction, changes: readonly CopyChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.prepared('take-back-copies', 'select exchange.take_back_copies($1, $2, $3, $4, $5, $6)', [
    changes.map(({ copy }) => copy.organisationId),
    changes.map(({ copy }) => copy.id),
    changes.map(({ outcome }) => outcome),
    changes.map(({ act }) => act),
    changes.map(({ envelopeId }) => envelopeId),
    tx.now.toString(),
  ]);
}
