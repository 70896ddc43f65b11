import { refuse } from './refusals.ts';
import { notAllowedInXml } from './utf8.ts';

/** An element to write: with a text, or with elements. */
export interface XmlNode {
  readonly name: string;
  readonly content: string | readonly XmlNode[];
}

export function node(name: string, content: string | readonly XmlNode[]): XmlNode {
  return { name, content };
}

/** Prints as the Java SDK does: two spaces a level, CRLF, ` />` for what is empty. */
export function printXml({ name, content }: XmlNode, depth: number): string {
  const indent = '  '.repeat(depth);
  if (content.length === 0) return `${indent}<${name} />\r\n`;
  if (typeof content === 'string')
    return `${indent}<${name}>${escapeXml(content, name)}</${tagOf(name)}>\r\n`;
  const children = content.map((child) => printXml(child, depth + 1)).join('');
  return `${indent}<${name}>\r\n${children}${indent}</${tagOf(name)}>\r\n`;
}

/** Whether XML can hold the text: control characters have no escape in it, and a lone surrogate is no character. */
export function isXmlText(text: string): boolean {
  return !notAllowedInXml.test(text) && text.isWellFormed();
}

function escapeXml(text: string, element: string): string {
  if (!isXmlText(text)) throw refuse('text_unwritable', { element });
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#xD;');
}

/** A name may be given with attributes. */
function tagOf(name: string): string {
  return name.split(' ', 1)[0] ?? name;
}
