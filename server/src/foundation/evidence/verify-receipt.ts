/** Verifies a receipt with nothing but the trust file: no network, no clock, no database. */
import { z } from 'zod';
import { Refusal } from '#foundation/refusal';
import { parseCheckpoint } from './checkpoint.ts';
import { cosignedAt, type WitnessKey } from './cosignature.ts';
import { leafHashOf } from './entry.ts';
import { sha256 } from './encoding.ts';
import { publicKeyFromRaw, verifyEd25519 } from './ed25519.ts';
import { isWithin, logKeysOf, verifiersAt } from './log-key.ts';
import { verifyInclusion } from './merkle.ts';
import { verifyNote, type NoteSignature, type NoteVerifier } from './note.ts';
import { signingInput, type Receipt } from './receipt.ts';
import { parseReceiptFile } from './receipt-file.ts';
import { refuse } from './refusals.ts';
import type { TlogProof } from './tlog-proof.ts';
import { timestampAnchorsOf, verifyTimeStamp } from './time-stamp.ts';
import { isSandboxOrigin, originsOf, type Trust } from './trust.ts';
import { isQuorum, witnessesAt, witnessPolicyOf } from './witness-policy.ts';

/**
 * R0 signed; R1 also in the log, by an inclusion proof and a checkpoint; R2 the checkpoint is cosigned by a quorum of
 * witnesses; R3 it bears a time-stamp (RFC 3161). R3 does not ask for R2: the two say different things, and what is
 * missing is listed.
 */
export type Level = 'R0' | 'R1' | 'R2' | 'R3';

export type Verdict =
  | {
      readonly ok: true;
      readonly level: Level;
      readonly payload: ReceiptPayload;
      readonly keyId: string;
      /** A sandbox's receipt verifies like any other and proves nothing. */
      readonly isSandbox: boolean;
      readonly inLog: InLog | undefined;
      readonly timeStamp: StampedTime | undefined;
      readonly missing: readonly MissingLevel[];
    }
  | { readonly ok: false; readonly code: string; readonly vi: string; readonly en: string };

export interface InLog {
  readonly origin: string;
  readonly index: number;
  readonly size: number;
  /** The witnesses of the trust file that cosigned the checkpoint, and when they say that they did. */
  readonly cosigned: readonly Cosigned[];
  /** Whether they are a quorum. */
  readonly isWitnessed: boolean;
}

export interface Cosigned {
  readonly name: string;
  /** RFC 3339, in whole seconds. */
  readonly at: string;
}

/** Since when, at the latest, the entry was in the log. */
export interface StampedTime {
  /** RFC 3339, by the clock of the authority. */
  readonly at: string;
  readonly authority: string;
}

/** A level that was not reached, and what it would need. */
export interface MissingLevel {
  readonly level: Level;
  readonly vi: string;
  readonly en: string;
}

export type ReceiptPayload = z.infer<typeof payloadSchema>;

/** Unknown members are kept: a later version may claim more, but never under another `v`. */
const payloadSchema = z.looseObject({
  v: z.literal(1),
  kind: z.string(),
  at: z.string(),
  organisation: z.string(),
  subject: z.string(),
  actor: z.looseObject({ method: z.string() }),
  claims: z.record(z.string(), z.unknown()),
  nonce: z.string(),
  detail: z.string().optional(),
  request: z.string().optional(),
});

/** Any byte that is not what the axis wrote makes this a refusal; it never throws for what the text holds. */
export function verifyReceiptText(file: string | Uint8Array, trust: Trust): Verdict {
  try {
    const { receipt, proof } = parseReceiptFile(file);
    const key = verifySignature(receipt, trust);
    const inLog = proof && verifyProof(receipt, proof, trust);
    assertKeyCounts(key, inLog, trust);
    const timeStamp = proof && verifyProofTimeStamp(proof, trust);
    const level = timeStamp ? 'R3' : inLog?.isWitnessed ? 'R2' : inLog ? 'R1' : 'R0';
    return {
      ok: true,
      level,
      payload: readPayload(receipt.payload),
      keyId: receipt.keyId,
      isSandbox: isSandboxOrigin(trust.origin),
      inLog,
      timeStamp,
      missing: [
        ...(inLog ? [] : [needsProof]),
        ...(inLog?.isWitnessed ? [] : [witnessesMissing(trust)]),
        ...(timeStamp ? [] : [timeStampMissing(trust)]),
      ],
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, code: error.code, vi: error.sentence('vi'), en: error.sentence('en') };
  }
}

type ReceiptKey = Trust['receiptKeys'][number];

function verifySignature(receipt: Receipt, trust: Trust): ReceiptKey {
  const key = trust.receiptKeys.find(({ kid }) => kid === receipt.keyId);
  if (!key) throw refuse('receipt_key_unknown', { kid: receipt.keyId });
  const publicKey = publicKeyFromRaw(Buffer.from(key.publicKey, 'base64url'));
  if (!verifyEd25519(signingInput(receipt), receipt.signature, publicKey))
    throw refuse('receipt_signature_wrong');
  return key;
}

