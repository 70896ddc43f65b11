/**
 * Who a connected system is, for every request it makes. A server process remembers the answer for two seconds at
 * most, and forgets all when told of a change, so that a suspension or a rotation holds at once.
 */
import { read } from './record-change.ts';
import type { AuthenticatedSystem } from './connected-system.ts';
import { openCredentials } from './issue-credential.ts';
import { rememberedSystems } from './remembered-systems.ts';
import { findForAuthentication } from './store/systems.ts';
import { effectiveQuota } from './system-quota.ts';
import type { Platform } from '#foundation/platform';

const rememberedMillis = 2_000;
const rememberedLimit = 10_000; // systems, known and unknown: several hundred exist, the rest is somebody guessing

/** By the id that the system sends itself. Suspended systems are found too: the caller refuses them. */
export function findSystem(platform: Platform, externalId: string): Promise<AuthenticatedSystem | undefined> {
  const systems = rememberedSystems(platform.database);
  const known = systems.get(externalId);
  if (known && known.until > performance.now()) return known.answer;

  const answer = load(platform, externalId);
  systems.delete(externalId);
  if (systems.size >= rememberedLimit) systems.delete(systems.keys().next().value!);
  const entry = { answer, until: performance.now() + rememberedMillis };
  systems.set(externalId, entry);
  // Trouble is not an answer worth keeping.
  answer.catch(() => systems.get(externalId) === entry && systems.delete(externalId));
  return answer;
}

async function load(platform: Platform, externalId: string): Promise<AuthenticatedSystem | undefined> {
  const found = await read(platform, (tx) => findForAuthentication(tx, externalId));
  if (!found) return undefined;
  const { system, credentials, quota, speaksFor, receivesFor } = found;
  return {
    systemId: system.id,
    externalId: system.externalId,
    name: system.name,
    state: system.state,
    credentials: openCredentials(platform, system.id, credentials),
    quota: effectiveQuota(quota),
    speaksFor,
    receivesFor,
    normalisesOutgoing: system.normalisesOutgoing,
    parentCode: system.parentCode,
  };
}
