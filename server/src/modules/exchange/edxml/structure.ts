import sax from 'sax';
import { maxAttributesPerElement, maxDepth, maxElements, maxTextCharacters } from './limits.ts';
import { refuse } from './refusals.ts';
import { qcvnNamespace, type XmlElement } from './xml-element.ts';

/** What the package reader is told while the markup goes by. */
export interface StructureEvents {
  declaration(body: string): void;
  root(root: { name: string; namespace: string }): void;
  bodyOpened(attachment: XmlElement): void;
  bodyText(text: string): void;
  bodyElement(): never;
  bodyClosed(): void;
  /** A part of the package's frame that is complete, and what it lies in. */
  closed(element: XmlElement, parent: XmlElement | undefined): void;
}

/** The markup of a package as a tree of elements, by sax, within the limits. */
export interface Structure {
  /** The offset is that of the first byte of the text, for refusals. */
  write(text: string, offset: number): void;
  /** Gives out text that sax still holds, so that a body never gathers in memory. */
  flush(): void;
  /** Refuses a comment or instruction without end behind the root element. */
  finish(): void;
  readonly root: XmlElement | undefined;
  readonly isComplete: boolean;
  /** Opening and closing tags so far. */
  readonly tagCount: number;
  /** Any event so far: what shows that a tag or comment has an end. */
  readonly eventCount: number;
}

export function createStructure(events: StructureEvents): Structure {
  let root: XmlElement | undefined;
  let isComplete = false;
  let tagCount = 0;
  let eventCount = 0;
  let elementCount = 0;
  let attributeCount = 0;
  let offset = 0;
  let isInBody = false;
  const open: Frame[] = [];
  let declared: Map<string, string> | undefined;

  const parser = sax.parser(true, { xmlns: false, position: false });
  const internals = parser as unknown as SaxInternals;
  allowOnlyTheFiveEntities(internals);

  // sax knows no event listeners, only these properties.
  /* oxlint-disable unicorn/prefer-add-event-listener */
  parser.onerror = (error) => {
    const reason = (error.message.split('\n', 1)[0] ?? '').slice(0, 200);
    if (reason.includes('entity')) throw refuse('entity_undeclared', { offset });
    if (reason.includes('doctype')) throw refuse('doctype');
    throw refuse('not_well_formed', { offset, reason });
  };
  parser.ondoctype = () => {
    throw refuse('doctype');
  };
  parser.onsgmldeclaration = () => {
    throw refuse('doctype');
  };
  parser.onprocessinginstruction = ({ name, body }) => {
    eventCount += 1;
    if (name.toLowerCase() !== 'xml') return;
    if (eventCount > 1) throw refuse('not_well_formed', { offset, reason: 'misplaced XML declaration' });
    events.declaration(body);
  };
  parser.oncomment = () => {
    eventCount += 1;
  };
  parser.onopentagstart = () => {
    attributeCount = 0;
    declared = undefined;
  };
  parser.onattribute = ({ name, value }) => {
    attributeCount += 1;
    if (attributeCount > maxAttributesPerElement) {
      throw refuse('too_many', { element: 'attributes', limit: maxAttributesPerElement });
    }
    // sax asks its attributes object by this very method.
    if (name === 'hasOwnProperty') {
      throw refuse('not_well_formed', { offset, reason: 'Invalid attribute name' });
    }
    if (name === 'xmlns') (declared ??= new Map()).set('', value);
    else if (name.startsWith('xmlns:')) (declared ??= new Map()).set(name.slice(6), value);
  };
  parser.onopentag = (tag) => {
    tagCount += 1;
    eventCount += 1;
    elementCount += 1;
    const parent = open.at(-1);
    if (!parent && root) throw refuse('not_well_formed', { offset, reason: 'second root element' });
    if (open.length === maxDepth) throw refuse('too_deep', { limit: maxDepth });
    if (elementCount > maxElements) throw refuse('too_many', { element: 'elements', limit: maxElements });

    const scope = declared ? { declared, outer: parent?.scope } : parent?.scope;
    const colon = tag.name.indexOf(':');
    const name = colon < 0 ? tag.name : tag.name.slice(colon + 1);
    const namespace = namespaceOf(colon < 0 ? '' : tag.name.slice(0, colon), scope);
    const element: XmlElement = { name, isQcvn: namespace === qcvnNamespace, text: '', children: [] };

    if (!parent) {
      events.root({ name, namespace });
      root = element;
    } else {
      // The space before a child is indentation.
      if (parent.element.text.length > 0 && parent.element.text.trim() === '') parent.element.text = '';
      parent.element.children.push(element);
    }
    const grandparent = open.at(-2);
    open.push({ element, scope });
    if (
      name === 'ContentTransferEncoded' &&
      parent?.element.name === 'Attachment' &&
      grandparent?.element.name === 'AttachmentEncoded'
    ) {
      isInBody = true;
      events.bodyOpened(parent.element);
    } else if (isInBody) {
      events.bodyElement();
    }
  };
  parser.onclosetag = () => {
    tagCount += 1;
    eventCount += 1;
    const element = open.pop()?.element;
    if (!element) return;
    element.text = element.text.trim();
    if (isInBody) {
      isInBody = false;
      events.bodyClosed();
    } else if (open.length < frameDepth) {
      events.closed(element, open.at(-1)?.element);
    }
    if (open.length === 0) isComplete = true;
  };
  parser.ontext = onText;
  parser.oncdata = onText;
  /* oxlint-enable unicorn/prefer-add-event-listener */

  function onText(text: string): void {
    eventCount += 1;
    if (isInBody) {
      events.bodyText(text);
      return;
    }
    const element = open.at(-1)?.element;
    if (!element) return;
    element.text += text;
    if (element.text.length > maxTextCharacters) {
      throw refuse('text_too_long', { element: element.name.slice(0, 100), limit: maxTextCharacters });
    }
  }

  return {
    write(text, at) {
      offset = at;
      parser.write(text);
      // Told at once: sax would gather a declaration, and never finds the end of one with quotes.
      if (internals.doctype !== '' || /^[A-Za-z]/.test(internals.sgmlDecl)) throw refuse('doctype');
    },
    flush: () => parser.flush(),
    finish: () => void parser.close(),
    get root() {
      return root;
    },
    get isComplete() {
      return isComplete;
    },
    get tagCount() {
      return tagCount;
    },
    get eventCount() {
      return eventCount;
    },
  };
}

