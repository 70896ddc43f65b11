/**
 * The axis' own status 02 to the sender for recipients that could not be reached: the law lets no refusal pass unsaid
 * (Decision 28/2018 Art. 5.4), and the sender's system looks into its ordinary mailbox. One for each, up to a bound; a
 * list with thousands of wrong codes gets one that says so.
 */
import { createHash } from 'node:crypto';
import { axisOrganisation } from '#directory';
import type { OrganisationName } from '#directory';
import type { Transaction } from '#foundation/db';
import { prepareEntry } from '#foundation/evidence';
import type { Json } from '#foundation/evidence';
import { newId } from '#foundation/ids';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { statusNames } from './business-status.ts';
import { digestOfList, digestText } from './compose-acceptance.ts';
import type { AcceptedDecision, WrittenMessage } from './compose-acceptance.ts';
import type { ReturnedDocument } from './store/returned-document.ts';
import { writeStatus } from './edxml/index.ts';
import type { Envelope, RefusedRecipient } from './envelope.ts';

const maxNotices = 50;
const maxListedCodes = 50;

export interface RefusedRecipients {
  readonly accepted: AcceptedDecision;
  readonly refused: readonly RefusedRecipient[];
}

export async function composeNotices(
  platform: Platform,
  tx: Transaction,
  { accepted, refused }: RefusedRecipients,
): Promise<WrittenMessage[]> {
  if (refused.length === 0) return [];
  const axis = await axisOrganisation(tx);
  const groups = refused.length > maxNotices ? [refused] : refused.map((recipient) => [recipient]);
  return Promise.all(
    groups.map((group) => composeNotice(platform, tx.now, { accepted, refused: group, axis })),
  );
}

async function composeNotice(
  platform: Platform,
  at: Temporal.Instant,
  { accepted, refused, axis }: RefusedRecipients & { readonly axis: OrganisationName },
): Promise<WrittenMessage> {
  const { message } = accepted.arrival;
  return writeNotice(platform, at, {
    axis,
    kind: 'exchange.refused_recipient',
    text: textOf(refused),
    claims: { refused: { count: refused.length, digest: digestText(digestOfList(refused)) } },
    documentId: message.documentId,
    code: `${message.code.number}/${message.code.notation}`,
    promulgationDate: message.promulgation.date?.raw ?? '',
    priority: message.priority,
    to: { code: message.from.organId, name: accepted.sender.name, id: accepted.sender.organisationId },
  });
}

/** That nobody collected a copy in time, to the sender of its document. */
export async function composeReturnNotice(
  platform: Platform,
  at: Temporal.Instant,
  { axis, document }: { readonly axis: OrganisationName; readonly document: ReturnedDocument },
): Promise<WrittenMessage> {
  const { header, fromCode, toCode } = document;
  return writeNotice(platform, at, {
    axis,
    kind: 'exchange.return_told',
    text: `${toCode} chưa lấy văn bản về trong thời hạn; trục báo trả lại. Nơi nhận vẫn có thể lấy sau.`,
    claims: { returned: toCode },
    documentId: document.documentId,
    code: `${header.number ?? ''}/${header.notation ?? ''}`,
    promulgationDate: header.promulgatedOn ?? '',
    priority: document.priority,
    to: { code: fromCode, name: fromCode, id: document.senderId },
  });
}

interface Notice {
  readonly axis: OrganisationName;
  readonly kind: 'exchange.refused_recipient' | 'exchange.return_told';
  readonly text: string;
  readonly claims: { readonly [name: string]: Json };
  readonly documentId: string;
  readonly code: string;
  readonly promulgationDate: string;
  readonly priority: number;
  readonly to: { readonly code: string; readonly name: string; readonly id: OrganisationId };
}

async function writeNotice(
  platform: Platform,
  at: Temporal.Instant,
  { axis, kind, text, claims, documentId, code, promulgationDate, priority, to }: Notice,
): Promise<WrittenMessage> {
  const blob = await store(
    platform,
    writeStatus({
      from: { organId: axis.code, organName: axis.name },
      responseFor: { organId: to.code, code, promulgationDate, documentId },
      statusCode: '02',
      description: text,
      timestamp: at,
    }),
  );
  const id = newId<'envelope'>();
  const entry = prepareEntry(
    {
      kind,
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: id,
      actor: { method: 'axis' },
      claims: {
        message: 'status',
        status: '02',
        document: documentId,
        package: digestText(blob.digest),
        ...claims,
      },
      detail: { text },
    },
    { at, signer: platform.receipts },
  );
  // Nobody sends a notice again, so nothing but itself has its content.
  const contentDigest = createHash('sha256').update(`notice ${id}`).digest();
  const envelope: Envelope = {
    organisationId: axis.organisationId,
    id,
    kind: 'status',
    systemId: null,
    fromCode: axis.code,
    documentId,
    businessType: null,
    aboutDocumentId: null,
    origin: null,
    contentDigest,
    supplement: 0,
    recipientsDigest: contentDigest,
    header: { statusCode: '02', statusText: statusNames['02'], subject: text },
    warnings: [],
    priority,
    package: { ...blob, junkBytes: 0 },
    acceptedAt: at,
    entryId: entry.id,
    recipients: [
      {
        ordinal: 0,
        toCode: to.code,
        toName: to.name,
        state: 'waiting',
        organisationId: to.id,
        deliveryId: newId<'delivery'>(),
      },
    ],
  };
  return { envelope, blob, entry };
}

function textOf(refused: readonly RefusedRecipient[]): string {
  const [only, ...others] = refused;
  if (only && others.length === 0) return `Trục không chuyển được đến ${only.toCode}: ${reasonOf(only)}`;
  const codes = refused.slice(0, maxListedCodes).map(({ toCode }) => toCode);
  const rest = refused.length > codes.length ? '; xem đủ trong danh sách văn bản đã gửi' : '';
  return `Trục không chuyển được đến ${refused.length} nơi nhận: ${codes.join(', ')}${rest}`;
}

function reasonOf({ refusalCode, successor }: RefusedRecipient): string {
  if (refusalCode === 'exchange.recipient_ended') {
    return `cơ quan đã kết thúc hoạt động, cơ quan kế thừa ${successor ?? '–'}`;
  }
  return 'mã không có trong danh mục';
}

async function store(platform: Platform, bytes: Buffer): Promise<WrittenMessage['blob']> {
  const writer = platform.blobs.create();
  await writer.write(bytes);
  return writer.finish();
}
