/**
 * An operator changes its own secret and nobody else's: an operator who could give another one a secret could act in its
 * name. A secret that is lost is therefore not replaced: the operator is retired by another, and gets a new id.
 */
import { digestOfSecret, parseDigestedSecret } from '../credential.ts';
import { change, locateAxis, recordChange } from '../record-change.ts';
import { refuse as refuseCaller } from '../refusals.ts';
import { refuse } from './refusals.ts';
import {
  endFormerSecret,
  findOperator,
  lockOperatorDigests,
  replaceOperatorSecret,
  type Operator,
  type OperatorDigests,
} from '../store/operators.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

/** Who is authenticated, and by which of its secrets. */
export interface PresentedOperator {
  readonly id: string;
  readonly secret: string;
}

/**
 * The operator's new secret beside the one in use; the one before that ends. Repeated with the same new secret, it finds
 * it done: whoever lost the answer asks again. Refuses the former secret, with which its thief would push out the present one.
 */
export async function rotateOperatorSecret(
  platform: Platform,
  request: { readonly operator: PresentedOperator; readonly secret: string },
): Promise<Operator> {
  const { id } = request.operator;
  const digest = digestOfSecret(parseDigestedSecret(request.secret));
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    const digests = await lockOwn(tx, id);
    if (!digests.present.equals(digest)) {
      assertPresent(digests, request.operator);
      await replaceOperatorSecret(tx, id, digest);
      await recordChange(platform, tx, {
        kind: 'operator_secret_rotated',
        organisation: { id: axis.organisationId, code: axis.code },
        by: actorOf(id),
        claims: { operator: id },
      });
    }
    return (await findOperator(tx, id))!;
  });
}

/** Ends the overlap: only the present secret opens from now on. Asked with that one, so that nobody locks himself out. */
export async function endFormerOperatorSecret(
  platform: Platform,
  operator: PresentedOperator,
): Promise<Operator> {
  const { id } = operator;
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    assertPresent(await lockOwn(tx, id), operator);
    if (await endFormerSecret(tx, id)) {
      await recordChange(platform, tx, {
        kind: 'operator_secret_ended',
        organisation: { id: axis.organisationId, code: axis.code },
        by: actorOf(id),
        claims: { operator: id },
      });
    }
    return (await findOperator(tx, id))!;
  });
}

async function lockOwn(tx: Transaction, id: string): Promise<OperatorDigests> {
  const digests = await lockOperatorDigests(tx, id);
  // Retired by another between the authentication and the lock.
  if (!digests) throw refuseCaller('operator_unauthenticated');
  return digests;
}

function assertPresent({ present }: OperatorDigests, { id, secret }: PresentedOperator): void {
  if (!present.equals(digestOfSecret(secret))) throw refuse('operator_secret_former', { operator: id });
}

function actorOf(id: string): Actor {
  return { method: 'operator', credential: id };
}
