/**
 * Which witnesses count, for which sizes, and how many of them make a quorum. Two quorums must always share a witness,
 * or a log could show one history to one of them and another to the other: hence more than half.
 */
import { z } from 'zod';
import { assert } from '#foundation/refusal';
import { parseWitnessKey, type WitnessKey } from './cosignature.ts';
import { isWithin, type SizeInterval } from './log-key.ts';

const size = z.int().nonnegative();

/** As the trust file lists them. A witness that changes its key is listed twice, under one name. */
export const witnessesSchema = z
  .array(z.strictObject({ vkey: z.string(), fromSize: size, untilSize: size.nullable() }))
  .max(32);

type ListedWitnesses = z.infer<typeof witnessesSchema>;

export interface WitnessPolicy {
  /** 0 where nobody is asked to cosign: then no checkpoint is witnessed. */
  readonly quorum: number;
  readonly witnesses: readonly (SizeInterval & { readonly key: WitnessKey })[];
}

export function witnessPolicyOf(trust: {
  readonly witnesses: ListedWitnesses;
  readonly quorum: number;
}): WitnessPolicy {
  const witnesses = trust.witnesses.map(({ vkey, fromSize, untilSize }) => {
    const key = parseWitnessKey(vkey);
    assert(key, 'a parsed trust file holds readable keys of witnesses');
    return { key, fromSize, untilSize };
  });
  return { quorum: trust.quorum, witnesses };
}

/** The keys that count for a checkpoint of that size. */
export function witnessesAt({ witnesses }: WitnessPolicy, size: number): WitnessKey[] {
  return witnesses.filter((witness) => isWithin(size, witness)).map(({ key }) => key);
}

/** Names, not keys: a witness with two keys is one witness. */
export function isQuorum(
  { quorum }: WitnessPolicy,
  cosigners: readonly { readonly name: string }[],
): boolean {
  return quorum > 0 && new Set(cosigners.map(({ name }) => name)).size >= quorum;
}

/** The smallest quorum of so many witnesses of which every two share one. */
export function majorityOf(witnesses: number): number {
  return witnesses === 0 ? 0 : Math.floor(witnesses / 2) + 1;
}

/** What is wrong with such a list, or undefined. */
export function policyProblem(listed: ListedWitnesses, quorum: number): string | undefined {
  const keys = listed.map(({ vkey }) => parseWitnessKey(vkey));
  if (!keys.every((key) => key !== undefined)) return 'a witness has no Ed25519 cosigner vkey (type 0x04)';
  // The signed bytes of an Ed25519 cosignature do not name the cosigner: one key under two names would count twice.
  const names = new Map(keys.map((key) => [key.publicKey.toString('hex'), key.name]));
  if (keys.some((key) => names.get(key.publicKey.toString('hex')) !== key.name)) {
    return 'two witnesses have the same key';
  }
  if (listed.length === 0) return quorum === 0 ? undefined : 'a quorum needs witnesses';
  if (quorum === 0) return 'witnesses need a quorum';
  const policy = witnessPolicyOf({ witnesses: listed, quorum });
  const bounds = listed.flatMap(({ fromSize, untilSize }) => [fromSize, untilSize ?? fromSize]);
  for (const bound of bounds) {
    const count = new Set(witnessesAt(policy, bound).map(({ name }) => name)).size;
    if (count > 0 && (quorum < majorityOf(count) || quorum > count)) {
      return `a quorum of ${quorum} does not fit the ${count} witnesses at size ${bound}: more than half, at most all`;
    }
  }
  return undefined;
}
