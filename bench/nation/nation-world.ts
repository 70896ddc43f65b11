/** The nation in the directory: one import, a system for each province and ministry, and every organisation assigned. */
import { randomBytes } from 'node:crypto';
import { directoryOf, inParallel } from '../world.ts';
import { writeImportFile } from './tree.ts';
import type { MeasuredServer } from '../measured-server.ts';
import type { System } from './replay-plan.ts';
import type { Nation } from './tree.ts';

export interface NationWorld {
  readonly systems: readonly System[];
  readonly importSeconds: number;
  readonly assignSeconds: number;
}

/** A province with its communes sends faster here than in life. */
const quota = { requestsPerSecond: 100_000, messagesPerMinute: 1_000_000 };

export async function createNationWorld(server: MeasuredServer, nation: Nation): Promise<NationWorld> {
  const directory = directoryOf(server);
  const beganAt = performance.now();
  await directory.post('/organisation-imports', 'text/tab-separated-values', writeImportFile(nation));
  const importedAt = performance.now();
  const systems = await inParallel(nation.hubs, async (hub): Promise<System> => {
    const { code, name } = nation.organisations[hub]!;
    const system = { id: `bench.${code.toLowerCase()}`, secret: randomBytes(32).toString('base64url') };
    await directory.add('/systems', { externalId: system.id, name, secret: system.secret });
    await directory.set(`/systems/${system.id}/quota`, quota);
    return { hub, system };
  });
  const systemOf = new Map(systems.map(({ hub, system }) => [hub, system]));
  await inParallel(nation.organisations, ({ code, hub }) =>
    directory.add(`/systems/${systemOf.get(hub)!.id}/organisations`, { code }),
  );
  return {
    systems,
    importSeconds: (importedAt - beganAt) / 1000,
    assignSeconds: (performance.now() - importedAt) / 1000,
  };
}
