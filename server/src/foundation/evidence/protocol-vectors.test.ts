/** The vectors in docs/protocols are what other implementations are tested with, so they are tested here. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { logSigner, receiptSigner, rootKey, someFact, testKey } from '../../../test/support/evidence.ts';
import { parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { rawPublicKey } from './ed25519.ts';
import { sha256 } from './encoding.ts';
import { detailOf, leafData, leafHashOf, payloadOf } from './entry.ts';
import { verifyConsistency } from './merkle.ts';
import { parseVkey, verifyNote } from './note.ts';
import { receiptOf } from './receipt.ts';
import { formatReceiptFile } from './receipt-file.ts';
import { recursiveRoot } from './recursive.ts';
import { parseTilePath } from './tiles.ts';
import { planInclusion, rootOfRange } from './tree-proof.ts';
import { appendLeaves, emptyHead } from './tree-writer.ts';
import { issueTrust, parseTrust } from './trust.ts';
import { trustContentOf } from './trust-change.ts';
import { verifyReceiptText } from './verify-receipt.ts';

const receipts = readVectors('receipt.md');
const logs = readVectors('evidence-log.md');

describe('receipt.md', () => {
  test('the keys are those of their seeds', () => {
    for (const [name, seed, publicKey] of rowsOf(receipts('keys'))) {
      expect(sha256(`lienthong test vector ${name} key`).toString('hex')).toBe(seed);
      expect(rawPublicKey(testKey(name!)).toString('hex')).toBe(publicKey);
    }
    expect(receiptSigner.keyId).toBe(receipts('kid'));
  });

  test('the detail and the payload are written so', () => {
    const detail = detailOf({ subject: 'Về việc triển khai công tác năm 2027' }, Buffer.alloc(32, 2));
    expect(detail.toString()).toBe(receipts('detail'));
    const fact = someFact({
      subjectId: '019ab000-0000-7000-8000-000000000003',
      claims: { recipients: 3, document: 'sha256:vaUFfbVCSAxfxBb6qwKiI9hdBGAzOSbCPTuqcy-aDGA' },
      requestDigest: `sha256:${sha256('request').toString('base64url')}`,
    });
    const at = Temporal.Instant.from('2026-11-21T02:03:04.056Z');
    const payload = payloadOf(fact, { at, nonce: Buffer.alloc(32, 1), detailDigest: sha256(detail) });
    expect(payload.toString()).toBe(receipts('payload'));
  });

  test('the receipt and its file are written so', () => {
    const payload = Buffer.from(receipts('payload'));
    const receipt = receiptOf({
      payload,
      signature: receiptSigner.sign(payload),
      keyId: receiptSigner.keyId,
    });
    expect(receipt).toBe(receipts('receipt'));
    const { head } = appendLeaves(emptyHead, digests().map(leafHashOf));
    const hashes = planInclusion(1, 3).map((range) => rootOfRange(range, () => head.edge[0]!));
    const file = formatReceiptFile(receipt, { index: 1, hashes, checkpoint: `${logs('checkpoint')}\n` });
    expect(file).toBe(`${receipts('receipt-file')}\n`);
  });

  test('the trust file verifies the receipt, with and without its proof', () => {
    const rootFingerprint = receipts('fingerprint');
    const trust = parseTrust(receipts('trust'), { rootFingerprint });
    expect(issueTrust(trustContentOf(trust), rootKey)).toBe(`${receipts('trust')}\n`);
    expect(verifyReceiptText(receipts('receipt'), trust)).toMatchObject({ ok: true, level: 'R0' });
    expect(verifyReceiptText(`${receipts('receipt-file')}\n`, trust)).toMatchObject({
      ok: true,
      level: 'R1',
    });
    expect(verifyReceiptText(receipts('receipt-file'), trust).ok).toBe(false);
  });
});

describe('evidence-log.md', () => {
  test('leaves and roots are computed so', () => {
    expect(rowsOf(logs('leaves'))).toEqual(
      digests().map((digest) => [leafData(digest).toString('hex'), leafHashOf(digest).toString('hex')]),
    );
    for (const [size, root] of rowsOf(logs('roots'))) {
      const leaves = digests().slice(0, Number(size)).map(leafData);
      expect(recursiveRoot(leaves).toString('hex')).toBe(root);
    }
  });

  test('the consistency proof verifies', () => {
    const heads = rowsOf(logs('roots')).map(([size, root]) => ({
      size: Number(size),
      root: Buffer.from(root!, 'hex'),
    }));
    const hashes = [Buffer.from(logs('consistency'), 'hex')];
    expect(verifyConsistency({ first: heads[2]!, second: heads[3]!, hashes })).toBe(true);
    expect(verifyConsistency({ first: heads[1]!, second: heads[3]!, hashes })).toBe(false);
  });

  test('the checkpoint is signed so, by the key it names', () => {
    const note = `${logs('checkpoint')}\n`;
    const checkpoint = parseCheckpoint(note)!;
    expect(signCheckpoint(checkpoint, logSigner)).toBe(note);
    expect(verifyNote(checkpoint.note, [parseVkey(logs('vkey'))!])).toHaveLength(1);
    expect(logSigner.vkey).toBe(logs('vkey'));
  });

  test('tiles are found at their paths', () => {
    for (const [level, index, width, path] of rowsOf(logs('tile-paths'))) {
      expect(parseTilePath(path!)).toEqual({
        level: Number(level),
        index: Number(index),
        width: Number(width),
      });
    }
  });
});

function digests(): Buffer[] {
  return [sha256('first'), sha256(receipts('payload')), sha256('third')];
}

/** The fenced blocks of a document by the word after their language. */
function readVectors(document: string): (name: string) => string {
  const text = readFileSync(new URL(`../../../../docs/protocols/${document}`, import.meta.url), 'utf8');
  const blocks = new Map(
    [...text.matchAll(/^```\w+ ([\w-]+)\n(.*?)\n```$/gms)].map(([, name, body]) => [name, body]),
  );
  return (name) => {
    const block = blocks.get(name);
    if (block === undefined) throw new Error(`${document} has no vector ${name}`);
    return block;
  };
}

function rowsOf(block: string): string[][] {
  return block.split('\n').map((line) => line.split(' '));
}
