import { describe, expect, test } from 'vitest';
import {
  logSigner,
  origin,
  receiptSigner,
  rootKey,
  someFact,
  testKey,
  trust,
  trustContent,
  trustOf,
} from '../../../test/support/evidence.ts';
import { canonicalJson } from './canonical-json.ts';
import { parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { createCosigner, type Cosigner } from './cosignature.ts';
import { sha256 } from './encoding.ts';
import { rawPublicKey } from './ed25519.ts';
import { leafHashOf, prepareEntry } from './entry.ts';
import { leafHash } from './merkle.ts';
import { createNoteSigner, formatSignatureLine, type NoteSigner } from './note.ts';
import { createReceiptSigner, receiptOf } from './receipt.ts';
import { formatReceiptFile, parseReceiptFile } from './receipt-file.ts';
import { planInclusion, rootOfRange } from './tree-proof.ts';
import { appendLeaves, emptyHead } from './tree-writer.ts';
import { issueTrust, parseTrust, type TrustContent } from './trust.ts';
import { verifyReceiptText } from './verify-receipt.ts';

const entry = prepareEntry(someFact(), {
  at: Temporal.Instant.from('2026-11-21T02:03:04.0567Z'),
  signer: receiptSigner,
});
const jws = receiptOf(entry);
const file = inLogOf(5, 11, logSigner);

describe('a receipt', () => {
  test('alone is R0, and says what the higher levels need', () => {
    const verdict = verifyReceiptText(`${jws}\n`, trust);
    expect(verdict).toMatchObject({ ok: true, level: 'R0', isSandbox: true, inLog: undefined });
    expect(verdict.ok && verdict.missing.map(({ level }) => level)).toEqual(['R1', 'R2', 'R3']);
    expect(verdict.ok && verdict.payload).toMatchObject({
      v: 1,
      kind: 'exchange.accepted',
      at: '2026-11-21T02:03:04.056Z',
      organisation: 'G12',
      claims: { recipients: 3 },
    });
    expect(verifyReceiptText(jws, trust)).toEqual(verdict);
  });

  test('with its proof is R1, also as bytes', () => {
    const verdict = verifyReceiptText(file, trust);
    expect(verdict).toMatchObject({ ok: true, level: 'R1', inLog: { origin, index: 5, size: 11 } });
    expect(verifyReceiptText(Buffer.from(file), trust)).toEqual(verdict);
  });

  test('is one line below 2 KB, and its file about 1.5 KB', () => {
    expect(jws).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(jws.length).toBeLessThan(2048);
    expect(file.length).toBeLessThan(2600);
  });

  test('says nothing of the detail but its digest', () => {
    expect(entry.payload.toString()).not.toContain('kiểm thử');
    expect(entry.payload.toString()).toContain(`sha256:${entry.detailDigest!.toString('base64url')}`);
  });
});

describe('any changed byte is refused', () => {
  test.each([
    ['a receipt alone', Buffer.from(`${jws}\n`)],
    ['a receipt with its proof', Buffer.from(file)],
  ])('in %s, every bit of every byte', (_name, bytes) => {
    for (let position = 0; position < bytes.length; position++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(bytes);
        changed[position]! ^= 1 << bit;
        expect(verifyReceiptText(changed, trust).ok, `byte ${position}, bit ${bit}`).toBe(false);
      }
    }
  });

  test('in a receipt with its proof, every byte left out or doubled', () => {
    for (let position = 0; position < file.length; position++) {
      const without = file.slice(0, position) + file.slice(position + 1);
      const doubled = file.slice(0, position) + file[position] + file.slice(position);
      expect(verifyReceiptText(without, trust).ok, `without ${position}`).toBe(false);
      expect(verifyReceiptText(doubled, trust).ok, `doubled ${position}`).toBe(false);
    }
  });

  test.each([
    ['a second newline', `${jws}\n\n`],
    ['a carriage return', `${jws}\r\n`],
    ['a space', `${jws} `],
    ['a leading newline', `\n${jws}`],
    ['padding', `${jws}=`],
    ['a byte order mark', `\uFEFF${jws}`],
    ['a fourth part', `${jws}.`],
    ['text after the proof', `${file}x`],
    ['an empty line after the proof', `${file}\n`],
    ['windows line ends', file.replaceAll('\n', '\r\n')],
    ['nothing at all', ''],
  ])('%s is refused', (_name, text) => {
    expect(verifyReceiptText(text, trust).ok).toBe(false);
  });

  test('trailing bits that Base64 ignores are refused', () => {
    // 64 bytes end in a character of which only two bits count.
    const last = jws.at(-1)!;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sibling = alphabet[alphabet.indexOf(last) ^ 1]!;
    const changed = `${jws.slice(0, -1)}${sibling}`;
    expect(Buffer.from(changed.split('.')[2]!, 'base64url')).toEqual(entry.signature);
    expect(verifyReceiptText(changed, trust)).toMatchObject({
      ok: false,
      code: 'evidence.receipt_malformed',
    });
  });

  test('an equal header in other words is refused', () => {
    const header = Buffer.from(`{"alg":"Ed25519","typ":"lienthong-receipt","kid":"${entry.keyId}"}`);
    const parts = jws.split('.');
    const changed = [header.toString('base64url'), parts[1], parts[2]].join('.');
    expect(verifyReceiptText(changed, trust)).toMatchObject({
      ok: false,
      code: 'evidence.receipt_malformed',
    });
  });
});

