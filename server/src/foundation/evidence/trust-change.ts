/**
 * The next version of a trust file: one change, everything else as it was (witnesses and time-stamping authorities too).
 * Keys are never taken off the list: what they signed must verify for decades.
 */
import { assert, assertNever } from '#foundation/refusal';
import { shortKeyId } from './ed25519.ts';
import { parseVkeyOf } from './note.ts';
import { refuse } from './refusals.ts';
import type { Trust, TrustContent } from './trust.ts';

export type TrustChange =
  /** `fromSize`: the size of the log now; nothing smaller can hold what the new key signs. */
  | { readonly act: 'add_receipt_key'; readonly publicKey: Buffer; readonly fromSize: number }
  | { readonly act: 'add_log_key'; readonly vkey: string; readonly fromSize: number }
  /** The key signs nothing at or above that size. */
  | { readonly act: 'end_receipt_key'; readonly keyId: string; readonly untilSize: number }
  | { readonly act: 'end_log_key'; readonly keyId: string; readonly untilSize: number }
  /** From that size on it was in wrong hands. */
  | { readonly act: 'distrust_receipt_key'; readonly keyId: string; readonly fromSize: number }
  /** The file says the same, signed by another root. */
  | { readonly act: 'none' };

export function nextTrust(
  former: TrustContent,
  change: TrustChange,
  issuedAt: Temporal.Instant,
): TrustContent {
  return {
    ...former,
    ...changed(former, change),
    serial: former.serial + 1,
    issuedAt: issuedAt.toString({ smallestUnit: 'millisecond' }),
  };
}

function changed(former: TrustContent, change: TrustChange): Partial<TrustContent> {
  const { receiptKeys, logKeys } = former;
  switch (change.act) {
    case 'none':
      return {};
    case 'add_receipt_key': {
      const { publicKey, fromSize } = change;
      const kid = shortKeyId(publicKey);
      assert(!receiptKeys.some((key) => key.kid === kid), 'a new key is not listed yet');
      const added = { kid, publicKey: publicKey.toString('base64url'), fromSize };
      return { receiptKeys: [...receiptKeys, { ...added, untilSize: null, distrustedFromSize: null }] };
    }
    case 'add_log_key': {
      const { vkey, fromSize } = change;
      assert(!logKeys.some((key) => key.vkey === vkey), 'a new key is not listed yet');
      return { logKeys: [...logKeys, { vkey, fromSize, untilSize: null }] };
    }
    case 'end_receipt_key':
      return {
        receiptKeys: replaceOne(
          receiptKeys,
          change.keyId,
          ({ kid }) => kid,
          (key) => ({
            ...key,
            untilSize: smaller(key.untilSize, change.untilSize),
          }),
        ),
      };
    case 'end_log_key':
      return {
        logKeys: replaceOne(
          logKeys,
          change.keyId,
          ({ vkey }) => logKeyId(vkey),
          (key) => ({
            ...key,
            untilSize: smaller(key.untilSize, change.untilSize),
          }),
        ),
      };
    case 'distrust_receipt_key':
      return {
        receiptKeys: replaceOne(
          receiptKeys,
          change.keyId,
          ({ kid }) => kid,
          (key) => ({
            ...key,
            distrustedFromSize: smaller(key.distrustedFromSize, change.fromSize),
          }),
        ),
      };
    default:
      return assertNever(change);
  }
}

/** What a trust file says, without what follows from its signatures. */
export function trustContentOf(trust: Trust): TrustContent {
  const { rootFingerprint: _, rootFingerprints: __, handovers: ___, ...content } = trust;
  return content;
}

/** What names a log key to a person: the eight hexadecimal digits in its verifier key. */
export function logKeyId(vkey: string): string {
  const parsed = parseVkeyOf(vkey, 0x01);
  assert(parsed, 'a trust file lists readable log keys');
  return parsed.keyId.toString('hex');
}

/** Only ever earlier: a later bound would make count what did not count before. */
function smaller(former: number | null, wanted: number): number {
  return former === null ? wanted : Math.min(former, wanted);
}

function replaceOne<Key>(
  keys: readonly Key[],
  keyId: string,
  idOf: (key: Key) => string,
  replace: (key: Key) => Key,
): Key[] {
  if (!keys.some((key) => idOf(key) === keyId)) throw refuse('key_not_listed', { keyId: keyId.slice(0, 60) });
  return keys.map((key) => (idOf(key) === keyId ? replace(key) : key));
}
