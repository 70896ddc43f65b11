/**
 * The client's half of the protocol: how the unmodified Java SDK signs its headers. Pure (no server code, no network),
 * so that the command line, the benchmarks and the tests sign by the same rules that `docs/protocols/vxp.md` states.
 */
import { createHmac } from 'node:crypto';

export interface VxpCredentials {
  readonly systemId: string;
  readonly secret: string;
}

/**
 * The header map of one client object. As in the SDK, the timestamp is set once, and whatever a call sets stays for
 * all later calls of the object.
 */
export interface VxpHeaders {
  set(key: string, value: string): void;
  /** All headers of a call, in the order in which the SDK writes them. */
  sign(contentType: string): [name: string, value: string][];
}

export function createVxpHeaders(credentials: VxpCredentials, madeAt: Temporal.PlainDateTime): VxpHeaders {
  const values = new Map([['systemid', credentials.systemId]]);
  return {
    set: (key, value) => void values.set(key, value),
    sign(contentType) {
      // The SDK puts these two when it signs, behind the arguments of the first call.
      values.set('timestamp', formatVxpTimestamp(madeAt));
      values.set('Content-Type', contentType);
      const keys = inJavaMapOrder([...values.keys()]);
      const signHeader = JSON.stringify(
        Object.fromEntries(keys.map((key) => [`XroadVnpt-${key}`, values.get(key)!])),
      );
      return [
        ...keys.map((key): [string, string] => [`XroadVnpt-${key}`, values.get(key)!]),
        ['Content-Type', contentType],
        ['XroadVnpt-sign-header-key', keys.join(';')],
        ['XroadVnpt-sign-header', signHeader],
        ['XroadVnpt-hash-header', vxpMac(credentials.secret, signHeader)],
        ['User-Agent', 'JAVASDKAgent/1.0.0 XRoad/VPCP'],
        ['XroadVnpt-version', '3.0.201608'],
      ];
    },
  };
}

/** Lower-case hex of HMAC-SHA256; the key is the secret's characters, not what they would decode to. */
export function vxpMac(secret: string, signHeader: string): string {
  return createHmac('sha256', secret).update(signHeader).digest('hex');
}

/** `ddMMyyyy'T'HHmmss+SSSS`, where SSSS is the millisecond padded to four digits. */
export function formatVxpTimestamp(at: Temporal.PlainDateTime): string {
  const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  return `${pad(at.day)}${pad(at.month)}${pad(at.year, 4)}T${pad(at.hour)}${pad(at.minute)}${pad(at.second)}+${pad(at.millisecond, 4)}`;
}

/** The SDK prints each byte of a digest without its leading zero. */
export function unpaddedHex(digest: Uint8Array): string {
  return Array.from(digest, (byte) => byte.toString(16)).join('');
}

/**
 * The SDK walks a `java.util.HashMap`: by bucket, in order of insertion within one. The order is part of what is
 * signed, and a server that sorts keys itself would pass tests with a client of its own and fail with real ones.
 */
function inJavaMapOrder(keys: readonly string[]): string[] {
  let buckets = 16;
  while (keys.length > buckets * 0.75) buckets *= 2;
  return keys
    .map((key) => ({ key, bucket: javaHash(key) & (buckets - 1) }))
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ key }) => key);
}

function javaHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0;
  return hash ^ (hash >>> 16);
}
