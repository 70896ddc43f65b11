/** The header lines of a MIME part and their parameters, read by their grammar, or not at all. */

/** By name in lower case; undefined where a line is no header, or a header comes twice. */
export function readHeaders(text: string): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of text.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name) || headers.has(name)) return undefined;
    headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

export interface HeaderValue {
  /** In lower case. */
  readonly type: string;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Of a value such as `form-data; name="a"`; undefined where a parameter cannot be read or comes twice. */
export function readHeaderValue(value: string): HeaderValue | undefined {
  const [type = ''] = value.split(';', 1);
  const parameters = new Map<string, string>();
  const parameter = /\s*;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))\s*/y;
  // Some writers end with a semicolon.
  const text = value.slice(type.length).trimEnd().replace(/;$/, '');
  while (parameter.lastIndex < text.length) {
    const found = parameter.exec(text);
    if (!found) return undefined;
    const [, name = '', quoted, plain = ''] = found;
    if (parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain);
  }
  return { type: type.trim().toLowerCase(), parameters };
}
