import { change, locate, nameOf, recordChange } from './record-change.ts';
import type { Organisation } from './organisation.ts';
import { refuse } from './refusals.ts';
import {
  endOrganisation as updateEnded,
  findOrganisation,
  listActiveChildren,
  lockOrganisations,
} from './store/organisations.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

/** What the directory has to ask of those above it; the composition root answers for them. */
export interface DirectoryHooks {
  /** Whether mail for the organisation is still to be collected. The transaction may see the organisation's rows. */
  hasWaitingMail(tx: Transaction, organisationId: OrganisationId): Promise<boolean>;
}

export interface EndRequest {
  readonly code: string;
  readonly reason?: string | null | undefined;
}

/** Ends an organisation without a successor. Refused while mail waits for it or others stand below it. */
export async function endOrganisation(
  platform: Platform,
  hooks: DirectoryHooks,
  request: EndRequest,
  by: Actor,
): Promise<{ organisation: Organisation; ended: boolean }> {
  const [id] = await locate(platform, [request.code]);
  return change(platform, [id!], (tx) => endChecked(platform, hooks, tx, { ...request, id: id!, by }));
}

/** Ends within a transaction that may see the rows of `id`: also for what a system ends by itself. */
export async function endChecked(
  platform: Platform,
  hooks: DirectoryHooks,
  tx: Transaction,
  { id, reason = null, by }: { id: OrganisationId; reason?: string | null | undefined; by: Actor },
): Promise<{ organisation: Organisation; ended: boolean }> {
  const organisation = (await lockOrganisations(tx, [id])).get(id)!;
  if (organisation.state === 'ended') return { organisation, ended: false };
  const { code, kind, name } = organisation;
  if (kind === 'axis') throw refuse('axis_cannot_end', { code });
  const children = await listActiveChildren(tx, [id]);
  if (children.length > 0) throw refuse('has_active_children', { code, count: children.length });
  if (await hooks.hasWaitingMail(tx, id)) throw refuse('mail_waiting', { code });

  await updateEnded(tx, { id, successorId: null, reason, by: nameOf(by) });
  await recordChange(platform, tx, {
    kind: 'organisation_ended',
    organisation,
    by,
    detail: { name, reason },
  });
  return { organisation: (await findOrganisation(tx, code))!, ended: true };
}
