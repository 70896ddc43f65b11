import { node, type XmlNode } from './write-xml.ts';
import { writeZip } from './write-zip.ts';
import { extensionOf } from './zip-entry.ts';

export interface OutgoingAttachment {
  /** Joins reference and attachment; a uuid, without `cid:`. */
  readonly contentId: string;
  readonly name: string;
  readonly description?: string;
  readonly content: Buffer | AsyncIterable<Buffer>;
  /** Whether it travels in a ZIP of one entry. By default all but PDFs and archives, as the Java SDK does. */
  readonly isWrapped?: boolean;
}

export interface PackagedAttachment {
  /** In the order of a Reference: ContentId, ContentType, Description, AttachmentName. */
  readonly labels: readonly XmlNode[];
  readonly content: AsyncIterable<Buffer>;
}

/** How an attachment travels: what it is called, and its bytes, wrapped where the Java SDK wraps. */
export function packageAttachment(attachment: OutgoingAttachment): PackagedAttachment {
  const extension = extensionOf(attachment.name);
  const isWrapped = attachment.isWrapped ?? !['pdf', 'zip', 'jar'].includes(extension);
  const content = Buffer.isBuffer(attachment.content) ? once(attachment.content) : attachment.content;
  const contentType =
    isWrapped || extension === 'zip'
      ? 'application/zip'
      : (plainTypes.get(extension) ?? 'application/octet-stream');
  const entryName = extension === '' ? attachment.contentId : `${attachment.contentId}.${extension}`;
  return {
    labels: [
      node('ContentId', `cid:${attachment.contentId}`),
      node('ContentType', contentType),
      node('Description', attachment.description ?? attachment.name),
      node('AttachmentName', attachment.name),
    ],
    content: isWrapped ? writeZip(entryName, content) : content,
  };
}

/** As the Java SDK names them, which is not as the registry does. */
const plainTypes = new Map([
  ['pdf', 'application/pdf'],
  ['doc', 'application/doc'],
  ['docx', 'application/docx'],
]);

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Without line breaks; groups of three bytes are kept together across chunks. */
export async function* encodeBase64(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  for await (const bytes of content) {
    const all = held.length > 0 ? Buffer.concat([held, bytes]) : bytes;
    const whole = all.length - (all.length % 3);
    held = Buffer.from(all.subarray(whole));
    if (whole > 0) yield Buffer.from(all.toString('base64', 0, whole), 'latin1');
  }
  if (held.length > 0) yield Buffer.from(held.toString('base64'), 'latin1');
}
