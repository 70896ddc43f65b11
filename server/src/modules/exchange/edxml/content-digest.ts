import { hash } from 'node:crypto';
import type { Attachment, DocumentMessage } from './message.ts';

/** A part of a document's content by the name of its element, with a short digest to compare it by. */
export interface ContentField {
  readonly field: string;
  readonly digest: string;
}

/**
 * What makes two packages the same document: the header without its recipients, its way (trace, times) and its
 * signature block, and the files by name and content. A rebuilt retry has new times, new ids of attachments and new
 * ZIP archives around the same files, and the same digest.
 */
export function contentDigest(message: DocumentMessage): Buffer {
  const canonical = contentOf(message).map(([field, value]) => `${field} ${JSON.stringify(value)}\n`);
  return hash('sha256', canonical.join(''), 'buffer');
}

/** The content part by part, kept small, so that a later package can be told which part of it differs. */
export function contentFields(message: DocumentMessage): ContentField[] {
  return contentOf(message).map(([field, value]) => ({
    field,
    digest: hash('sha256', JSON.stringify(value), 'buffer').toString('base64url', 0, 8),
  }));
}

/** The first part that is not the same in both; undefined where all are. */
export function differingField(a: readonly ContentField[], b: readonly ContentField[]): string | undefined {
  const digests = new Map(b.map(({ field, digest }) => [field, digest]));
  const differing = a.find(({ field, digest }) => digests.get(field) !== digest);
  return differing?.field ?? b.find(({ field }) => !a.some((other) => other.field === field))?.field;
}

/** In the order of MessageHeader; the order is part of the digest, so what is added goes to the end. */
function contentOf(message: DocumentMessage): [field: string, value: unknown][] {
  return [
    ['DocumentId', message.documentId],
    ['Code', [message.code.number, message.code.notation]],
    ['Subject', message.subject],
    ['From', Object.values(message.from)],
    ['PromulgationInfo', [message.promulgation.place, message.promulgation.date?.raw ?? '']],
    ['DocumentType', Object.values(message.type)],
    ['Content', message.content],
    ['SignerInfo', Object.values(message.signer)],
    ['DueDate', message.dueOn?.raw ?? ''],
    ['OtherInfo', [message.priority, ...Object.values(message.otherInfo)]],
    [
      'ResponseFor',
      message.responseFor.map(({ organId, code, promulgationDate, documentId }) => [
        organId,
        code,
        promulgationDate?.raw ?? '',
        documentId,
      ]),
    ],
    ['SteeringType', message.steeringType],
    ['ResponseForTask', message.taskCodes],
    ['ApplicationType', message.applicationType],
    ['ToPlaces', message.toPlaces],
    // Who sends it is not what it says: a retry by another clerk is the same document.
    ['Bussiness', { ...message.business, staff: undefined }],
    ['Attachment', message.attachments.map(fileOf).sort(byText)],
  ];
}

function fileOf({ name, digest, unwrapped }: Attachment): string {
  return `${(unwrapped?.digest ?? digest).toString('hex')} ${name}`;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
