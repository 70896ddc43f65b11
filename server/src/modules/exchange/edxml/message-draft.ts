import type { BodyContent } from './attachment-body.ts';
import { HeaderGroup } from './header-group.ts';
import { minBombsBytes, maxInflationRatio, maxUnwrappedBytes } from './limits.ts';
import type { Attachment, EdxmlMessage, UnwrappedFile } from './message.ts';
import type { Prologue } from './prologue.ts';
import { type MessageHeader, readHeader } from './read-header.ts';
import { refuse } from './refusals.ts';
import { modernHeader, modernManifest, soapNamespaces, textElement } from './soap-2012.ts';
import { sniffType } from './sniff-type.ts';
import { Warnings } from './warnings.ts';
import { isWrapping, type Labels } from './wrapping.ts';
import { childrenNamed, qcvnNamespace, type XmlElement } from './xml-element.ts';

export interface LocatedBody extends BodyContent {
  readonly offset: number;
  readonly length: number;
  /** A part of a MIME package that is the file's own bytes. */
  readonly isBinary?: boolean;
}

/** An attachment that lies beside the message, not in its XML. */
export interface AttachedPart {
  readonly contentId: string;
  readonly name: string;
  readonly contentType: string;
  readonly body: LocatedBody;
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
  #isSoap = false;
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
    this.#isSoap = name === 'Envelope' && soapNamespaces.has(namespace);
    if (this.#isSoap) return;
    if (name !== 'edXML' || namespace === wrongNamespace) {
      throw refuse('root_unknown', { root: name.slice(0, 100), namespace: namespace.slice(0, 200) });
    }
    if (namespace !== qcvnNamespace) this.#warnings.add('namespace_unknown', 'edXML', namespace);
  }

  close(element: XmlElement, parent: XmlElement | undefined): void {
    const frame = this.#isSoap ? soapFrame : qcvnFrame;
    if (parent === undefined || frame.get(element.name) !== parent.name) {
      if (element.name === 'Attachment' && parent?.name === 'AttachmentEncoded')
        this.#attachments.push(element);
      return;
    }
    if (this.#closed.has(element.name)) throw refuse('element_repeated', { element: element.name });
    this.#closed.add(element.name);
    if (element.name === 'edXMLHeader') this.#readHeader(element);
    else if (element.name === 'Header') this.#readHeader(modernHeader(element));
    else if (element.name === 'edXMLManifest') this.#readManifest(element);
    else if (element.name === 'Manifest') this.#readManifest(modernManifest(element));
  }

  #readHeader(header: XmlElement): void {
    this.#header = readHeader(new HeaderGroup(header, '', this.#warnings), this.#warnings);
  }

  #readManifest(manifest: XmlElement): void {
    this.#references = childrenNamed(manifest, 'Reference').map((reference) =>
      this.#readReference(reference),
    );
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

  /** Of the 2012 dialect, whose files come as parts behind the message or in a second XML. */
  addPart({ contentId, name, contentType, body }: AttachedPart): void {
    const written: Record<string, string> = { ContentId: contentId, ContentType: contentType };
    const element: XmlElement = {
      ...textElement('Attachment', ''),
      children: Object.entries(written).map(([child, text]) => textElement(child, text)),
    };
    // What the message calls its file goes before what the part was called on the way.
    const called = this.#referenceOf(element)?.name || name;
    element.children.push(textElement('AttachmentName', called));
    this.#attachments.push(element);
    this.addBody(element, body);
  }

  /** Whether the message names a file by that id. */
  hasReference(contentId: string): boolean {
    return this.#references.some((reference) => bare(reference.contentId) === bare(contentId));
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
      return { ...header, xmlOffset, junkBytes, xmlPart: null, warnings: this.#warnings.list() };
    }
    const attachments = this.#readAttachments();
    return {
      ...header,
      attachments,
      xmlOffset,
      junkBytes,
      xmlPart: null,
      warnings: this.#warnings.list(),
    };
  }

  #readAttachments(): Attachment[] {
    const joined = new Set<Reference>();
    const contentIds = new Set<string>();
    const attachments: Attachment[] = [];
    for (const element of this.#attachments) {
      const body = this.#bodies.get(element);
      const reference = this.#referenceOf(element);
      const contentId = bare(textOf(element, 'ContentId'));
      if (contentId !== '' && contentIds.has(contentId))
        this.#warnings.add('content_id_repeated', attachmentPath, contentId);
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
      encoding: body.isBinary ? 'binary' : body.characters === body.length ? 'base64' : 'markup',
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

/** The frame of a package: what may occur once, and in what. */
const qcvnFrame = new Map([
  ['edXMLEnvelope', 'edXML'],
  ['edXMLHeader', 'edXMLEnvelope'],
  ['edXMLBody', 'edXMLEnvelope'],
  ['edXMLManifest', 'edXMLBody'],
  ['AttachmentEncoded', 'edXML'],
]);

const soapFrame = new Map([
  ['Header', 'Envelope'],
  ['Body', 'Envelope'],
  ['Manifest', 'Body'],
]);

/** `cid:` in a reference, angle brackets in the head of a MIME part. */
function bare(contentId: string): string {
  return contentId.replace(/^cid:/i, '').replace(/^<(.*)>$/, '$1');
}

function textOf(element: XmlElement, name: string): string {
  return childrenNamed(element, name)[0]?.text ?? '';
}
