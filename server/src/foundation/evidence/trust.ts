/**
 * The trust file: which log, which keys, over which sizes of the tree. It is signed by a root key that does nothing
 * else and is best kept offline; who reads the file pins the fingerprint of that key. How far this carries, and how
 * far not, is written in `docs/protocols/receipt.md`.
 */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { assert } from '#foundation/refusal';
import { canonicalJson, type Json } from './canonical-json.ts';
import { decodeBase64url } from './encoding.ts';
import {
  fingerprint,
  publicKeyBytes,
  publicKeyFromRaw,
  rawPublicKey,
  shortKeyId,
  signEd25519,
  verifyEd25519,
} from './ed25519.ts';
import { parseVkey } from './note.ts';
import { refuse } from './refusals.ts';
import { anchorOf } from './time-stamp.ts';
import { policyProblem, witnessesSchema } from './witness-policy.ts';

export interface Trust extends TrustContent {
  /** SHA-256 of the root key in hexadecimal, to compare with what the operator published. */
  readonly rootFingerprint: string;
  /** Those of the root keys that handed over to it, oldest first, and its own. */
  readonly rootFingerprints: readonly string[];
  readonly handovers: readonly Handover[];
}

export type TrustContent = z.infer<typeof contentSchema>;

/** Origins of sandboxes: a name that can never be registered (RFC 6761). */
const sandboxOrigin = /^sandbox\.invalid(?:\/|$)/;

export function isSandboxOrigin(origin: string): boolean {
  return sandboxOrigin.test(origin);
}

const size = z.int().nonnegative();
/** Valid for sizes (log keys) or indexes (receipt keys) in `fromSize` ≤ n < `untilSize`; null is open. */
const interval = { fromSize: size, untilSize: size.nullable() };

const publicKey = z.string().refine((text) => decodeBase64url(text)?.length === publicKeyBytes);

const receiptKeySchema = z
  .strictObject({
    kid: z.string(),
    publicKey,
    ...interval,
    /** From this size on the key is in wrong hands: its receipts count only if the log had them before. */
    distrustedFromSize: size.nullable(),
  })
  .refine(
    (key) => key.kid === shortKeyId(Buffer.from(key.publicKey, 'base64url')),
    'the kid is not that of the key',
  );

/** A certificate: an authority's own, or of one above it. */
const anchorSchema = z.strictObject({
  certificate: z
    .string()
    .refine((text) => anchorOf(text) !== undefined, 'not an X.509 certificate in Base64'),
});

const contentSchema = z
  .strictObject({
    format: z.literal('lienthong-trust@v1'),
    purpose: z.enum(['production', 'sandbox']),
    /** Grows with each version; a reader that has seen a larger one refuses. */
    serial: z.int().positive(),
    issuedAt: z.iso.datetime({ precision: 3 }),
    origin: z.string().min(1).max(200),
    /** Origins under which this log was signed before the tail of it was lost: their own keys verify what they signed. */
    formerOrigins: z
      .array(z.strictObject({ origin: z.string().min(1).max(200), keptSize: size }))
      .min(1)
      .max(16)
      .optional(),
    logKeys: z
      .array(z.strictObject({ vkey: z.string(), ...interval }))
      .min(1)
      .max(64),
    receiptKeys: z.array(receiptKeySchema).min(1).max(64),
    witnesses: witnessesSchema,
    /** How many witnesses must have cosigned a checkpoint; 0 where there are none. */
    quorum: z.int().nonnegative(),
    /** Of time-stamping authorities; to stop trusting one is to leave it out. */
    timestampAnchors: z.array(anchorSchema).max(16),
  })
  .refine(
    (content) =>
      content.logKeys.every(({ vkey }) => originsOf(content).includes(parseVkey(vkey)?.name ?? '')),
    'a log key is not an Ed25519 vkey named like the origin, or a former one',
  )
  .superRefine(({ witnesses, quorum }, context) => {
    const message = policyProblem(witnesses, quorum);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['witnesses'], message });
  });

/** A root key names the one that follows it. */
const handoverSchema = z.strictObject({ from: publicKey, to: publicKey, signature: z.string() });
export type Handover = z.infer<typeof handoverSchema>;

const maxHandovers = 32;

const trustFileSchema = z.strictObject({
  content: contentSchema,
  rootKey: publicKey,
  signature: z.string(),
  /** From the first root key to the present one; left out while there was only one. */
  handovers: z.array(handoverSchema).min(1).max(maxHandovers).optional(),
});

