/** HTTP Basic (RFC 7617), in UTF-8. Undefined for anything else, control characters too: PostgreSQL takes no NUL. */
export function basicCredentials(
  authorization: string | undefined,
): { id: string; secret: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  if (control.test(text)) return undefined;
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}

// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f]/;
