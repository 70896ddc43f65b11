import { read } from './record-change.ts';
import type { ConnectedSystem } from './connected-system.ts';
import { refuse } from './refusals.ts';
import {
  listRepresented,
  listSystems as selectSystems,
  lockSystem,
  findSystem as findSystemRow,
  type ListedSystem,
  type RepresentedOrganisation,
} from './store/systems.ts';
import type { Transaction } from '#foundation/db';
import type { Platform } from '#foundation/platform';

const systemsLimit = 1000;

/**
 * By our id or by the id that it sends itself; locked, so that what follows is decided on what is true. Systems are
 * locked before organisations, everywhere, so that no two changes wait for each other.
 */
export async function getSystem(tx: Transaction, reference: string): Promise<ConnectedSystem> {
  const system = await lockSystem(tx, reference);
  if (!system) throw refuse('system_unknown', { system: reference.slice(0, 100) });
  return system;
}

/** A system with the organisations that it speaks for, in order of code. */
export async function readSystem(
  platform: Platform,
  request: { readonly system: string; readonly after?: string | undefined; readonly limit: number },
): Promise<{ system: ConnectedSystem; organisations: RepresentedOrganisation[] }> {
  return read(platform, async (tx) => {
    const system = await findSystemRow(tx, request.system);
    if (!system) throw refuse('system_unknown', { system: request.system.slice(0, 100) });
    const limit = Math.min(request.limit, systemsLimit);
    return { system, organisations: await listRepresented(tx, system.id, { after: request.after, limit }) };
  });
}

/** In order of external id; that of the last one is the `after` of the next page. */
export async function listSystems(
  platform: Platform,
  request: { readonly after?: string | undefined; readonly limit: number },
): Promise<ListedSystem[]> {
  const limit = Math.min(request.limit, systemsLimit);
  return read(platform, (tx) => selectSystems(tx, { after: request.after, limit }));
}

export type { ListedSystem, RepresentedOrganisation };
