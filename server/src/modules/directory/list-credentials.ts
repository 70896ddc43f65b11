import { read } from './record-change.ts';
import { refuse } from './refusals.ts';
import { listPeriods, type CredentialPeriod } from './store/credentials.ts';
import { findSystem } from './store/systems.ts';
import type { Platform } from '#foundation/platform';

/** At most ten are valid at once; of those that ended the newest are of interest, and all are in the evidence log. */
const listedMax = 50;

/** What a system may prove itself with now, then what it could before; secrets are never among it. */
export function listCredentials(platform: Platform, reference: string): Promise<CredentialPeriod[]> {
  return read(platform, async (tx) => {
    const system = await findSystem(tx, reference);
    if (!system) throw refuse('system_unknown', { system: reference.slice(0, 100) });
    return listPeriods(tx, system.id, listedMax);
  });
}

export type { CredentialPeriod };
