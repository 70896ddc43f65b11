import { change, locateAxis, nameOf, read, recordChange } from './record-change.ts';
import { getSystem } from './get-system.ts';
import { refuse } from './refusals.ts';
import { findQuota, writeQuota } from './store/quotas.ts';
import { findSystem } from './store/systems.ts';
import {
  effectiveQuota,
  noOverride,
  quotaLimits,
  type QuotaOverride,
  type SystemQuota,
} from './system-quota.ts';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';

export interface QuotaOfSystem {
  readonly effective: SystemQuota;
  /** What an operator set; null where the code's own holds. */
  readonly override: QuotaOverride;
}

/** Bounds one system otherwise than the code does: what is left out stays, null goes back to the code's own. */
export async function setQuota(
  platform: Platform,
  request: { readonly system: string; readonly quota: Partial<QuotaOverride> },
  by: Actor,
): Promise<QuotaOfSystem> {
  for (const name of names) {
    const value = request.quota[name] ?? null;
    const { minimum, maximum } = quotaLimits[name];
    if (value !== null && (!Number.isSafeInteger(value) || value < minimum || value > maximum)) {
      throw refuse('quota_out_of_range', { name, minimum, maximum });
    }
  }
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    const system = await getSystem(tx, request.system);
    const former = await findQuota(tx, system.id);
    const override = { ...former, ...withoutMissing(request.quota) };
    if (names.some((name) => override[name] !== former[name])) {
      await writeQuota(tx, system.id, { quota: override, by: nameOf(by) });
      await recordChange(platform, tx, {
        kind: 'system_quota_set',
        organisation: { id: axis.organisationId, code: axis.code },
        subjectId: system.id,
        by,
        claims: { externalId: system.externalId, quota: override, formerQuota: former },
      });
    }
    return { effective: effectiveQuota(override), override };
  });
}

export function readQuota(platform: Platform, reference: string): Promise<QuotaOfSystem> {
  return read(platform, async (tx) => {
    const system = await findSystem(tx, reference);
    if (!system) throw refuse('system_unknown', { system: reference.slice(0, 100) });
    const override = await findQuota(tx, system.id);
    return { effective: effectiveQuota(override), override };
  });
}

const names = Object.keys(noOverride) as (keyof QuotaOverride)[];

function withoutMissing(quota: Partial<QuotaOverride>): Partial<QuotaOverride> {
  return Object.fromEntries(Object.entries(quota).filter(([, value]) => value !== undefined));
}
