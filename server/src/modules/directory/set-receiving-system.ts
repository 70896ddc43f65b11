import { recordChange } from './record-change.ts';
import type { ConnectedSystem } from './connected-system.ts';
import type { Organisation } from './organisation.ts';
import { findReceivingSystem, replaceReceivingSystem } from './store/systems.ts';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

/**
 * The organisation's mail goes to this system from now on, in place of the one before: one receives at a time. The
 * caller has let the system speak for the organisation, and holds the lock of the organisation.
 */
export async function setReceivingSystem(
  platform: Platform,
  tx: Transaction,
  { organisation, system, by }: { organisation: Organisation; system: ConnectedSystem; by: Actor },
): Promise<{ former: string | undefined }> {
  const former = await findReceivingSystem(tx, organisation.id);
  if (former?.id === system.id) return { former: undefined };
  await replaceReceivingSystem(tx, system.id, organisation.id);
  await recordChange(platform, tx, {
    kind: 'receiving_system_set',
    organisation,
    by,
    claims: { systemId: system.id, externalId: system.externalId, formerSystemId: former?.id ?? null },
    detail: { name: organisation.name, systemName: system.name },
  });
  return { former: former?.externalId };
}
