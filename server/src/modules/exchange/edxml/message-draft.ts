import type { BodyContent } from './attachment-body.ts';
import { HeaderGroup } from './header-group.ts';
import { minBombsBytes, maxInflationRatio, maxUnwrappedBytes } from './limits.ts';
import type { Attachment, EdxmlMessage, UnwrappedFile } from './message.ts';
import type { Prologue } from './prologue.ts';
import { type MessageHeader, readHeader } from './read-header.ts';
import { refuse } from './refusals.ts';
import { sniffType } from './sniff-type.ts';
import { Warnings } from './warnings.ts';
import { isWrapping, type Labels } from './wrapping.ts';
import { childrenNamed, qcvnNamespace, type XmlElement } from './xml-element.ts';

export interface LocatedBody extends BodyContent {
  readonly offset: number;
  readonly length: number;
}

interface Reference {
  readonly contentId: string;
  readonly contentType: string;
  readonly name: string;
  readonly description: string;
}

/** The message while its parts come in, in whatever order the writer put them; a fault is told at the first part. */
export class MessageDraft {
  readonly #warnings = new Warnings();
  readonly #bodies = new Map<XmlElement, LocatedBody>();
  #references: Reference[] = [];
  #header: MessageHeader | undefined;
  readonly #attachments: XmlElement[] = [];
  readonly #closed = new Set<string>();
  /** Of all attachments: as received, and what opening their ZIPs gave. */
  #sizeBytes = 0;
  #inflatedBytes = 0;

  get header(): MessageHeader | undefined {
    return this.#header;
  }

  get bodyCount(): number {
    return this.#bodies.size;
  }

  setRoot({ name, namespace }: { name: string; namespace: string }): void {
    if (name === 'Envelope' && soapNamespaces.has(namespace)) throw refuse('soap_dialect');
    if (name !== 'edXML' || namespace === wrongNamespace) {
      throw refuse('root_unknown', { root: name.slice(0, 100), namespace: namespace.slice(0, 200) });
    }
    if (namespace !== qcvnNamespace) this.#warnings.add('namespace_unknown', 'edXML', namespace);
  }

  close(element: XmlElement, parent: XmlElement | undefined): void {
    if (parent === undefined || singleIn.get(element.name) !== parent.name) {
      if (element.name === 'Attachment' && parent?.name === 'AttachmentEncoded')
        this.#attachments.push(element);
      return;
    }
    if (this.#closed.has(element.name)) throw refuse('element_repeated', { element: element.name });
    this.#closed.add(element.name);
    if (element.name === 'edXMLHeader') {
      this.#header = readHeader(new HeaderGroup(element, '', this.#warnings), this.#warnings);
    } else if (element.name === 'edXMLManifest') {
      this.#references = childrenNamed(element, 'Reference').map((reference) =>
        this.#readReference(reference),
      );
    }
  }

  hasBody(attachment: XmlElement): boolean {
    return this.#bodies.has(attachment);
  }

