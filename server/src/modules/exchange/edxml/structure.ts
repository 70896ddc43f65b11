import { SaxesParser, type SaxesTagPlain, type SaxesOptions } from 'saxes';
import { maxAttributesPerElement, maxDepth, maxElements, maxTextCharacters } from './limits.ts';
import { checkEncoding } from './prologue.ts';
import { refuse } from './refusals.ts';
import { qcvnNamespace, type XmlElement } from './xml-element.ts';

/** What the package reader is told while the markup goes by. */
export interface StructureEvents {
  root(root: { name: string; namespace: string }): void;
  /** What follows is the content of an attachment, which is not for the parser; `isEmpty`: it has none, nor an end tag. */
  bodyOpened(attachment: XmlElement, isEmpty: boolean): void;
  /** A part of the package's frame that is complete, and what it lies in. */
  closed(element: XmlElement, parent: XmlElement | undefined): void;
}

/** Where the content of an attachment lies: its element, and what that lies in. */
export interface BodyPlace {
  readonly element: string;
  readonly parent: string;
  readonly grandparent: string;
}

/**
 * The markup of a package as a tree of elements, by saxes, within the limits. saxes is not told of namespaces: it
 * refuses the unbound prefixes of hand-made packages.
 */
export class Structure {
  readonly #events: StructureEvents;
  readonly #bodyPlace: BodyPlace;
  readonly #parser = new SaxesParser(options);
  readonly #open: XmlElement[] = [];
  #namespaces: Namespaces | undefined;
  #elementCount = 0;
  #text = '';
  #offset = 0;
  #charactersBefore = 0;
  /** Opening and closing tags so far. */
  tagCount = 0;
  /** Tags and texts so far: what shows that a tag or comment has an end. */
  eventCount = 0;
  isComplete = false;

