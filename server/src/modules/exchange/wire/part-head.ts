/**
 * The headers of one part of a form (RFC 7578), read by their grammar: a file name may hold `; name="other"`, and who
 * looks for that text takes a part for another than the next reader does.
 */
export interface PartHead {
  /** Undefined for a part that is no field of the form. */
  readonly name: string | undefined;
  /** As the part names it: `binary`, `base64` … ; undefined where it names none. */
  readonly transferEncoding: string | undefined;
}

/** Undefined where the headers cannot be read in one way only. */
export function readPartHead(head: Buffer): PartHead | undefined {
  const headers = readHeaders(head.toString('utf8'));
  if (!headers) return undefined;
  const transferEncoding = headers.get('content-transfer-encoding')?.trim().toLowerCase();
  const disposition = headers.get('content-disposition');
  if (disposition === undefined) return { name: undefined, transferEncoding };
  const [type = ''] = disposition.split(';', 1);
  const parameters = readParameters(disposition.slice(type.length));
  if (!parameters) return undefined;
  const isField = type.trim().toLowerCase() === 'form-data';
  return { name: isField ? parameters.get('name') : undefined, transferEncoding };
}

function readHeaders(text: string): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name) || headers.has(name)) return undefined;
    headers.set(name, line.slice(colon + 1));
  }
  return headers;
}

function readParameters(written: string): Map<string, string> | undefined {
  const parameters = new Map<string, string>();
  const parameter = /\s*;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))\s*/y;
  // Some writers end with a semicolon.
  const text = written.trimEnd().replace(/;$/, '');
  while (parameter.lastIndex < text.length) {
    const found = parameter.exec(text);
    if (!found) return undefined;
    const [, name = '', quoted, plain = ''] = found;
    if (parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain);
  }
  return parameters;
}