  /** What the attachment is called, as far as that is known by now. */
  nameOf(attachment: XmlElement): string {
    return textOf(attachment, 'AttachmentName') || (this.#referenceOf(attachment)?.name ?? '');
  }

  addBody(attachment: XmlElement, body: LocatedBody): void {
    this.#bodies.set(attachment, body);
    this.#refuseManyBombs(attachment, body);
    // With both labels known the fault is certain now, before the attachments that follow.
    if (this.#referenceOf(attachment) && textOf(attachment, 'AttachmentName') !== '') {
      this.#unwrap(this.#labelsOf(attachment), body);
    }
  }

  /** Each below what makes one a bomb, hundreds of them would keep a server busy for half a minute. */
  #refuseManyBombs(attachment: XmlElement, body: LocatedBody): void {
    this.#sizeBytes += body.sizeBytes;
    this.#inflatedBytes += body.inflatedBytes;
    if (this.#inflatedBytes <= minBombsBytes) return;
    if (this.#inflatedBytes <= this.#sizeBytes * maxInflationRatio) return;
    throw refuse('zip_bomb', {
      attachment: this.nameOf(attachment).slice(0, 200),
      limitBytes: maxUnwrappedBytes,
      limitRatio: maxInflationRatio,
    });
  }

  finish({ xmlOffset, junkBytes }: Prologue): EdxmlMessage {
    const header = this.#header;
    if (!header) throw refuse('field_missing', { element: 'edXMLEnvelope/edXMLHeader/MessageHeader' });
    if (junkBytes > 0) this.#warnings.add('junk_skipped', '', `${junkBytes} bytes`);
    if (header.kind === 'status') {
      if (this.#attachments.length > 0) this.#warnings.add('element_unexpected', 'AttachmentEncoded');
      return { ...header, xmlOffset, junkBytes, warnings: this.#warnings.list() };
    }
    const attachments = this.#readAttachments();
    return { ...header, attachments, xmlOffset, junkBytes, warnings: this.#warnings.list() };
  }

  #readAttachments(): Attachment[] {
    const joined = new Set<Reference>();
    const contentIds = new Set<string>();
    const attachments: Attachment[] = [];
    for (const element of this.#attachments) {
      const body = this.#bodies.get(element);
      const reference = this.#referenceOf(element);
      const contentId = bare(textOf(element, 'ContentId'));
      if (contentIds.has(contentId)) this.#warnings.add('content_id_repeated', attachmentPath, contentId);
      contentIds.add(contentId);
      if (reference) joined.add(reference);
      else this.#warnings.add('attachment_without_reference', attachmentPath, contentId);
      if (!body || body.sizeBytes === 0)
        this.#warnings.add('attachment_without_content', attachmentPath, contentId);
      if (body) attachments.push(this.#readAttachment(element, body));
    }
    for (const reference of this.#references) {
      if (!joined.has(reference)) {
        this.#warnings.add('reference_without_attachment', 'edXMLManifest/Reference', reference.contentId);
      }
    }
    return attachments;
  }

  #readAttachment(element: XmlElement, body: LocatedBody): Attachment {
    const reference = this.#referenceOf(element);
    const name = this.nameOf(element);
    if (name === '') this.#warnings.add('field_missing', `${attachmentPath}/AttachmentName`);
    const single = this.#unwrap(this.#labelsOf(element), body);
    if (!single && body.zip?.kind === 'several') {
      if (isWrapping({ name, contentTypes: [] }, body.zip.entryName)) {
        this.#warnings.add('zip_not_unwrapped', attachmentPath, 'several entries');
      }
    } else if (!single && body.zip?.kind === 'unsupported') {
      this.#warnings.add('zip_not_unwrapped', attachmentPath, 'unsupported kind of ZIP');
    }
    return {
      contentId: textOf(element, 'ContentId'),
      name,
      description: textOf(element, 'Description') || (reference?.description ?? ''),
      contentType: { reference: reference?.contentType ?? '', attachment: textOf(element, 'ContentType') },
      offset: body.offset,
      length: body.length,
      encoding: body.characters === body.length ? 'base64' : 'markup',
      sizeBytes: body.sizeBytes,
      digest: body.digest,
      unwrapped: single?.file ?? null,
      sniffedType: sniffType(single?.head ?? body.head),
    };
  }

  /** The file inside, where the ZIP is a wrapping; refuses a wrapping that is broken or dangerous. */
  #unwrap(labels: Labels, body: BodyContent): { file: UnwrappedFile; head: Buffer } | undefined {
    const zip = body.zip;
    if (zip?.kind === 'single') return isWrapping(labels, zip.file.entryName) ? zip : undefined;
    if (zip?.kind === 'faulty' && isWrapping(labels, zip.entryName)) {
      const parameters = { attachment: labels.name.slice(0, 200) };
      if (zip.fault.code === 'zip_damaged') {
        throw refuse('zip_damaged', { ...parameters, reason: zip.fault.reason });
      }
      throw refuse(zip.fault.code, {
        ...parameters,
        limitBytes: maxUnwrappedBytes,
        limitRatio: maxInflationRatio,
      });
    }
    return undefined;
  }

  #labelsOf(element: XmlElement): Labels {
    const contentTypes = [textOf(element, 'ContentType'), this.#referenceOf(element)?.contentType ?? ''];
    return { name: this.nameOf(element), contentTypes };
  }

  /** Joined by ContentId, which one SDK writes with `cid:` and another without. */
  #referenceOf(attachment: XmlElement): Reference | undefined {
    const contentId = bare(textOf(attachment, 'ContentId'));
    if (contentId === '') return undefined;
    return this.#references.find((reference) => bare(reference.contentId) === contentId);
  }

  #readReference(element: XmlElement): Reference {
    const group = new HeaderGroup(element, 'edXMLManifest/Reference', this.#warnings);
    return {
      contentId: group.text('ContentId'),
      contentType: group.text('ContentType'),
      name: group.text('AttachmentName'),
      description: group.text('Description'),
    };
  }
}

const attachmentPath = 'AttachmentEncoded/Attachment';

/** A project's wrong first attempt, which others have not followed. */
const wrongNamespace = 'http://www.go.vn/eDoc';

const soapNamespaces = new Set([
  'http://schemas.xmlsoap.org/soap/envelope/',
  'http://www.w3.org/2003/05/soap-envelope',
]);

/** The frame of a package: what may occur once, and in what. */
const singleIn = new Map([
  ['edXMLEnvelope', 'edXML'],
  ['edXMLHeader', 'edXMLEnvelope'],
  ['edXMLBody', 'edXMLEnvelope'],
  ['edXMLManifest', 'edXMLBody'],
  ['AttachmentEncoded', 'edXML'],
]);

function bare(contentId: string): string {
  return contentId.replace(/^cid:/i, '');
}

function textOf(element: XmlElement, name: string): string {
  return childrenNamed(element, name)[0]?.text ?? '';
}