describe('a receipt is refused with the reason', () => {
  test('when its key is not in the trust file', () => {
    const other = prepareEntry(someFact(), { at: entry.at, signer: createReceiptSigner(testKey('other')) });
    expect(verifyReceiptText(receiptOf(other), trust)).toMatchObject({
      code: 'evidence.receipt_key_unknown',
    });
  });

  test('when its payload was changed', () => {
    const payload = Buffer.from(entry.payload.toString().replace('"recipients":3', '"recipients":4'));
    const changed = receiptOf({ ...entry, payload });
    const verdict = verifyReceiptText(changed, trust);
    expect(verdict).toMatchObject({ code: 'evidence.receipt_signature_wrong' });
    expect(!verdict.ok && verdict.vi).toContain('đã bị thay đổi');
  });

  test('when a signed payload is not one of ours', () => {
    const payload = Buffer.from(canonicalJson({ v: 2 }));
    const strange = receiptOf({
      payload,
      signature: receiptSigner.sign(payload),
      keyId: receiptSigner.keyId,
    });
    expect(verifyReceiptText(strange, trust)).toMatchObject({ code: 'evidence.receipt_malformed' });
  });

  test('when the checkpoint is of another log, or of a sandbox', () => {
    const elsewhere = inLogOf(5, 11, createNoteSigner('elsewhere.example/log', testKey('log')));
    expect(verifyReceiptText(elsewhere, trust)).toMatchObject({ code: 'evidence.origin_unknown' });
    const production = trustOf(productionContent);
    expect(verifyReceiptText(file, production)).toMatchObject({ code: 'evidence.sandbox_origin' });
  });

  test('when the checkpoint is signed by another key or outside its interval', () => {
    const forged = inLogOf(5, 11, createNoteSigner(origin, testKey('forger')));
    expect(verifyReceiptText(forged, trust)).toMatchObject({ code: 'evidence.checkpoint_signature_wrong' });
    const rotated = trustOf({ logKeys: [{ vkey: logSigner.vkey, fromSize: 0, untilSize: 11 }] });
    expect(verifyReceiptText(file, rotated)).toMatchObject({ code: 'evidence.checkpoint_signature_wrong' });
  });

  test('when the proof is that of another entry', () => {
    const other = prepareEntry(someFact(), { at: entry.at, signer: receiptSigner });
    const mixed = file.replace(jws, receiptOf(other));
    expect(verifyReceiptText(mixed, trust)).toMatchObject({ code: 'evidence.inclusion_wrong' });
  });

  test('when its key was not in use at that index', () => {
    const key = trustContent.receiptKeys[0]!;
    const later = trustOf({ receiptKeys: [{ ...key, fromSize: 6 }] });
    expect(verifyReceiptText(file, later)).toMatchObject({ code: 'evidence.receipt_key_not_valid_there' });
    expect(verifyReceiptText(jws, later)).toMatchObject({ ok: true, level: 'R0' });
  });

  test('when its key is distrusted and the log does not show that it had it before', () => {
    const key = trustContent.receiptKeys[0]!;
    const distrusted = (from: number) => trustOf({ receiptKeys: [{ ...key, distrustedFromSize: from }] });
    expect(verifyReceiptText(jws, distrusted(11))).toMatchObject({ code: 'evidence.receipt_key_distrusted' });
    expect(verifyReceiptText(file, distrusted(10))).toMatchObject({
      code: 'evidence.receipt_key_distrusted',
    });
    expect(verifyReceiptText(file, distrusted(11))).toMatchObject({ ok: true, level: 'R1' });
  });
});

