/**
 * Takes back what was sent, by the id of its sending: lấy lại (13) asks each organisation on its own, thu hồi (type 1) is one
 * message to all of them. Both go out through `send` as edXML, so that receivers of any dialect read them.
 */
import { resolveCodes } from '#directory';
import { vietnamDate } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import { Refusal } from '#foundation/refusal';
import type { Caller } from '../caller.ts';
import { readDay, writeDocument } from '../edxml/index.ts';
import type { Exchange } from '../exchange.ts';
import type { Sent } from '../read-sent.ts';
import { refuse as refuseExchange } from '../refusals.ts';
import { send } from '../send-envelope.ts';
import { getEnvelope } from './browse-envelopes.ts';
import type { EnvelopeRow, EnvelopeView } from './browse-envelopes.ts';
import { sendStatusDraft } from './compose-message.ts';
import { refuse } from './refusals.ts';

export interface Recall {
  readonly envelope: string;
  readonly act: 'take_back' | 'recall';
  /** All that the sending reached, where left out. */
  readonly organisations: readonly string[] | undefined;
  readonly reason: string;
}

export interface RecallOutcome {
  /** The messages that went out: one to all, or one to each. */
  readonly sent: readonly (Sent & { readonly organisations: readonly string[] })[];
  /** Organisations that could not be asked, each with why. */
  readonly unasked: readonly { readonly code: string; readonly refusal: Refusal }[];
}

/** Each is a message of its own with a receipt of its own. */
const maxAskedOneByOne = 100;
const maxRecipients = 10_000;

export async function recallEnvelope(
  exchange: Exchange,
  caller: Caller,
  { envelope: id, act, organisations, reason }: Recall,
): Promise<RecallOutcome> {
  const view = await getDocument(exchange, caller, { id, recipientRows: maxRecipients });
  const reached = view.recipients.filter(({ state }) => state !== 'refused').map(({ to_code }) => to_code);
  const codes = [...new Set(organisations ?? reached)];
  if (act === 'take_back') return askEach(exchange, caller, { original: view.envelope, codes, reason });
  const sent = await sendRecall(exchange, caller, { original: view.envelope, codes, reason });
  return { sent: [{ ...sent, organisations: codes }], unasked: [] };
}

/** A document of one's own: a status cannot be taken back. */
export async function getDocument(
  exchange: Exchange,
  caller: Caller,
  asked: { readonly id: string; readonly recipientRows: number },
): Promise<EnvelopeView> {
  const view = await getEnvelope(exchange, caller, asked);
  if (view.envelope.kind !== 'document') throw refuseExchange('envelope_unknown', { id: asked.id });
  return view;
}

interface Asking {
  readonly original: EnvelopeRow;
  readonly codes: readonly string[];
  readonly reason: string;
}

/** One whose copy cannot be taken back does not keep the others from being asked. */
async function askEach(
  exchange: Exchange,
  caller: Caller,
  { original, codes, reason }: Asking,
): Promise<RecallOutcome> {
  if (codes.length > maxAskedOneByOne) throw refuse('take_back_too_many', { limit: maxAskedOneByOne });
  const sent: RecallOutcome['sent'][number][] = [];
  const unasked: { code: string; refusal: Refusal }[] = [];
  for (const organisation of codes) {
    try {
      const document = { organisation, ...namesOf(original) };
      const about = { from: original.from_code, document };
      const asked = await sendStatusDraft(exchange, caller, { code: '13', text: reason, about });
      sent.push({ ...asked, organisations: [organisation] });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      unasked.push({ code: organisation, refusal: error });
    }
  }
  if (sent.length === 0 && unasked[0]) throw unasked[0].refusal;
  return { sent, unasked };
}

async function sendRecall(
  exchange: Exchange,
  caller: Caller,
  { original, codes, reason }: Asking,
): Promise<Sent> {
  const { from_code: from, document_id: documentId, header } = original;
  const names = await inTransaction(exchange.platform.database.app, {}, (tx) =>
    resolveCodes(tx, [from, ...codes]),
  );
  const party = (code: string) => ({ organId: code, organName: names.get(code)?.name ?? code });
  const { number, notation, promulgatedOn } = namesOf(original);
  const body = writeDocument({
    from: party(from),
    to: codes.map(party),
    documentId,
    code: { number, notation },
    promulgation: { on: promulgatedOn ?? vietnamDate(original.accepted_at) },
    type: { type: 2, name: header.typeName ?? '' },
    subject: header.subject ?? '',
    responseFor: [
      {
        organId: from,
        code: `${number}/${notation}`,
        promulgationDate: header.promulgatedOn ?? '',
        documentId,
      },
    ],
    sentAt: Temporal.Now.instant(),
    business: { docType: 1, reason, documentId },
    attachments: [],
  });
  return send(exchange, caller, { kind: 'document', from, sizeBytes: undefined, body });
}

function namesOf({ document_id: documentId, header }: EnvelopeRow) {
  const { number = '', notation = '', promulgatedOn = '' } = header;
  return { documentId, number, notation, promulgatedOn: readDay(promulgatedOn) ?? undefined };
}
