/** What became of what was sent: a row for each recipient, refused ones too. */
import { formatVietnamTime } from '#foundation/clock';
import { assertNever } from '#foundation/refusal';
import type { SentRecipient } from '../../envelope.ts';
import { okAnswer } from '../answer.ts';
import type { Answer, Call } from '../call.ts';
import { readMessageKind } from '../parameters.ts';
import { transportStatus } from '../../wire/transport-words.ts';
import type { TransportStatus } from '../../wire/transport-words.ts';
import { messageTypeOf } from '../../wire/message-type.ts';

/** A `docId` that this system did not send is left over from a fetch: the exchange ignores it. */
export async function getSentEdocList({ axis, caller, parameters }: Call): Promise<Answer> {
  const envelopeId = parameters.get('docid')?.trim();
  const sent = await axis.listSent(caller, {
    kind: readMessageKind(parameters),
    ...(envelopeId && { envelopeId }),
  });
  return { json: okAnswer({ data: sent.map(presentSent) }) };
}

function presentSent(recipient: SentRecipient) {
  const send = sendStatus(recipient);
  const receive = receiveStatus(recipient);
  return {
    serviceType: 'eDoc',
    messageType: messageTypeOf(recipient.kind),
    senderDocId: recipient.envelopeId,
    receiverDocId: recipient.deliveryId ?? '',
    fromCode: recipient.fromCode,
    toCode: recipient.toCode,
    title: recipient.subject ?? '',
    notation: [recipient.number, recipient.notation].filter(Boolean).join('/'),
    // What its sender needs to take it back.
    documentId: recipient.documentId,
    promulgationDate: recipient.promulgatedOn ?? '',
    sentTime: formatVietnamTime(recipient.acceptedAt),
    receivedTime: formatTime(recipient.fetchedAt),
    sendStatus: send.word,
    sendStatusDesc: send.description,
    receiveStatus: receive.word,
    receiveStatusDesc: receive.description,
    // Beside what the SDK reads: the last status that the receiver sent (01 to 06, 13, 15, 16).
    businessStatus: recipient.businessStatus ?? '',
    businessStatusDesc: recipient.businessStatusText ?? '',
    businessStatusTime: formatTime(recipient.businessStatusAt),
    // When the sender was last told that the receiver does not collect it.
    overdueTime: formatTime(recipient.overdueAt),
    takingBack: recipient.takingBack?.outcome ?? '',
    takingBackDesc: recipient.takingBack ? takingBackText(recipient.takingBack) : '',
    takingBackTime: formatTime(recipient.takingBack?.at ?? null),
  };
}

function takingBackText({ act, outcome }: NonNullable<SentRecipient['takingBack']>): string {
  return `${takingBackActs[act]}: ${takingBackOutcomes[outcome]}`;
}

const takingBackActs = {
  take_back: 'Lấy lại',
  recall: 'Thu hồi',
  update: 'Cập nhật',
  replace: 'Thay thế',
} as const;

const takingBackOutcomes = {
  unseen: 'xong, bên nhận chưa lấy về',
  asked: 'đang chờ bên nhận trả lời',
  agreed: 'bên nhận đồng ý',
  declined: 'bên nhận từ chối',
} as const;

/** The axis' half of the way: everything listed was accepted, so it failed only for recipients that were refused. */
function sendStatus(recipient: SentRecipient): TransportStatus {
  switch (recipient.state) {
    case 'refused':
      return { word: 'FAIL', description: refusalText(recipient) };
    case 'waiting':
    case 'sending':
    case 'parked':
    case 'fetched':
    case 'done':
    case 'failed':
    case 'returned':
    case 'recalled':
      return { word: 'DONE', description: 'Trục đã nhận để chuyển' };
    default:
      return assertNever(recipient.state);
  }
}

/** The receiver's half. */
function receiveStatus(recipient: SentRecipient): TransportStatus {
  if (recipient.state === 'refused') return { word: 'FAIL', description: refusalText(recipient) };
  return transportStatus(recipient.state);
}

function refusalText({ refusal }: SentRecipient): string {
  return refusal ? `${refusal.code}: ${refusal.sentence}` : '';
}

function formatTime(at: Temporal.Instant | null): string {
  return at === null ? '' : formatVietnamTime(at);
}