test('a signature of an unknown witness neither harms nor raises the level', () => {
  const witnessed = `${file}— witness.example ${Buffer.alloc(76, 7).toString('base64')}\n`;
  expect(verifyReceiptText(witnessed, trust)).toMatchObject({ ok: true, level: 'R1' });
});

describe('a receipt whose checkpoint was cosigned', () => {
  const [first, second, third] = ['first', 'second', 'third'].map((name) =>
    createCosigner(name, testKey(name)),
  );
  const cosigners = [first!, second!, third!];
  const always = { fromSize: 0, untilSize: null };
  const listed = cosigners.map(({ vkey }) => ({ vkey, ...always }));
  const watched = trustOf({ witnesses: listed, quorum: 2 });
  const at = Temporal.Instant.from('2026-11-22T01:02:03Z');
  const cosignedBy = (...by: readonly Cosigner[]): string => {
    const { note } = parseCheckpoint(parseReceiptFile(file).proof!.checkpoint)!;
    return file + by.map((cosigner) => formatSignatureLine(cosigner.cosign(note.text, at))).join('');
  };

  test('by a quorum is R2, and says by whom and when', () => {
    expect(verifyReceiptText(cosignedBy(first!, third!), watched)).toMatchObject({
      ok: true,
      level: 'R2',
      inLog: {
        isWitnessed: true,
        cosigned: [
          { name: 'first', at: '2026-11-22T01:02:03Z' },
          { name: 'third', at: '2026-11-22T01:02:03Z' },
        ],
      },
      missing: [{ level: 'R3' }],
    });
  });

  test('by fewer, by one twice, or by whom the trust file does not list, is R1', () => {
    for (const text of [
      cosignedBy(first!),
      cosignedBy(first!, first!),
      cosignedBy(first!, createCosigner('fourth', testKey('fourth'))),
      cosignedBy(first!, createCosigner('second', testKey('fourth'))),
    ]) {
      expect(verifyReceiptText(text, watched)).toMatchObject({ ok: true, level: 'R1' });
    }
    expect(verifyReceiptText(cosignedBy(...cosigners), trust)).toMatchObject({ ok: true, level: 'R1' });
  });

  test('by one witness under two of its keys counts one', () => {
    const changed = createCosigner('first', testKey('changed'));
    const rotated = trustOf({ witnesses: [...listed, { vkey: changed.vkey, ...always }], quorum: 2 });
    expect(verifyReceiptText(cosignedBy(first!, changed), rotated)).toMatchObject({ ok: true, level: 'R1' });
    expect(verifyReceiptText(cosignedBy(second!, changed), rotated)).toMatchObject({ ok: true, level: 'R2' });
  });

  test('by a witness outside the sizes for which it counts is as if it were unknown', () => {
    const until = (size: number) =>
      trustOf({ witnesses: [listed[0]!, { ...listed[1]!, untilSize: size }, listed[2]!], quorum: 2 });
    expect(verifyReceiptText(cosignedBy(first!, second!), until(11))).toMatchObject({ level: 'R1' });
    expect(verifyReceiptText(cosignedBy(first!, second!), until(12))).toMatchObject({ level: 'R2' });
  });

  test('never is R2 with one bit of it changed', () => {
    const bytes = Buffer.from(cosignedBy(first!, second!));
    for (let position = file.length; position < bytes.length; position++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(bytes);
        changed[position]! ^= 1 << bit;
        expect(verifyReceiptText(changed, watched), `byte ${position}, bit ${bit}`).not.toMatchObject({
          level: 'R2',
        });
      }
    }
  });

  test('is refused where a witness that counts signed wrongly', () => {
    const other = formatSignatureLine(second!.cosign('sandbox.invalid/test\n5\n', at));
    expect(verifyReceiptText(`${cosignedBy(first!, third!)}${other}`, watched)).toMatchObject({
      code: 'evidence.checkpoint_signature_wrong',
    });
  });

  test('is asked for by a quorum when its key is distrusted: the log alone may be in the same wrong hands', () => {
    const key = { ...trustContent.receiptKeys[0]!, distrustedFromSize: 11 };
    const distrusted = trustOf({ receiptKeys: [key], witnesses: listed, quorum: 2 });
    expect(verifyReceiptText(file, distrusted)).toMatchObject({ code: 'evidence.receipt_not_witnessed' });
    expect(verifyReceiptText(cosignedBy(first!), distrusted)).toMatchObject({
      code: 'evidence.receipt_not_witnessed',
    });
    expect(verifyReceiptText(cosignedBy(first!, third!), distrusted)).toMatchObject({
      ok: true,
      level: 'R2',
    });
    const earlier = trustOf({
      receiptKeys: [{ ...key, distrustedFromSize: 10 }],
      witnesses: listed,
      quorum: 2,
    });
    expect(verifyReceiptText(cosignedBy(...cosigners), earlier)).toMatchObject({
      code: 'evidence.receipt_key_distrusted',
    });
  });

  test.each([
    [
      'half of them',
      { witnesses: [...listed, { vkey: createCosigner('4', testKey('4')).vkey, ...always }], quorum: 2 },
    ],
    ['more than there are', { witnesses: listed, quorum: 4 }],
    ['none of them', { witnesses: listed, quorum: 0 }],
    ['somebody where there is nobody', { witnesses: [], quorum: 1 }],
    [
      'half of them at some size',
      { witnesses: listed.map((witness, index) => ({ ...witness, fromSize: index })), quorum: 1 },
    ],
    [
      'one key under two names',
      {
        witnesses: [...listed, { vkey: createCosigner('twin', testKey('first')).vkey, ...always }],
        quorum: 3,
      },
    ],
    ['a key of a log', { witnesses: [{ vkey: logSigner.vkey, ...always }], quorum: 1 }],
  ])('cannot be R2 by a trust file that asks for %s: nobody can issue it', (_name, content) => {
    expect(() => trustOf(content)).toThrow();
  });
});

