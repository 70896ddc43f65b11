/**
 * Who calls, and with which parameters. The MAC of this protocol covers neither method, path nor body, only the JSON
 * of `XroadVnpt-sign-header`; so nothing but that JSON is believed. The plain headers are merely compared with it,
 * which stops a proxy or an attacker from making any two readers of the request disagree.
 *
 * Two pure steps with the look-up of the system between them: `readSignedRequest` (form) and `authenticate` (proof).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { CredentialId, SystemId } from '#foundation/ids';
import type { Operation } from './operations.ts';
import { refuse } from './refusals.ts';
import { parseFlatJson } from './signed-json.ts';

export interface SignedRequest {
  readonly systemId: string;
  /** By key without prefix, in lower case: clients write both `docId` and `docid`. */
  readonly parameters: ReadonlyMap<string, string>;
  /** What the client object's clock showed when it was made, in its own zone; often days old, never a reason to refuse. */
  readonly clientMadeAt: Temporal.PlainDateTime;
  /** The plain Content-Type, of the same media type as the signed one where that is signed. */
  readonly contentType: string | undefined;
  readonly signedBytes: Buffer;
  readonly mac: string;
}

/** What the proof needs of a connected system; `#directory` gives more. */
export interface KnownSystem {
  readonly systemId: SystemId;
  readonly state: 'active' | 'suspended';
  readonly credentials: {
    readonly vxp: readonly { readonly credentialId: CredentialId; readonly secret: string }[];
  };
}

/** @param rawHeaders as Node gives them: name, value, name, value, each byte of a value one character (latin1). */
export function readSignedRequest(rawHeaders: readonly string[], operation: Operation): SignedRequest {
  const { plain, contentType } = collectHeaders(rawHeaders);
  const keyList = requireHeader(plain, 'sign-header-key');
  const signHeader = requireHeader(plain, 'sign-header');
  const mac = requireHeader(plain, 'hash-header');

  const signedBytes = Buffer.from(signHeader, 'latin1');
  const members =
    parseFlatJson(decodeUtf8(signedBytes, signHeader)) ?? raise(refuse('sign_header_malformed'));
  const parameters = checkMembers(members, { keyList, plain });
  checkContentType(contentType, parameters.get('content-type'));
  checkSigned(operation, { parameters, plain });

  return {
    systemId: parameters.get('systemid')!,
    clientMadeAt: parseTimestamp(parameters.get('timestamp')!),
    parameters,
    contentType,
    signedBytes,
    mac,
  };
}

/**
 * Returns the credential that made the MAC. An unknown system and a wrong MAC are refused alike and cost alike: the
 * same number of MACs is computed whatever was found, and each is compared in constant time.
 */
export function authenticate<System extends KnownSystem>(
  request: Pick<SignedRequest, 'signedBytes' | 'mac'>,
  system: System | undefined,
): { system: System; credentialId: CredentialId } {
  const claimed = Buffer.from(request.mac, 'latin1');
  let proven: CredentialId | undefined;
  for (let index = 0; index < validCredentialsMax; index++) {
    const credential = system?.credentials.vxp[index];
    const expected = Buffer.from(
      createHmac('sha256', credential?.secret ?? nobodysSecret)
        .update(request.signedBytes)
        .digest('hex'),
    );
    const isEqual = claimed.length === expected.length && timingSafeEqual(claimed, expected);
    if (isEqual && credential) proven ??= credential.credentialId;
  }
  if (!system || !proven) throw refuse('wrong_credentials');
  // Only now: who cannot prove to be the system does not learn that it exists.
  if (system.state === 'suspended') throw refuse('system_suspended');
  return { system, credentialId: proven };
}

/** A rotation keeps two credentials valid at once, never more. */
const validCredentialsMax = 2;
const nobodysSecret = 'the secret of no system';

const prefix = 'xroadvnpt-';

function collectHeaders(rawHeaders: readonly string[]): {
  plain: Map<string, string>;
  contentType: string | undefined;
} {
  const plain = new Map<string, string>();
  let contentType: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    if (name === 'content-type') {
      if (contentType !== undefined) throw refuse('header_repeated', { name: rawHeaders[index]! });
      contentType = rawHeaders[index + 1]!;
    }
    if (!name.startsWith(prefix)) continue;
    const key = name.slice(prefix.length);
    // Node would join repeats with a comma, another server would take the first: neither is what was signed.
    if (plain.has(key)) throw refuse('header_repeated', { name: printable(rawHeaders[index]!) });
    plain.set(key, rawHeaders[index + 1]!);
  }
  return { plain, contentType };
}

