/**
 * The holder of a copy answers a request to give it back: 15 agrees, 16 declines. Only while a request is open. With the
 * agreement, content and description leave use here, and the register keeps its line; what an outside system destroys is
 * its own word, which this records.
 */
import { insertBlobRows } from '#foundation/blob';
import type { Transaction } from '#foundation/db';
import { insertEntries, prepareEntry, receiptOf } from '#foundation/evidence';
import { assert } from '#foundation/refusal';
import type { AnswerStatus } from './business-status.ts';
import { actorOf } from './caller.ts';
import { composeReport, digestOfReport } from './compose-report.ts';
import type { StatusWriting } from './compose-report.ts';
import type { Exchange } from './exchange.ts';
import { refuse } from './refusals.ts';
import type { WrittenStatus } from './report-status.ts';
import { insertEnvelopes } from './store/acceptance-rows.ts';
import { answerCopy, giveBack, lockAskedCopies } from './store/answered-copies.ts';
import type { AskedCopy } from './store/answered-copies.ts';
import { lockAnsweredDelivery, tellSender } from './store/delivery-rows.ts';
import { deliverStatus, findStatusEnvelope, insertStatusRecipient } from './store/status-rows.ts';
import { emptiesCopy, refuseBareDecline } from './taking-back.ts';

export async function answerTakingBack(
  exchange: Exchange,
  tx: Transaction,
  answer: StatusWriting & { readonly code: AnswerStatus },
): Promise<WrittenStatus> {
  const { message, sender, target, code } = answer;
  const { documentId } = message.responseFor;
  const { organisationId } = sender;
  const copies = await lockAskedCopies(tx, { organisationId, senderId: target.organisationId, documentId });
  const repeated = await findStatusEnvelope(tx, { organisationId, contentDigest: digestOfReport(answer) });
  if (repeated) return { envelopeId: repeated };
  const [first, ...others] = copies;
  if (!first) return repeatOrRefuse(tx, answer);
  for (const { act } of copies) refuseBareDecline(act, code, message.description);

  const { receipts } = exchange.platform;
  const { envelope, entry } = composeReport(answer, { subjectId: first.id, at: tx.now, signer: receipts });
  const inserted = await insertEnvelopes(tx, [envelope]);
  assert(inserted.has(envelope.id), 'answers about a locked copy come one after the other');
  await insertStatusRecipient(tx, envelope);
  await insertBlobRows(tx, [answer.blob]);
  await deliverStatus(tx, envelope);
  for (const copy of copies) await settle(tx, copy, code);
  const entries = others.map((copy) =>
    prepareEntry(
      {
        kind: 'exchange.recall_answered',
        organisation: { id: organisationId, code: sender.code },
        subjectId: copy.id,
        actor: actorOf(answer.caller),
        claims: { status: code, envelope: envelope.id },
      },
      { at: tx.now, signer: receipts },
    ),
  );
  await insertEntries(tx, [entry, ...entries]);
  return { envelopeId: envelope.id, receipt: receiptOf(entry) };
}

async function settle(tx: Transaction, copy: AskedCopy, code: AnswerStatus): Promise<void> {
  await answerCopy(tx, copy, code === '15' ? 'agreed' : 'declined');
  if (code === '15' && emptiesCopy(copy.act)) await giveBack(tx, copy);
  await tellSender(tx, copy);
}

/** The second click, with another time in it: the same answer to the same request is the same fact. */
async function repeatOrRefuse(
  tx: Transaction,
  { message, sender, target, code }: StatusWriting & { readonly code: AnswerStatus },
): Promise<WrittenStatus> {
  const { documentId } = message.responseFor;
  const key = { organisationId: sender.organisationId, documentId };
  const same = await findStatusEnvelope(tx, { ...key, recipientId: target.organisationId, statusCode: code });
  if (same) return { envelopeId: same };
  const held = await lockAnsweredDelivery(tx, { ...key, senderId: target.organisationId });
  if (held) throw refuse('nothing_to_answer', { documentId, code });
  throw refuse('original_unknown', { documentId, from: sender.code, organisation: target.code });
}
