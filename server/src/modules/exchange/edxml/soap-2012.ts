import type { XmlElement } from './xml-element.ts';

/**
 * The dialect from before QCVN 102 (2012 to 2016), a SOAP message, in the names that the rules have now: the same things
 * under other names, so that one reader reads both and the same document has the same content digest.
 */
export function modernHeader(header: XmlElement): XmlElement {
  return renamed(header, 'edXMLHeader', {
    MessageHeader: (message) => renamed(message, 'MessageHeader', messageChildren),
    TraceHeaderList: (list) => renamed(list, 'TraceHeaderList', { TraceHeader: modernHop }),
  });
}

/** Its references name their file by `xlink:href`, where the rules have ContentId. */
export function modernManifest(manifest: XmlElement): XmlElement {
  return renamed(manifest, 'edXMLManifest', {
    Reference: (reference) => {
      const href = reference.attributes?.['href'];
      const hasContentId = reference.children.some(({ name }) => name === 'ContentId');
      if (href === undefined || hasContentId) return reference;
      return { ...reference, children: [...reference.children, textElement('ContentId', href)] };
    },
  });
}

type Renaming = (element: XmlElement) => XmlElement;

const messageChildren: Readonly<Record<string, Renaming>> = {
  PromulgationInfo: (info) => renamed(info, 'PromulgationInfo', { Date: as('PromulgationDate') }),
  type: (type) => renamed(type, 'DocumentType', { value: as('Type'), description: as('TypeName') }),
  Author: (author) => renamed(author, 'SignerInfo', { Function: as('Position') }),
  OtherInfo: (other) => renamed(other, 'OtherInfo', { Priority: modernPriority }),
};

/** A hop names both sides; the one that handed over is what the rules call its OrganId. */
function modernHop(hop: XmlElement): XmlElement {
  const organId = hop.children
    .find(({ name }) => name === 'Sender')
    ?.children.find(({ name }) => name === 'OrganId');
  return organId ? { ...hop, children: [...hop.children, organId] } : hop;
}

/** Old software writes the word. */
function modernPriority(priority: XmlElement): XmlElement {
  const word = priority.text.normalize('NFC').toLowerCase();
  const level = priorityWords.indexOf(word.replace('hoả', 'hỏa'));
  return level < 0 ? priority : textElement('Priority', String(level));
}

const priorityWords = ['thường', 'khẩn', 'thượng khẩn', 'hỏa tốc', 'hỏa tốc hẹn giờ'];

function renamed(
  element: XmlElement,
  name: string,
  children: Readonly<Record<string, Renaming>>,
): XmlElement {
  return {
    ...element,
    name,
    children: element.children.map((child) => children[child.name]?.(child) ?? child),
  };
}

function as(name: string): Renaming {
  return (element) => ({ ...element, name });
}

export function textElement(name: string, text: string): XmlElement {
  return { name, isQcvn: false, text, children: [] };
}

export const soapNamespaces: ReadonlySet<string> = new Set([
  'http://schemas.xmlsoap.org/soap/envelope/',
  'http://www.w3.org/2003/05/soap-envelope',
]);
