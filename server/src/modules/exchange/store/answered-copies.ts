/** The copies that an organisation was asked to give back, and its answers. */
import type { Transaction } from '#foundation/db';
import type { DeliveryId, OrganisationId } from '#foundation/ids';
import type { TakingBackAct } from '../taking-back.ts';
import type { DeliveryKey } from './delivery-rows.ts';

export interface AskedCopy extends DeliveryKey {
  readonly act: TakingBackAct;
}

/**
 * The copies with an open request that an answer means, locked, oldest first. An answer names the document, or the message
 * that asked for it back: real receivers do either.
 */
export async function lockAskedCopies(
  tx: Transaction,
  asked: { organisationId: OrganisationId; senderId: OrganisationId; documentId: string },
): Promise<AskedCopy[]> {
  const rows = await tx.prepared<{ id: DeliveryId; taking_back_act: TakingBackAct }>(
    'lock-asked-copies',
    `select id, taking_back_act
     from exchange.delivery copy
     where organisation_id = $1
       and sender_id = $2
       and kind = 'document'
       and taking_back = 'asked'
       and (
         document_id = $3
         or about_document_id = $3
         or taken_back_by in (
           select request.envelope_id
           from exchange.delivery request
           where request.organisation_id = $1
             and request.sender_id = $2
             and request.document_id = $3
         )
       )
     order by id
     for update of copy`,
    [asked.organisationId, asked.senderId, asked.documentId],
  );
  return rows.map(({ id, taking_back_act }) => ({
    organisationId: asked.organisationId,
    id,
    act: taking_back_act,
  }));
}

export async function answerCopy(
  tx: Transaction,
  copy: DeliveryKey,
  answer: 'agreed' | 'declined',
): Promise<void> {
  await tx.prepared(
    'answer-copy',
    `update exchange.delivery
     set taking_back = $3,
       taking_back_at = $4
     where organisation_id = $1
       and id = $2`,
    [copy.organisationId, copy.id, answer, tx.now.toString()],
  );
}

/** Empties a copy whose holder agreed: its content cannot be opened from here any more, its subject is gone. */
export async function giveBack(tx: Transaction, copy: DeliveryKey): Promise<void> {
  await tx.prepared('give-back', 'select exchange.give_back($1, $2, $3)', [
    copy.organisationId,
    copy.id,
    tx.now.toString(),
  ]);
}
