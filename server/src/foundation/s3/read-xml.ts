import { SaxesParser } from 'saxes';

/** The texts of an answer's elements, by their path below the root: `Contents/Key` → the keys, in order. */
export function readXml(xml: string): (path: string) => readonly string[] {
  const texts = new Map<string, string[]>();
  const open: string[] = [];
  let text = '';
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => {
    open.push(name);
    text = '';
  });
  parser.on('text', (piece) => (text += piece));
  parser.on('closetag', () => {
    const path = open.slice(1).join('/');
    texts.set(path, [...(texts.get(path) ?? []), text]);
    open.pop();
    text = '';
  });
  parser.write(xml).close();
  return (path) => texts.get(path) ?? [];
}

/** S3's word for what went wrong; undefined where the body says nothing, as to HEAD or from a proxy in between. */
export function readErrorCode(body: string): string | undefined {
  if (!/^\s*(<\?xml[^>]*>\s*)?<Error[\s>]/.test(body)) return undefined;
  try {
    return readXml(body)('Code')[0];
  } catch {
    return undefined;
  }
}