function requireHeader(plain: ReadonlyMap<string, string>, key: string): string {
  const value = plain.get(key);
  if (!value) throw refuse('header_missing', { name: `XroadVnpt-${key}` });
  return value;
}

const ascii = /^[\t\x20-\x7e]*$/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Buffer, latin1: string): string {
  if (ascii.test(latin1)) return latin1;
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw refuse('sign_header_malformed');
  }
}

/** Each member has the prefix, occurs once, is listed in its place and is sent as a plain header of equal value. */
function checkMembers(
  members: readonly (readonly [string, string])[],
  headers: { keyList: string; plain: ReadonlyMap<string, string> },
): Map<string, string> {
  const parameters = new Map<string, string>();
  const exactKeys = new Set<string>();
  const listed: string[] = [];
  for (const [name, value] of members) {
    const lowerName = name.toLowerCase();
    if (!lowerName.startsWith(prefix) || exactKeys.has(name)) throw refuse('sign_header_malformed');
    exactKeys.add(name);
    listed.push(name.slice(prefix.length));

    const key = lowerName.slice(prefix.length);
    const known = parameters.get(key);
    if (known !== undefined && known !== value) {
      throw refuse('key_ambiguous', { name: printable(name.slice(prefix.length)) });
    }
    parameters.set(key, value);
    const plainValue = headers.plain.get(key);
    // HTTP takes the blanks around a header's value away, so they are no difference.
    if (plainValue === undefined || trimBlanks(plainValue) !== trimBlanks(toHeaderBytes(value))) {
      throw refuse('header_differs', { name: printable(name) });
    }
  }
  if (toHeaderBytes(listed.join(';')) !== headers.keyList) throw refuse('sign_order_differs');
  return parameters;
}

/** A text as Node shows the header that carries its UTF-8 bytes. */
function toHeaderBytes(value: string): string {
  return ascii.test(value) ? value : Buffer.from(value).toString('latin1');
}

/** By hand: `/[ \t]+$/` tries each run of blanks within from each of its blanks, seconds for what a stranger sends. */
function trimBlanks(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start += 1;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end -= 1;
  return value.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Parameters such as `boundary` may differ: HTTP libraries add them after the signature. The media type may not. */
function checkContentType(plain: string | undefined, signed: string | undefined): void {
  if (plain === undefined || signed === undefined) return;
  if (mediaType(plain) !== mediaType(signed)) throw refuse('header_differs', { name: 'Content-Type' });
}

export function mediaType(contentType: string): string {
  return contentType.split(';', 1)[0]!.trim().toLowerCase();
}

function checkSigned(
  operation: Operation,
  headers: { parameters: ReadonlyMap<string, string>; plain: ReadonlyMap<string, string> },
): void {
  for (const name of [...alwaysRequired, ...operation.required]) {
    if (!headers.parameters.get(name.toLowerCase())) {
      throw refuse('key_not_signed', { name, operation: operation.name });
    }
  }
  for (const name of operation.optional) {
    // Ignoring it would answer another question than the client believes it asked.
    const key = name.toLowerCase();
    if (headers.plain.has(key) && !headers.parameters.has(key)) {
      throw refuse('key_not_signed', { name, operation: operation.name });
    }
  }
}

const alwaysRequired = ['systemid', 'timestamp'];

const timestampForm = /^(\d{2})(\d{2})(\d{4})T(\d{2})(\d{2})(\d{2})\+(\d{1,4})$/;

function parseTimestamp(text: string): Temporal.PlainDateTime {
  const parts = timestampForm.exec(text)?.slice(1).map(Number);
  if (!parts) throw refuse('timestamp_invalid');
  const [day, month, year, hour, minute, second, millisecond] = parts as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  try {
    return Temporal.PlainDateTime.from(
      { year, month, day, hour, minute, second, millisecond: millisecond % 1000 },
      { overflow: 'reject' },
    );
  } catch {
    throw refuse('timestamp_invalid');
  }
}

/** What an unauthenticated caller wrote goes back to him shortened and in plain characters. */
function printable(text: string): string {
  return text.slice(0, 80).replaceAll(/[^\x20-\x7e]/g, '?');
}

function raise(refusal: Error): never {
  throw refusal;
}
