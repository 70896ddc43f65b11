/** What a notice of return says of the document, and whom it goes to. */
import type { Transaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';
import { assert } from '#foundation/refusal';
import type { MessageHeader } from '../envelope.ts';
import type { DeliveryKey } from './delivery-rows.ts';

export interface ReturnedDocument {
  readonly senderId: OrganisationId;
  readonly fromCode: string;
  readonly toCode: string;
  readonly documentId: string;
  readonly header: MessageHeader;
  readonly priority: number;
}

export async function getReturnedDocument(tx: Transaction, key: DeliveryKey): Promise<ReturnedDocument> {
  const [row] = await tx.query<{
    sender_id: OrganisationId;
    from_code: string;
    to_code: string;
    document_id: string;
    header: MessageHeader;
    priority: number;
  }>(
    `select sender_id, from_code, to_code, document_id, header, priority
     from exchange.delivery
     where organisation_id = $1
       and id = $2`,
    [key.organisationId, key.id],
  );
  assert(row, 'the delivery is there');
  return {
    senderId: row.sender_id,
    fromCode: row.from_code,
    toCode: row.to_code,
    documentId: row.document_id,
    header: row.header,
    priority: row.priority,
  };
}
