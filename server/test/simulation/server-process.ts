/** A process of the server: the real use cases on scheduled connections, and a disk that it can no longer reach once dead. */
import { createExchange } from '#exchange';
import type { Exchange } from '#exchange';
import { createBlobStore } from '#foundation/blob';
import type { Disk } from '#foundation/blob';
import type { Database } from '#foundation/db';
import type { ReceiptSigner } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import type { SecretBox } from '#foundation/secrets';
import { createScheduledPool } from './scheduled-pool.ts';
import type { PoolOptions } from './scheduled-pool.ts';
import type { Process, Scheduler } from './scheduler.ts';

export interface ServerProcess extends Process {
  readonly platform: Platform;
  readonly exchange: Exchange;
}

export interface Machine extends PoolOptions {
  readonly database: Database;
  readonly secrets: SecretBox;
  readonly receipts: ReceiptSigner;
  readonly disk: Disk;
}

export async function startServer(name: string, machine: Machine): Promise<ServerProcess> {
  const process: Process = { name, isAlive: true };
  const pools = machine.database;
  const database: Database = {
    app: createScheduledPool(pools.app, 'app', machine),
    ingest: createScheduledPool(pools.ingest, 'ingest', machine),
    sequencer: createScheduledPool(pools.sequencer, 'sequencer', machine),
    close: async () => undefined,
  };
  const { secrets, receipts } = machine;
  const blobs = await createBlobStore({
    folder: '/blobs',
    secrets,
    pool: database.app,
    reserveBytes: 0,
    disk: reachableWhileAlive(machine.disk, process, machine.scheduler),
  });
  const platform: Platform = { database, secrets, receipts, blobs };
  return Object.assign(process, { platform, exchange: createExchange(platform) });
}

/** What a dead process asked for never comes back to it. */
function reachableWhileAlive<Part extends object>(part: Part, process: Process, scheduler: Scheduler): Part {
  return new Proxy(part, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== 'function') return member;
      return async (...given: unknown[]): Promise<unknown> => {
        if (!process.isAlive) return forever;
        scheduler.moved();
        const answer: unknown = await Reflect.apply(member, target, given);
        scheduler.moved();
        if (!process.isAlive) return forever;
        return isFile(answer) ? reachableWhileAlive(answer, process, scheduler) : answer;
      };
    },
  });
}

const forever = new Promise<never>(() => undefined);

function isFile(answer: unknown): answer is object {
  return typeof answer === 'object' && answer !== null && 'close' in answer;
}
