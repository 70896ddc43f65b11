import { timingSafeEqual } from 'node:crypto';
import { read } from './record-change.ts';
import { digestOfSecret, parseSecret } from './credential.ts';
import { refuse } from './refusals.ts';
import { findOperatorDigests, insertOperator } from './store/operators.ts';
import { inTransaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

/** Who the operator is, or a refusal that does not tell whether the id or the secret was wrong. */
export async function authenticateOperator(
  platform: Platform,
  presented: { readonly id: string; readonly secret: string },
): Promise<Actor> {
  const stored = await read(platform, (tx) => findOperatorDigests(tx, presented.id));
  // Two are always compared, of an unknown id as well, so that the time of the answer does not tell which ids exist.
  const claimed = digestOfSecret(presented.secret);
  const isPresent = timingSafeEqual(claimed, stored?.present ?? nobodysDigest);
  const isFormer = timingSafeEqual(claimed, stored?.former ?? nobodysDigest);
  const isRight = stored && (isPresent || (isFormer && stored.former !== null));
  if (!isRight) throw refuse('operator_unauthenticated');
  return { method: 'operator', credential: presented.id };
}

/** Gives an operator access. Called by `lienthong init` and by the sandbox, before there is anyone to ask. */
export async function addOperator(
  platform: Pick<Platform, 'database'>,
  operator: { readonly id: string; readonly secret: string },
): Promise<void> {
  const digest = digestOfSecret(parseSecret(operator.secret));
  await inTransaction(platform.database.app, {}, async (tx) => {
    if (!(await insertOperator(tx, operator.id, digest)))
      throw refuse('operator_exists', { operator: operator.id });
  });
}

export async function hasOperator(platform: Pick<Platform, 'database'>, id: string): Promise<boolean> {
  return (await read(platform, (tx) => findOperatorDigests(tx, id))) !== undefined;
}

const nobodysDigest = digestOfSecret('the secret of no operator');
