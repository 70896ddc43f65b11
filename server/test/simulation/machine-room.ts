/** Two processes of the server on one database and one disk, and what they have under way. */
import { Refusal } from '#foundation/refusal';
import type { PowerCutDisk } from '../support/power-cut-disk.ts';
import type { Fate, Request, Scheduler } from './scheduler.ts';
import { startServer } from './server-process.ts';
import type { Machine, ServerProcess } from './server-process.ts';
import { Violation } from './simulation.ts';
import type { Act, Simulation } from './simulation.ts';

export interface MachineRoom {
  readonly simulation: Simulation;
  readonly servers: readonly ServerProcess[];
  /** Acts whose answers somebody waits for. */
  readonly underWay: number;
  readonly disk: PowerCutDisk;
  readonly begin: (act: Act) => void;
  readonly letGo: (request: Request, fate: Fate) => void;
  readonly kill: (server: ServerProcess) => void;
  /** Takes all processes and what was not flushed. */
  readonly cutPower: () => void;
  /** Starts anew what died; fails where an act went wrong. */
  readonly tidy: () => Promise<void>;
}

const processes = 2;
/** Now and then nobody hears the answer. */
const lossProbability = 0.03;

export function createMachineRoom(
  simulation: Simulation,
  parts: {
    readonly scheduler: Scheduler;
    readonly machine: Omit<Machine, 'disk'>;
    readonly disk: PowerCutDisk;
  },
): MachineRoom {
  const { scheduler, machine } = parts;
  const { random, tell } = simulation;
  let { disk } = parts;
  let started = 0;
  let acts = 0;
  let failure: unknown;
  const servers: ServerProcess[] = [];
  const underWay = new Map<ServerProcess, Set<string>>();

  const settle = (act: Act, name: string, outcome: { answer?: () => string; error?: unknown }): void => {
    if (simulation.isTroubled && random.chance(lossProbability)) {
      tell(`${name}: the answer is lost`);
      return;
    }
    if (outcome.answer) tell(`${name}: ${outcome.answer()}`);
    else tell(`${name}: ${describe(act, outcome.error)}`);
  };

  return {
    simulation,
    servers,
    get underWay() {
      return [...underWay.values()].reduce((sum, { size }) => sum + size, 0);
    },
    get disk() {
      return disk;
    },
    begin(act) {
      const server = random.pick(servers);
      const name = `#${(acts += 1)}`;
      const own = underWay.get(server)!;
      own.add(name);
      tell(`${name} at ${server.name}: ${act.what}`);
      const end = (outcome: { answer?: () => string; error?: unknown }): void => {
        if (!server.isAlive) return;
        own.delete(name);
        try {
          settle(act, name, outcome);
        } catch (error) {
          failure ??= error;
        }
      };
      scheduler
        .run({ process: server, task: name }, () => act.work(server))
        .then(
          (answer) => end({ answer }),
          (error: unknown) => end({ error }),
        );
    },
    letGo(request, fate) {
      tell(`${request.what} ${fate}`);
      scheduler.letGo(request, fate);
    },
    kill: (server) => scheduler.kill(server),
    cutPower() {
      for (const server of servers) scheduler.kill(server);
      disk = disk.restart();
    },
    async tidy() {
      if (failure) throw failure;
      for (let index = 0; index < processes; index++) {
        const server = servers[index];
        if (server?.isAlive) continue;
        if (server) underWay.delete(server);
        const fresh = await startServer(`S${(started += 1)}`, { ...machine, disk });
        servers[index] = fresh;
        underWay.set(fresh, new Set());
      }
    },
  };
}

/** What the one who asked hears; anything but an expected refusal or a broken connection is a failure of the run. */
function describe(act: Act, error: unknown): string {
  if (error instanceof Refusal) {
    if (!act.mayBeRefused?.includes(error.code))
      throw new Violation('refusals', `${act.what}: ${error.code} is no answer to that`);
    act.refused?.(error);
    return `refused, ${error.code}`;
  }
  if (!isUncertain(error)) throw error;
  return 'nobody knows';
}

/** The connection broke; also a refusal that is no certain answer, since an attempt before it was cut off. */
function isUncertain(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof Refusal || ('code' in cause && cause.code === 'ECONNRESET')) return true;
  }
  return false;
}