/** The parts of a package, down to its header, manifest and attachments, are at most so deep. */
const frameDepth = 4;

interface Frame {
  readonly element: XmlElement;
  readonly scope: NamespaceScope | undefined;
}

/** What one element declares, within what those around it declare: copied into each, a small package took seconds. */
interface NamespaceScope {
  readonly declared: ReadonlyMap<string, string>;
  readonly outer: NamespaceScope | undefined;
}

function namespaceOf(prefix: string, scope: NamespaceScope | undefined): string {
  for (let around = scope; around; around = around.outer) {
    const namespace = around.declared.get(prefix);
    if (namespace !== undefined) return namespace;
  }
  return '';
}

/**
 * sax looks entities up in an object that inherits from Object.prototype (`&constructor;` would be "declared") and a
 * second time in lower case (`&AMP;`). XML has five, in lower case.
 */
function allowOnlyTheFiveEntities(internals: SaxInternals): void {
  const entities = Object.create(fiveEntities) as SaxEntities;
  entities[usedBy] = internals;
  internals.ENTITIES = entities;
}

interface SaxInternals {
  /** What follows `<!` while it is neither a comment nor CDATA, and the DOCTYPE that it became. */
  readonly sgmlDecl: string;
  readonly doctype: string | true;
  /** The name that is being looked up, as written. */
  entity: string;
  ENTITIES: SaxEntities;
}

interface SaxEntities {
  [usedBy]: SaxInternals;
}

const usedBy = Symbol('used by');

const fiveEntities: object = Object.setPrototypeOf(
  {
    get amp() {
      return exactly(this, 'amp', '&');
    },
    get lt() {
      return exactly(this, 'lt', '<');
    },
    get gt() {
      return exactly(this, 'gt', '>');
    },
    get quot() {
      return exactly(this, 'quot', '"');
    },
    get apos() {
      return exactly(this, 'apos', "'");
    },
  },
  null,
);

function exactly(entities: unknown, name: string, character: string): string | undefined {
  return (entities as SaxEntities)[usedBy].entity === name ? character : undefined;
}
