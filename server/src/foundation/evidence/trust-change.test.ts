import { describe, expect, test } from 'vitest';
import { origin, receiptKey, rootKey, testKey, trust, trustContent } from '../../../test/support/evidence.ts';
import { fingerprint, rawPublicKey, shortKeyId } from './ed25519.ts';
import { formatVkey } from './note.ts';
import { handOver, issueTrust, parseTrust, type Handover } from './trust.ts';
import { logKeyId, nextTrust, trustContentOf, type TrustChange } from './trust-change.ts';

const [second, third, stranger] = [testKey('second root'), testKey('third root'), testKey('stranger')];
const pinned = { rootFingerprint: fingerprint(rawPublicKey(rootKey)) };
const first = handOver(origin, { former: rootKey, next: second });
const next = handOver(origin, { former: second, next: third });

describe('who pinned the first root key', () => {
  test('believes a file of the third one, along the whole chain', () => {
    const parsed = parseTrust(issueTrust(trustContent, third, [first, next]), pinned);
    expect(parsed.rootFingerprints).toEqual(
      [rootKey, second, third].map((key) => fingerprint(rawPublicKey(key))),
    );
  });

  test.each<[string, Handover[], code: string]>([
    ['without any hand-over', [], 'trust_root_unknown'],
    ['with a gap at its beginning', [next], 'trust_root_unknown'],
    ['with a gap at its end', [first], 'trust_signature_wrong'],
    ['in the wrong order', [next, first], 'trust_signature_wrong'],
    ['with a link twice', [first, first, next], 'trust_signature_wrong'],
    [
      'with a link that a stranger signed',
      [{ ...handOver(origin, { former: stranger, next: third }), from: first.from }],
      'trust_signature_wrong',
    ],
    [
      'with a link that names another successor',
      [{ ...first, to: rawPublicKey(third).toString('base64url') }],
      'trust_signature_wrong',
    ],
    [
      'with links of another log',
      [
        handOver('sandbox.invalid/other', { former: rootKey, next: second }),
        handOver('sandbox.invalid/other', { former: second, next: third }),
      ],
      'trust_signature_wrong',
    ],
  ])('refuses a chain %s', (_what, chain, code) => {
    expect(() => parseTrust(issueTrust(trustContent, third, chain), pinned)).toThrow(
      expect.objectContaining({ code: `evidence.${code}` }),
    );
  });

  test('refuses the file of today put in front of another root by its hand-overs alone', () => {
    const file = JSON.parse(issueTrust(trustContent, third, [first, next])) as Record<string, unknown>;
    const replayed = JSON.stringify({ ...file, rootKey: rawPublicKey(second).toString('base64url') });
    expect(() => parseTrust(replayed, pinned)).toThrow(
      expect.objectContaining({ code: 'evidence.trust_signature_wrong' }),
    );
  });

  test('refuses a version from before the one it knows', () => {
    const later = { ...pinned, knownSerial: trustContent.serial + 1 };
    expect(() => parseTrust(issueTrust(trustContent, rootKey), later)).toThrow(
      expect.objectContaining({ code: 'evidence.trust_older' }),
    );
  });
});

describe('the next version of a trust file', () => {
  const at = Temporal.Instant.from('2026-11-22T02:00:00Z');
  const after = (...changes: TrustChange[]) =>
    changes.reduce((content, change) => nextTrust(content, change, at), trustContentOf(trust));
  const kid = shortKeyId(rawPublicKey(receiptKey));
  const newKey = rawPublicKey(testKey('new'));

  test('bears the next serial and takes no key off the list', () => {
    const vkey = formatVkey(origin, newKey);
    const content = after(
      { act: 'add_receipt_key', publicKey: newKey, fromSize: 7 },
      { act: 'add_log_key', vkey, fromSize: 8 },
      { act: 'end_receipt_key', keyId: kid, untilSize: 9 },
    );
    expect(content.serial).toBe(trust.serial + 3);
    expect(content.receiptKeys.map(({ fromSize, untilSize }) => [fromSize, untilSize])).toEqual([
      [0, 9],
      [7, null],
    ]);
    expect(content.logKeys.map((key) => [logKeyId(key.vkey), key.fromSize])).toEqual([
      [logKeyId(trust.logKeys[0]!.vkey), 0],
      [logKeyId(vkey), 8],
    ]);
  });

  test('never makes count what did not count before', () => {
    const content = after(
      { act: 'end_receipt_key', keyId: kid, untilSize: 9 },
      { act: 'end_receipt_key', keyId: kid, untilSize: 20 },
      { act: 'distrust_receipt_key', keyId: kid, fromSize: 5 },
      { act: 'distrust_receipt_key', keyId: kid, fromSize: 8 },
    );
    expect(content.receiptKeys[0]).toMatchObject({ untilSize: 9, distrustedFromSize: 5 });
  });

  test('is not made of a key that is not listed', () => {
    expect(() => after({ act: 'end_log_key', keyId: '00000000', untilSize: 9 })).toThrow(
      expect.objectContaining({ code: 'evidence.key_not_listed' }),
    );
  });
});
