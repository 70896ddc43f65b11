/** An update (type 2) or a replacement (type 3) as a client describes it: by the ids of the sendings that it is about. */
import type { Caller } from '../caller.ts';
import type { OutgoingDocument } from '../edxml/index.ts';
import type { Exchange } from '../exchange.ts';
import { getDocument } from './recall-envelope.ts';

export interface UpdateDraft {
  readonly envelope: string;
  readonly reason: string;
  readonly documentChanged: boolean;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface ReplacementDraft {
  readonly reason: string;
  /** Each with those who had received it; all of the new document's recipients where left out. */
  readonly documents: readonly {
    readonly envelope: string;
    readonly organisations?: readonly string[] | undefined;
  }[];
}

export type OutgoingBusiness = NonNullable<OutgoingDocument['business']>;

export async function businessOfUpdate(
  exchange: Exchange,
  caller: Caller,
  { envelope, reason, documentChanged, added, removed }: UpdateDraft,
): Promise<OutgoingBusiness> {
  return {
    docType: 2,
    reason,
    documentId: await documentIdOf(exchange, caller, envelope),
    documentChanged,
    receivers: [
      ...added.map((organId) => ({ organId, change: 'added' as const })),
      ...removed.map((organId) => ({ organId, change: 'removed' as const })),
    ],
  };
}

export async function businessOfReplacement(
  exchange: Exchange,
  caller: Caller,
  { reason, documents }: ReplacementDraft,
): Promise<OutgoingBusiness> {
  const replacements = await Promise.all(
    documents.map(async ({ envelope, organisations = [] }) => ({
      documentId: await documentIdOf(exchange, caller, envelope),
      organIds: organisations,
    })),
  );
  return { docType: 3, reason, replacements };
}

async function documentIdOf(exchange: Exchange, caller: Caller, id: string): Promise<string> {
  const { envelope } = await getDocument(exchange, caller, { id, recipientRows: 0 });
  return envelope.document_id;
}
