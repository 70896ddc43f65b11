import { change, locate, nameOf, recordChange } from './record-change.ts';
import type { Organisation } from './organisation.ts';
import { canBeBelow } from './policy.ts';
import { refuse } from './refusals.ts';
import {
  endOrganisation,
  findOrganisation,
  listActiveChildren,
  lockOrganisations,
  moveUnder,
  passOnSuccession,
} from './store/organisations.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

export interface MergeRequest {
  /** At most 100 in one act, as one deciding document names them. */
  readonly codes: readonly string[];
  readonly into: string;
  readonly reason?: string | null | undefined;
}

/**
 * Several organisations become part of one: each ends and names it as successor, and those below them go over to
 * it. Their systems keep speaking and receiving for them, so waiting mail is still collected and late statuses
 * still come back; only new mail is refused, with the successor's code.
 */
export async function mergeOrganisations(
  platform: Platform,
  request: MergeRequest,
  by: Actor,
): Promise<{ successor: Organisation; merged: number }> {
  const [successorId, ...locatedIds] = await locate(platform, [request.into, ...request.codes]);
  const ids = [...new Set(locatedIds)];
  return change(platform, [successorId!, ...ids], async (tx) => {
    const locked = await lockOrganisations(tx, [successorId!, ...ids]);
    const successor = locked.get(successorId!)!;
    const merged = ids
      .map((id) => locked.get(id)!)
      .filter((organisation) => !isDone(organisation, successor));
    refuseImpossible(merged, successor);

    await moveChildren(tx, merged, successor);
    for (const organisation of merged) {
      await endOrganisation(tx, {
        id: organisation.id,
        successorId: successor.id,
        reason: request.reason ?? null,
        by: nameOf(by),
      });
      await recordChange(platform, tx, {
        kind: 'organisation_merged',
        organisation,
        by,
        claims: { successorCode: successor.code },
        detail: { name: organisation.name, successorName: successor.name, reason: request.reason ?? null },
      });
    }
    await passOnSuccession(
      tx,
      merged.map(({ id }) => id),
      successor.id,
    );
    return { successor: (await findOrganisation(tx, successor.code))!, merged: merged.length };
  });
}

/** The same act again, after a lost answer. */
function isDone(organisation: Organisation, successor: Organisation): boolean {
  return organisation.state === 'ended' && organisation.successorCode === successor.code;
}

function refuseImpossible(merged: readonly Organisation[], successor: Organisation): void {
  if (successor.state === 'ended') throw refuse('organisation_ended', { code: successor.code });
  for (const { id, code, kind, state } of merged) {
    if (id === successor.id) throw refuse('merged_into_itself', { code });
    if (kind === 'axis') throw refuse('axis_cannot_end', { code });
    if (state === 'ended') throw refuse('organisation_ended', { code });
    if (successor.parentId === id) throw refuse('successor_below', { code, successorCode: successor.code });
  }
}

async function moveChildren(
  tx: Transaction,
  merged: readonly Organisation[],
  successor: Organisation,
): Promise<void> {
  const endingIds = new Set<OrganisationId>(merged.map(({ id }) => id));
  const children = (await listActiveChildren(tx, [...endingIds])).filter(({ id }) => !endingIds.has(id));
  for (const child of children) {
    if (canBeBelow(child.level, successor.level)) continue;
    throw refuse('level_not_below_parent', {
      level: child.level,
      parentLevel: successor.level,
      parentCode: successor.code,
    });
  }
  await moveUnder(
    tx,
    children.map(({ id }) => id),
    successor,
  );
}