/** The text of a new trust file. */
export function issueTrust(
  content: TrustContent,
  rootKey: KeyObject,
  handovers: readonly Handover[] = [],
): string {
  const checked = contentSchema.parse(content);
  assert(
    isPurposeRight(checked),
    'a production trust file never lists a sandbox, nor a sandbox another origin',
  );
  const file = {
    content: checked,
    rootKey: rawPublicKey(rootKey).toString('base64url'),
    signature: signEd25519(signedBytes(checked), rootKey).toString('base64url'),
    ...(handovers.length > 0 && { handovers }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * The former root key says which one follows. The new one agrees by signing the file, so that both have signed. It is
 * worth nothing once the former key is in wrong hands: then verifiers must pin the new fingerprint themselves.
 */
export function handOver(
  origin: string,
  { former, next }: { readonly former: KeyObject; readonly next: KeyObject },
): Handover {
  const [from, to] = [former, next].map((key) => rawPublicKey(key).toString('base64url')) as [string, string];
  return { from, to, signature: signEd25519(handoverBytes(origin, from, to), former).toString('base64url') };
}

export interface TrustExpectation {
  /** The pinned fingerprint; without it the file is taken on first use, and the caller shows its fingerprint. */
  readonly rootFingerprint?: string;
  /** The largest serial seen so far. */
  readonly knownSerial?: number;
}

const maxTrustFileCharacters = 256 * 1024;

/** Refuses a file that is malformed, wrongly signed, of another root, older than known, or a sandbox in disguise. */
export function parseTrust(text: string, expected: TrustExpectation = {}): Trust {
  const { content, rootKey, signature, handovers = [] } = readTrustFile(text);
  const raw = Buffer.from(rootKey, 'base64url');
  const signatureBytes = decodeBase64url(signature);
  if (!signatureBytes || !verifyEd25519(signedBytes(content), signatureBytes, publicKeyFromRaw(raw))) {
    throw refuse('trust_signature_wrong');
  }
  const rootFingerprint = fingerprint(raw);
  const roots = checkHandovers(originsOf(content), rootKey, handovers);
  if (expected.rootFingerprint !== undefined && !roots.includes(expected.rootFingerprint)) {
    throw refuse('trust_root_unknown', { fingerprint: rootFingerprint });
  }
  if (expected.knownSerial !== undefined && content.serial < expected.knownSerial) {
    throw refuse('trust_older', { serial: content.serial, known: expected.knownSerial });
  }
  if (!isPurposeRight(content)) throw refuse('sandbox_origin');
  return { ...content, rootFingerprint, rootFingerprints: roots, handovers };
}

function readTrustFile(text: string): z.infer<typeof trustFileSchema> {
  if (text.length > maxTrustFileCharacters)
    throw refuse('trust_malformed', { detail: { vi: 'tệp quá dài', en: 'it is too long' } });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(
      'trust_malformed',
      { detail: { vi: 'không phải JSON', en: 'it is not JSON' } },
      { cause: error },
    );
  }
  const parsed = trustFileSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw refuse(
      'trust_malformed',
      { detail: `${issue?.path.join('.')}: ${issue?.message}` },
      { cause: parsed.error },
    );
  }
  return parsed.data;
}

/** The fingerprints along an unbroken chain that ends at the present root key. */
function checkHandovers(
  origins: readonly string[],
  rootKey: string,
  handovers: readonly Handover[],
): string[] {
  for (const [index, { from, to, signature }] of handovers.entries()) {
    const bytes = decodeBase64url(signature);
    const formerKey = publicKeyFromRaw(Buffer.from(from, 'base64url'));
    // Under the name that the log had then.
    const isSigned =
      bytes && origins.some((origin) => verifyEd25519(handoverBytes(origin, from, to), bytes, formerKey));
    if (!isSigned || to !== (handovers[index + 1]?.from ?? rootKey)) throw refuse('trust_signature_wrong');
  }
  return [...handovers.map(({ from }) => from), rootKey].map((key) =>
    fingerprint(Buffer.from(key, 'base64url')),
  );
}

function handoverBytes(origin: string, from: string, to: string): Buffer {
  return Buffer.from(`lienthong-root-handover@v1\n${origin}\n${from}\n${to}\n`);
}

function isPurposeRight(content: TrustContent): boolean {
  return originsOf(content).every((origin) => (content.purpose === 'sandbox') === isSandboxOrigin(origin));
}

/** The present one, and the former ones whose checkpoints still count. */
export function originsOf(trust: {
  readonly origin: string;
  readonly formerOrigins?: readonly { readonly origin: string }[] | undefined;
}): string[] {
  return [trust.origin, ...(trust.formerOrigins ?? []).map(({ origin }) => origin)];
}

/** A prefix that no payload or checkpoint begins with, so that a signature means a trust file and nothing else. */
function signedBytes(content: TrustContent): Buffer {
  return Buffer.from(`lienthong-trust@v1\n${canonicalJson(content as Json)}`);
}
