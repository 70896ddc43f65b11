/**
 * Decides, by the seed, whose transaction runs next. Many use cases are under way at once; each stops where it asks for a
 * connection, and one of them at a time is let go until its transaction ends. So every interleaving of transactions can
 * come about, none waits for a lock, and the same seed gives the same run.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What becomes of a transaction that is let go. */
export type Fate =
  | 'runs'
  /** PostgreSQL could not be reached. */
  | 'unreachable'
  /** The connection broke in COMMIT, before or after it counted; nobody is told which. */
  | 'cut before commit'
  | 'cut after commit'
  /** The process dies in COMMIT. */
  | 'killed before commit'
  | 'killed after commit';

/** A server process: what it has under way ends with it. */
export interface Process {
  readonly name: string;
  isAlive: boolean;
}

export interface Request {
  readonly process: Process;
  readonly what: string;
  readonly letGo: (fate: Fate) => void;
}

interface Context {
  readonly process: Process | undefined;
  readonly task: string;
}

export interface Scheduler {
  /** Those who stand still until they are let go, in the order in which they came. */
  readonly waiting: readonly Request[];
  /** Who is running; undefined where the code is not part of the simulation. */
  readonly current: Context | undefined;
  /** Runs work in the name of a process. */
  run<Result>(context: Context, work: () => Promise<Result>): Promise<Result>;
  /** Resolves when the one who asks is let go; never, once its process is dead. */
  stop(what: string): Promise<Fate>;
  /** A transaction that was let go has ended. */
  ended(): void;
  /** Something moved that no transaction shows: the disk. */
  moved(): void;
  letGo(request: Request, fate: Fate): void;
  kill(process: Process): void;
  /** Resolves when no transaction is open and everybody stands still. */
  quiet(): Promise<void>;
}

/** The disk of the simulation takes at most three turns of the event loop for an operation. */
const quietTurns = 6;
const patienceMillis = 60_000;

export function createScheduler(): Scheduler {
  const contexts = new AsyncLocalStorage<Context>();
  let waiting: Request[] = [];
  let open: PromiseWithResolvers<void> | undefined;
  let movements = 0;

  return {
    get waiting() {
      return waiting;
    },
    get current() {
      return contexts.getStore();
    },
    run: (context, work) => contexts.run(context, work),
    stop(what) {
      const { promise, resolve } = Promise.withResolvers<Fate>();
      const context = contexts.getStore();
      movements += 1;
      if (context?.process?.isAlive) {
        waiting.push({ process: context.process, what: `${context.task}: ${what}`, letGo: resolve });
      }
      return promise;
    },
    ended() {
      open?.resolve();
      open = undefined;
      movements += 1;
    },
    moved() {
      movements += 1;
    },
    letGo(request, fate) {
      waiting = waiting.filter((other) => other !== request);
      open = Promise.withResolvers();
      request.letGo(fate);
    },
    kill(process) {
      process.isAlive = false;
      waiting = waiting.filter((request) => request.process !== process);
    },
    async quiet() {
      if (open) await withPatience(open.promise);
      let seen = -1;
      while (seen !== movements) {
        seen = movements;
        for (let turn = 0; turn < quietTurns; turn++) await nextTurn();
      }
    },
  };
}

async function withPatience(promise: Promise<void>): Promise<void> {
  const { promise: tooLong, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('a transaction does not end')), patienceMillis);
  try {
    await Promise.race([promise, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