  constructor(events: StructureEvents, bodyPlace: BodyPlace) {
    this.#events = events;
    this.#bodyPlace = bodyPlace;
    const parser = this.#parser;
    // No more of them than needed: from the eighth on, V8 keeps the parser's state in a hash table, and it is seven
    // times as slow.
    parser.on('error', (error) => this.#fail(error.message));
    parser.on('doctype', () => {
      throw refuse('doctype');
    });
    parser.on('text', (text) => this.#addText(text));
    parser.on('cdata', (text) => this.#addText(withoutMarks(text)));
    parser.on('opentag', (tag) => this.#openElement(tag));
    parser.on('closetag', () => this.#closeElement());
  }

  /**
   * The offset is that of the first byte of the text, for refusals. The text never ends within a reference: the reader
   * cuts behind a `>`.
   */
  write(text: string, offset: number): void {
    this.#text = text.includes('&') ? markBareAmpersands(text) : text;
    this.#offset = offset;
    this.#parser.write(this.#text);
    this.#charactersBefore += this.#text.length;
  }

  /** Refuses a comment or instruction without end behind the root element. */
  finish(): void {
    this.#text = '';
    this.#parser.close();
  }

  #openElement({ name: qualified, attributes, isSelfClosing }: SaxesTagPlain): void {
    this.tagCount += 1;
    this.eventCount += 1;
    this.#elementCount += 1;
    if (this.#open.length === maxDepth) throw refuse('too_deep', { limit: maxDepth });
    if (this.#elementCount > maxElements)
      throw refuse('too_many', { element: 'elements', limit: maxElements });
    this.#declareNamespaces(attributes);

    const colon = qualified.indexOf(':');
    const name = colon < 0 ? qualified : qualified.slice(colon + 1);
    const namespace = this.#namespaceOf(colon < 0 ? '' : qualified.slice(0, colon));
    const element: XmlElement = { name, isQcvn: namespace === qcvnNamespace, text: '', children: [] };
    if (tellingAttributes.has(name)) element.attributes = byLocalName(attributes);
    const parent = this.#open.at(-1);
    const grandparent = this.#open.at(-2);
    this.#open.push(element);
    if (!parent) {
      checkEncoding(this.#parser.xmlDecl.encoding);
      this.#events.root({ name, namespace });
      return;
    }
    parent.children.push(element);
    if (
      name === this.#bodyPlace.element &&
      parent.name === this.#bodyPlace.parent &&
      grandparent?.name === this.#bodyPlace.grandparent
    ) {
      this.#events.bodyOpened(parent, isSelfClosing);
    }
  }

  #closeElement(): void {
    this.tagCount += 1;
    this.eventCount += 1;
    const element = this.#open.pop();
    if (!element) return;
    if (this.#namespaces && this.#namespaces.depth > this.#open.length)
      this.#namespaces = this.#namespaces.outer;
    element.text = element.text.trimEnd();
    if (this.#open.length < frameDepth) this.#events.closed(element, this.#open.at(-1));
    if (this.#open.length === 0) this.isComplete = true;
  }

  #addText(text: string): void {
    this.eventCount += 1;
    const element = this.#open.at(-1);
    if (!element) return;
    // The space before a text, or before a child, is indentation; it is not kept, nor looked at again at each child.
    element.text += element.text === '' ? text.trimStart() : text;
    if (element.text.length > maxTextCharacters) {
      throw refuse('text_too_long', { element: element.name.slice(0, 100), limit: maxTextCharacters });
    }
  }

  /** Kept by the elements that declare some: copied to each child, a few thousand cost minutes. */
  #declareNamespaces(attributes: Readonly<Record<string, string>>): void {
    let count = 0;
    let declared: Map<string, string> | undefined;
    // saxes gives an object without a prototype.
    for (const name in attributes) {
      count += 1;
      if (name === 'xmlns') (declared ??= new Map()).set('', attributes[name] ?? '');
      else if (name.startsWith('xmlns:')) (declared ??= new Map()).set(name.slice(6), attributes[name] ?? '');
    }
    if (count > maxAttributesPerElement) {
      throw refuse('too_many', { element: 'attributes', limit: maxAttributesPerElement });
    }
    if (declared) this.#namespaces = { declared, depth: this.#open.length + 1, outer: this.#namespaces };
  }

  #namespaceOf(prefix: string): string {
    for (let namespaces = this.#namespaces; namespaces; namespaces = namespaces.outer) {
      const namespace = namespaces.declared.get(prefix);
      if (namespace !== undefined) return namespace;
    }
    return '';
  }

  #fail(reason: string): never {
    const characters = this.#parser.position - this.#charactersBefore;
    const offset = this.#offset + Buffer.byteLength(this.#text.slice(0, characters));
    if (reason.includes('entity')) throw refuse('entity_undeclared', { offset });
    // What begins with `<!` and is neither comment nor CDATA is, or was to be, a declaration.
    if (reason.includes('doctype') || reason === 'incorrect syntax.') throw refuse('doctype');
    throw refuse('not_well_formed', { offset, reason });
  }
}

const options = {
  xmlns: false,
  position: false,
  defaultXMLVersion: '1.0',
  // 1.1 would allow control characters.
  forceXMLVersion: true,
} as const satisfies SaxesOptions;

/** A reference of the 2012 dialect names its file in one, and an attachment its type. */
const tellingAttributes = new Set(['Reference', 'attachment']);

function byLocalName(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name.slice(name.indexOf(':') + 1), value]),
  );
}

/** The parts of a package, down to its header, manifest and attachments, are at most so deep. */
const frameDepth = 4;

interface Namespaces {
  /** By prefix, '' the default. */
  readonly declared: ReadonlyMap<string, string>;
  /** How deep the element lies that declares them. */
  readonly depth: number;
  readonly outer: Namespaces | undefined;
}

/**
 * saxes takes all up to the next `;`, tags and all, for the name of an entity. So what is no reference gets its `;` at
 * once, and is refused where it stands; in a comment or instruction that does no harm, and CDATA gives it back.
 */
function markBareAmpersands(text: string): string {
  return text.replace(/&(?!#?\w+;)/g, '&;');
}

function withoutMarks(cdata: string): string {
  return cdata.includes('&') ? cdata.replaceAll('&;', '&') : cdata;
}
