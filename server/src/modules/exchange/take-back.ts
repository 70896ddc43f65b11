/**
 * Lấy lại: the sender asks for one receiver's copy of a document back (status 13), because it was sent by mistake. What
 * was not fetched yet is withdrawn in this moment and its receiver never hears of it; anybody else is asked.
 */
import { insertBlobRows } from '#foundation/blob';
import type { Transaction } from '#foundation/db';
import { insertEntries, receiptOf } from '#foundation/evidence';
import { assert } from '#foundation/refusal';
import { actorOf } from './caller.ts';
import { composeReport, digestOfReport } from './compose-report.ts';
import type { StatusWriting } from './compose-report.ts';
import type { Exchange } from './exchange.ts';
import { composeCopyEntries } from './follow-up.ts';
import { refuse } from './refusals.ts';
import type { WrittenStatus } from './report-status.ts';
import { insertEnvelopes, insertRecipients } from './store/acceptance-rows.ts';
import { findStatusEnvelope } from './store/status-rows.ts';
import { findThreads, lockCopies, takeBackCopies } from './store/taking-back-rows.ts';
import type { LockedCopy } from './store/taking-back-rows.ts';
import { outcomeOf } from './taking-back.ts';

/** In a transaction of the role that writes for both sides. */
export async function takeBack(
  exchange: Exchange,
  tx: Transaction,
  writing: StatusWriting,
): Promise<WrittenStatus> {
  const { message, sender, target } = writing;
  const { documentId } = message.responseFor;
  const { organisationId } = sender;
  const copies = await lockCopiesOf(tx, writing);
  const repeated = await findStatusEnvelope(tx, { organisationId, contentDigest: digestOfReport(writing) });
  if (repeated) return { envelopeId: repeated };
  // A second click asks nothing new of a holder who is being asked.
  const open = copies.filter((copy) => copy.takingBack !== 'asked' && outcomeOf(copy) !== 'nothing');
  if (open.length === 0) {
    const recipientId = target.organisationId;
    const same = await findStatusEnvelope(tx, { organisationId, documentId, recipientId, statusCode: '13' });
    if (same) return { envelopeId: same };
  }
  const decided = copies.flatMap((copy) => {
    const outcome = outcomeOf(copy);
    return outcome === 'nothing' ? [] : [{ copy, act: 'take_back' as const, outcome }];
  });
  if (decided.length === 0) {
    throw refuse('already_taken_back', { documentId, organisation: target.code });
  }

  const { receipts } = exchange.platform;
  const isUnseen = decided.every(({ outcome }) => outcome === 'unseen');
  const { envelope, entry } = composeReport(writing, { isUnseen, at: tx.now, signer: receipts });
  const inserted = await insertEnvelopes(tx, [envelope]);
  assert(inserted.has(envelope.id), 'requests about locked copies come one after the other');
  const changes = decided.map((change) => ({ ...change, envelopeId: envelope.id }));
  await takeBackCopies(tx, changes);
  await insertRecipients(tx, [envelope]);
  await insertBlobRows(tx, [writing.blob]);
  const codeOf = () => target.code;
  const actor = actorOf(writing.caller);
  const entries = composeCopyEntries(changes, { actor, codeOf, at: tx.now, signer: receipts });
  await insertEntries(tx, [entry, ...entries]);
  return { envelopeId: envelope.id, receipt: receiptOf(entry) };
}

async function lockCopiesOf(
  tx: Transaction,
  { message, sender, target }: StatusWriting,
): Promise<LockedCopy[]> {
  const { documentId } = message.responseFor;
  const senderId = sender.organisationId;
  const [thread] = await findThreads(tx, [{ senderId, documentId }]);
  const claim = { senderId, recipientId: target.organisationId, act: 'take_back' as const };
  const [copies = []] = thread === undefined ? [] : await lockCopies(tx, [{ ...claim, documentId: thread }]);
  if (copies.length > 0) return copies;
  throw refuse('original_unknown', { documentId, from: sender.code, organisation: sender.code });
}
