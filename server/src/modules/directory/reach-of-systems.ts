import { listReach } from './store/systems.ts';
import type { Transaction } from '#foundation/db';
import type { OrganisationId, SystemId } from '#foundation/ids';

/** The organisations that each of these systems speaks or receives for now; a suspended one is not among them. */
export async function reachOfSystems(
  tx: Transaction,
  systemIds: readonly SystemId[],
): Promise<Map<SystemId, readonly OrganisationId[]>> {
  const rows = await listReach(tx, systemIds);
  return new Map(rows.map(({ systemId, organisations }) => [systemId, organisations]));
}
