/** How each change of the directory reaches the evidence log, and whose rows its transaction may see. */
import { getAxisOrganisation } from './axis-organisation.ts';
import { forgetSystems } from './remembered-systems.ts';
import type { OrganisationName } from './organisation.ts';
import { refuse } from './refusals.ts';
import { findOrganisation } from './store/organisations.ts';
import { inTransaction, type Transaction } from '#foundation/db';
import { record, type Actor, type Json } from '#foundation/evidence';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

/** A change speaks for nobody's mail: it sees the rows of the organisations that it is about and no others. */
export async function change<Result>(
  platform: Platform,
  organisations: readonly OrganisationId[],
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const result = await inTransaction(platform.database.app, { organisations }, work);
  // Other processes are told by the database; this one knows before its caller does.
  forgetSystems(platform.database);
  return result;
}

/** Reads of the directory belong to nobody. */
export function read<Result>(
  platform: Pick<Platform, 'database'>,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransaction(platform.database.app, {}, work);
}

/**
 * Whose id a code is, before the transaction that changes it opens: ids of organisations never change, so what is
 * found here is still true there, and the rest is read again under the lock.
 */
export async function locate(platform: Platform, codes: readonly string[]): Promise<OrganisationId[]> {
  return read(platform, async (tx) => {
    const ids: OrganisationId[] = [];
    for (const code of codes) {
      const found = await findOrganisation(tx, code.trim());
      if (!found) throw refuse('organisation_unknown', { code: code.trim().slice(0, 80) });
      ids.push(found.id);
    }
    return ids;
  });
}

/** Systems belong to no organisation: what happens to them is told in the history of the axis itself. */
export function locateAxis(platform: Platform): Promise<OrganisationName> {
  return read(platform, getAxisOrganisation);
}

export interface DirectoryFact {
  readonly kind:
    | 'organisation_added'
    | 'organisation_renamed'
    | 'organisation_changed'
    | 'organisation_merged'
    | 'organisation_ended'
    | 'organisations_imported'
    | 'registration_requested'
    | 'registration_decided'
    | 'system_added'
    | 'system_changed'
    | 'system_assigned'
    | 'system_withdrawn'
    | 'receiving_system_set'
    | 'credential_rotated'
    | 'credential_retired'
    | 'operator_secret_rotated'
    | 'operator_secret_ended'
    | 'operator_retired'
    | 'system_quota_set'
    | 'system_suspended'
    | 'system_resumed'
    | 'calendar_day_declared'
    | 'calendar_day_withdrawn';
  readonly organisation: { readonly id: OrganisationId; readonly code: string };
  /** Whose history it belongs to; the organisation's own where left out. */
  readonly subjectId?: string;
  readonly by: Actor;
  readonly claims?: Readonly<Record<string, Json>>;
  readonly detail?: Readonly<Record<string, Json>>;
}

export async function recordChange(platform: Platform, tx: Transaction, fact: DirectoryFact): Promise<void> {
  await record(tx, platform.receipts, {
    kind: `directory.${fact.kind}`,
    organisation: { id: fact.organisation.id, code: fact.organisation.code },
    subjectId: fact.subjectId ?? fact.organisation.id,
    actor: fact.by,
    claims: fact.claims ?? {},
    ...(fact.detail && { detail: fact.detail }),
  });
}

/** Who it was, for the row that says who changed its state. */
export function nameOf(actor: Actor): string {
  return `${actor.method}:${actor.credential ?? actor.system ?? 'axis'}`;
}