function verifyProof(receipt: Receipt, proof: TlogProof, trust: Trust): InLog {
  const checkpoint = parseCheckpoint(proof.checkpoint);
  if (!checkpoint)
    throw refuse('proof_malformed', {
      detail: { vi: 'không kết thúc bằng điểm kiểm tra', en: 'it does not end with a checkpoint' },
    });
  const { origin, size, root, note } = checkpoint;
  if (!originsOf(trust).includes(origin)) {
    throw isSandboxOrigin(origin) ? refuse('sandbox_origin') : refuse('origin_unknown', { origin });
  }
  const logKeys = verifiersAt(logKeysOf(trust, origin), size);
  const policy = witnessPolicyOf(trust);
  const witnesses = witnessesAt(policy, size);
  // Together: one wrong signature by a known key, be it a witness's, makes the whole note malformed.
  const signers = new Set(verifyNote<NoteVerifier>(note, [...logKeys, ...witnesses]));
  if (!logKeys.some((key) => signers.has(key))) throw refuse('checkpoint_signature_wrong');
  const leafHash = leafHashOf(sha256(receipt.payload));
  if (!verifyInclusion({ index: proof.index, size, leafHash, root, hashes: proof.hashes })) {
    throw refuse('inclusion_wrong');
  }
  const cosigners = witnesses.filter((key) => signers.has(key));
  return {
    origin,
    index: proof.index,
    size,
    cosigned: note.signatures.flatMap((signature) => describeCosignature(signature, cosigners)),
    isWitnessed: isQuorum(policy, cosigners),
  };
}

/** Undefined where there is none, or where the trust file lists nobody who could have given it. */
function verifyProofTimeStamp({ checkpoint, timeStamp }: TlogProof, trust: Trust): StampedTime | undefined {
  const anchors = timestampAnchorsOf(trust);
  const stamped = parseCheckpoint(checkpoint);
  if (!timeStamp || !stamped || anchors.length === 0) return undefined;
  const verdict = verifyTimeStamp(timeStamp, { checkpoint: stamped, anchors });
  if (!verdict.ok) throw refuse('time_stamp_wrong', { code: verdict.code });
  return { at: verdict.at.toString(), authority: verdict.authority };
}

function describeCosignature(
  { name, keyId, signature }: NoteSignature,
  cosigners: readonly WitnessKey[],
): Cosigned[] {
  if (!cosigners.some((key) => key.name === name && key.keyId.equals(keyId))) return [];
  return [{ name, at: cosignedAt(signature)?.toString() ?? '' }];
}

/**
 * Whoever has the receipt key may have the log key too, and could sign a checkpoint of any size: so after "distrusted
 * from size N" only one that a quorum saw counts. A trust file without witnesses has nothing better than the log's word.
 */
function assertKeyCounts(key: ReceiptKey, inLog: InLog | undefined, { quorum }: Trust): void {
  const distrusted = key.distrustedFromSize;
  if (distrusted !== null) {
    const isBefore = inLog !== undefined && inLog.size <= distrusted;
    if (!isBefore) throw refuse('receipt_key_distrusted', { kid: key.kid, size: distrusted });
    if (quorum > 0 && !inLog.isWitnessed) {
      throw refuse('receipt_not_witnessed', { kid: key.kid, size: distrusted, quorum });
    }
  }
  if (inLog && !isWithin(inLog.index, key)) {
    throw refuse('receipt_key_not_valid_there', { kid: key.kid, index: inLog.index });
  }
}

function readPayload(payload: Buffer): ReceiptPayload {
  try {
    return payloadSchema.parse(JSON.parse(payload.toString('utf8')));
  } catch (error) {
    throw refuse(
      'receipt_malformed',
      { detail: { vi: 'nội dung không phải của phiên bản 1', en: 'its payload is not one of version 1' } },
      { cause: error },
    );
  }
}

const needsProof: MissingLevel = {
  level: 'R1',
  vi: 'Cần bằng chứng có mặt trong nhật ký (tải ở /log/proof) và điểm kiểm tra đã ký.',
  en: 'Needs the proof of inclusion (from /log/proof) with a signed checkpoint.',
};
function witnessesMissing({ quorum, witnesses }: Trust): MissingLevel {
  if (witnesses.length === 0) {
    return {
      level: 'R2',
      vi: 'Tệp tin cậy chưa có nhân chứng nào.',
      en: 'The trust file lists no witnesses yet.',
    };
  }
  return {
    level: 'R2',
    vi: `Cần chữ ký của ít nhất ${quorum} nhân chứng độc lập trên điểm kiểm tra.`,
    en: `Needs cosignatures of at least ${quorum} independent witnesses on the checkpoint.`,
  };
}

function timeStampMissing({ timestampAnchors }: Trust): MissingLevel {
  return timestampAnchors.length === 0
    ? {
        level: 'R3',
        vi: 'Tệp tin cậy chưa có dịch vụ dấu thời gian nào.',
        en: 'The trust file lists no time-stamping authority yet.',
      }
    : {
        level: 'R3',
        vi: 'Cần dấu thời gian RFC 3161 trên điểm kiểm tra (sau ít phút: lienthong receipt).',
        en: 'Needs an RFC 3161 time-stamp on the checkpoint (after some minutes: lienthong receipt).',
      };
}