const productionContent: Partial<TrustContent> = {
  purpose: 'production',
  origin: 'axis.example/log',
  logKeys: [
    { vkey: createNoteSigner('axis.example/log', testKey('log')).vkey, fromSize: 0, untilSize: null },
  ],
};

describe('a trust file', () => {
  const text = issueTrust(trustContent, rootKey);

  test('is read back, and every changed bit of its content is refused', () => {
    expect(parseTrust(text)).toEqual(trust);
    for (let position = text.indexOf('{', 1); position < text.lastIndexOf('"'); position++) {
      if (/\s/.test(text[position]!)) continue;
      const changed = Buffer.from(text);
      changed[position]! ^= 1;
      expect(() => parseTrust(changed.toString()), `byte ${position}`).toThrow('evidence.trust_');
    }
  });

  test('of another root key, or older than known, is refused', () => {
    const rootFingerprint = parseTrust(text).rootFingerprint;
    expect(parseTrust(text, { rootFingerprint, knownSerial: 1 })).toEqual(trust);
    const other = issueTrust(trustContent, testKey('other root'));
    expect(() => parseTrust(other, { rootFingerprint })).toThrow('evidence.trust_root_unknown');
    expect(() => parseTrust(text, { knownSerial: 2 })).toThrow('evidence.trust_older');
  });

  test('for production never lists a sandbox', () => {
    expect(() => issueTrust({ ...trustContent, purpose: 'production' }, rootKey)).toThrow('sandbox');
    expect(() => trustOf({ ...productionContent, purpose: 'sandbox' })).toThrow('sandbox');
    expect(trustOf(productionContent).origin).toBe('axis.example/log');
  });

  test('names each receipt key by the id that belongs to it', () => {
    const publicKey = rawPublicKey(testKey('other')).toString('base64url');
    const key = { ...trustContent.receiptKeys[0]!, publicKey };
    expect(() => trustOf({ receiptKeys: [key] })).toThrow('kid');
  });
});

/** The entry as leaf `index` of a log of `size`. */
function inLogOf(index: number, size: number, signer: NoteSigner): string {
  const hashes = Array.from({ length: size }, (_, position) => leafHash(Buffer.from(`leaf ${position}`)));
  hashes[index] = leafHashOf(sha256(entry.payload));
  const { head } = appendLeaves(emptyHead, hashes);
  const path = planInclusion(index, size).map((range) => rootOfRange(range, () => head.edge[0]!));
  return formatReceiptFile(jws, { index, hashes: path, checkpoint: signCheckpoint(head, signer) });
}
