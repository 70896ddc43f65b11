/**
 * "Gửi thử": the axis itself sends a harmless document to an organisation, on the wish of a system that receives for it, and
 * tells how far it came. It takes the path of all others, so what works with it works. The figures and the duties leave it
 * out (statistics/follow-log.ts): nobody owes an answer to a test.
 */
import { randomUUID } from 'node:crypto';
import { axisOrganisation, resolveCodes } from '#directory';
import type { OrganisationName, ResolvedOrganisation } from '#directory';
import { vietnamDate } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import { changeDelivery } from '../change-delivery.ts';
import type { Caller } from '../caller.ts';
import { composeDocumentId, writeDocument } from '../edxml/index.ts';
import type { Exchange } from '../exchange.ts';
import type { Sent } from '../read-sent.ts';
import { refuse as refuseExchange } from '../refusals.ts';
import { send } from '../send-envelope.ts';
import { lockDelivery } from '../store/delivery-rows.ts';
import { getEnvelope } from './browse-envelopes.ts';
import type { EnvelopeRow, RecipientRow } from './browse-envelopes.ts';
import { listMailbox } from './browse-mailbox.ts';

const subject = 'Văn bản thử kết nối – không xử lý, không vào sổ';
const notation = 'TKN';

export async function sendConnectionTest(
  exchange: Exchange,
  caller: Caller,
  { organisation: code }: { readonly organisation: string },
): Promise<Sent> {
  const { axis, organisation } = await inTransaction(exchange.platform.database.app, {}, async (tx) => ({
    axis: await axisOrganisation(tx),
    organisation: (await resolveCodes(tx, [code])).get(code),
  }));
  if (!organisation || !caller.receivesFor.includes(organisation.organisationId)) {
    throw refuseExchange('not_your_organisation', { code });
  }
  return send(exchange, inNameOf(caller, axis), {
    kind: 'document',
    from: axis.code,
    sizeBytes: undefined,
    body: compose(axis, organisation),
  });
}

export interface ConnectionTest {
  readonly envelope: EnvelopeRow;
  readonly recipient: RecipientRow;
}

/** Only for a system that receives for the tested organisation: for anybody else there is no such test. */
export async function readConnectionTest(
  exchange: Exchange,
  caller: Caller,
  id: string,
): Promise<ConnectionTest> {
  const axis = await inTransaction(exchange.platform.database.app, {}, axisOrganisation);
  const { envelope, recipients } = await getEnvelope(exchange, inNameOf(caller, axis), {
    id,
    recipientRows: 1,
  });
  const [recipient] = recipients;
  if (!recipient || !isTest(envelope) || !(await receivesFor(exchange, caller, recipient.to_code))) {
    throw refuseExchange('envelope_unknown', { id });
  }
  await finishAnswers(exchange, inNameOf(caller, axis));
  return { envelope, recipient };
}

/** The same system, with its quota, for what the axis sends and receives on its wish: never handed out. */
function inNameOf(caller: Caller, { organisationId }: OrganisationName): Caller {
  return { ...caller, speaksFor: [organisationId], receivesFor: [organisationId] };
}

function isTest({ document_id: documentId }: Pick<EnvelopeRow, 'document_id'>): boolean {
  return documentId.endsWith(`/${notation}`);
}

async function receivesFor(exchange: Exchange, caller: Caller, code: string): Promise<boolean> {
  const codes = await inTransaction(exchange.platform.database.app, {}, (tx) => resolveCodes(tx, [code]));
  const organisation = codes.get(code);
  return organisation !== undefined && caller.receivesFor.includes(organisation.organisationId);
}

function compose(axis: OrganisationName, to: ResolvedOrganisation): AsyncIterable<Buffer> {
  const sentAt = Temporal.Now.instant();
  const promulgatedOn = vietnamDate(sentAt);
  // No two tests are the same document, or the second would be a repeat of the first.
  const number = randomUUID();
  return writeDocument({
    from: { organId: axis.code, organName: axis.name },
    to: [{ organId: to.code, organName: to.name }],
    documentId: composeDocumentId({ organId: axis.code, promulgatedOn, number, notation }),
    code: { number, notation },
    promulgation: { on: promulgatedOn },
    type: { type: 2, name: 'Công văn' },
    subject,
    sentAt,
    business: { docType: 0, reason: 'Thử kết nối' },
    attachments: [
      {
        contentId: randomUUID(),
        name: 'thu-ket-noi.txt',
        content: Buffer.from(`${subject}.\n`),
      },
    ],
  });
}

/** As many as a receiver may answer to one test, with room. */
const maxAnswers = 100;

/** Nobody opens the mailbox of the axis: what was answered is in the sender's row, and the messages are done. */
async function finishAnswers(exchange: Exchange, axis: Caller): Promise<void> {
  const { platform } = exchange;
  const { receivesFor: organisations } = axis;
  const waiting = await listMailbox(exchange, axis, {
    kind: 'status',
    after: undefined,
    limitRows: maxAnswers,
  });
  for (const { id, document_id } of waiting) {
    // Answers to earlier tests too: whoever asked for those may never have looked.
    if (!isTest({ document_id })) continue;
    await inTransaction(platform.database.app, { organisations }, async (tx) => {
      const delivery = await lockDelivery(tx, { organisations, id });
      if (delivery?.progress.state !== 'waiting') return;
      await changeDelivery(platform, tx, delivery, { kind: 'exchange.done', actor: { method: 'axis' } });
    });
  }
}
