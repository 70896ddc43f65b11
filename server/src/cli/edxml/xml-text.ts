/** Writing XML by hand is safe only when every value goes through here. */

// XML 1.0 allows no other control characters, not even escaped; a lone surrogate is no character at all.
// oxlint-disable-next-line no-control-regex
const notAllowed = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u;

export function isXmlText(text: string): boolean {
  return !notAllowed.test(text);
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** An element with the prefix that every known client writes on what is inside the envelope. */
export function element(name: string, content: string | number): string {
  return `<edXML:${name}>${escapeXml(String(content))}</edXML:${name}>`;
}

export const edXmlNamespace = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';
