/**
 * Erases what the axis knows of a document beside its evidence: the details of its entries, what the rows of sender and
 * recipients tell of it, and where asked the content itself. Called by an operator, who names the legal basis. The
 * history stays, with an entry for each detail that went; every receipt and proof still verifies.
 */
import { resolveCodes } from '#directory';
import { inTransaction } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import {
  canBeErased,
  eraseDetail,
  prepareEntry,
  insertEntries,
  readEntries,
  readEntry,
} from '#foundation/evidence';
import type { Actor, Erasure, StoredEntry } from '#foundation/evidence';
import { isId } from '#foundation/ids';
import type { EnvelopeId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { digestText } from './compose-acceptance.ts';
import { refuse } from './refusals.ts';
import { eraseRows } from './store/erasure.ts';
import type { ErasedRows } from './store/erasure.ts';

export interface ErasureRequest {
  /** Code of the organisation that sent it. */
  readonly organisation: string;
  readonly envelope: string;
  readonly legalBasis: string;
  readonly destroysContent: boolean;
}

export interface ErasureReport {
  /** Details that went now; none where they had gone before. */
  readonly erasedDetails: number;
  readonly isContentDestroyed: boolean;
}

const destroyedKind = 'exchange.content_destroyed';

export async function eraseDetails(
  platform: Platform,
  request: ErasureRequest,
  by: Actor,
): Promise<ErasureReport> {
  const { database, blobs } = platform;
  const { envelope: id, organisation: code, legalBasis } = request;
  const unknown = refuse('envelope_unknown', { id: id.slice(0, 64) });
  const known = await inTransaction(database.app, {}, (tx) => resolveCodes(tx, [code]));
  const sender = known.get(code);
  if (!sender || !isEnvelopeId(id)) throw unknown;

  const { organisationId } = sender;
  const erasure: Erasure = { organisation: { id: organisationId, code: sender.code }, legalBasis, by };
  const { rows, report } = await inTransaction(
    database.app,
    { organisations: [organisationId] },
    async (tx) => {
      const asked = { organisationId, envelopeId: id, withContent: request.destroysContent };
      const erased = await eraseRows(tx, asked);
      if (!erased) throw unknown;
      const entries = (await readHistory(tx, id, { erasure, rows: erased })).filter(
        // A legal basis stays, also that of a destruction.
        (entry) => canBeErased(entry) && entry.kind !== destroyedKind,
      );
      for (const entry of entries) await eraseDetail(tx, platform.receipts, { ...erasure, entry });
      const isContentDestroyed = request.destroysContent && erased.wasContentThere;
      if (isContentDestroyed) await recordDestruction(platform, tx, id, { erasure, rows: erased });
      return { rows: erased, report: { erasedDetails: entries.length, isContentDestroyed } };
    },
  );
  // Without its key the ciphertext opens no more, whatever becomes of this.
  if (report.isContentDestroyed) await blobs.drop(rows.packageId);
  return report;
}

/** What the envelope's own organisation recorded of it; the entry of a status belongs to the copy that it is about. */
async function readHistory(
  tx: Transaction,
  envelopeId: EnvelopeId,
  { erasure, rows }: { readonly erasure: Erasure; readonly rows: ErasedRows },
): Promise<StoredEntry[]> {
  const organisationId = erasure.organisation.id;
  const entries = await readEntries(tx, { organisationId, subjectId: envelopeId });
  if (entries.some((entry) => entry.id === rows.entryId)) return entries;
  const first = await readEntry(tx, { organisationId, id: rows.entryId });
  return first ? [first, ...entries] : entries;
}

async function recordDestruction(
  platform: Platform,
  tx: Transaction,
  subjectId: EnvelopeId,
  { erasure, rows }: { readonly erasure: Erasure; readonly rows: ErasedRows },
): Promise<void> {
  const entry = prepareEntry(
    {
      kind: destroyedKind,
      organisation: erasure.organisation,
      subjectId,
      actor: erasure.by,
      claims: { package: digestText(rows.packageDigest), reason: 'erasure' },
      detail: { legalBasis: erasure.legalBasis },
    },
    { at: tx.now, signer: platform.receipts },
  );
  await insertEntries(tx, [entry]);
}

function isEnvelopeId(text: string): text is EnvelopeId {
  return isId(text);
}
