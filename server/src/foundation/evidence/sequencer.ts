/**
 * Keeps the log going: gives waiting entries their leaves and signs the head about once a second. The head's row lock
 * and the primary keys make it correct with any number of processes at once.
 *
 * It polls. `notify` in every accepting transaction would make them queue for one lock at commit, and an empty poll
 * costs less than a millisecond of CPU.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction } from '#foundation/db';
import { assert, Refusal } from '#foundation/refusal';
import type { LogSigner } from './checkpoint.ts';
import { publishCheckpoint, verifyHistory, type KnownHead, type Log } from './publish-checkpoint.ts';
import { maxBatchEntries, sequenceEntries } from './sequence-entries.ts';
import { hasPending } from './store/log.ts';

export interface Sequencer {
  /** What keeps the log from going on, until it does. */
  readonly trouble: Trouble | undefined;
  /** Ends after the transaction under way. */
  stop(): Promise<void>;
}

export interface Trouble {
  /** `evidence.fork`, or `unavailable` when the world is in the way; that is tried again. */
  readonly code: string;
  readonly message: string;
}

export interface SequencerOptions extends Log {
  /** Without the log key entries still get their leaves, but no checkpoint is signed. */
  readonly signer?: LogSigner;
  /**
   * Brings into the archive what others know of our checkpoints, before the first one is signed: also with database and
   * archive restored, the log then does not contradict what it published. Never rejects, and ends in time.
   */
  readonly learnHistory?: (signal: AbortSignal) => Promise<void>;
  readonly log: SequencerLog;
}

/** As much of a pino logger as is used. */
export interface SequencerLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const pollMilliseconds = 150;
const checkpointMilliseconds = 1_000;
const maxBackoffMilliseconds = 5_000;

export function startSequencer(options: SequencerOptions): Sequencer {
  assert(!options.signer || options.signer.name === options.origin, 'the log key is named like the origin');
  const stopping = new AbortController();
  let trouble: Trouble | undefined;

  const running = (async () => {
    await options.learnHistory?.(stopping.signal);
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        await work(options, stopping.signal, () => {
          if (trouble) options.log.info({ code: trouble.code }, 'the evidence log goes on');
          trouble = undefined;
          failures = 0;
        });
      } catch (error) {
        const found = troubleOf(error);
        // Said once, not at each attempt.
        if (found.message !== trouble?.message) {
          options.log.error({ code: found.code, err: error }, 'the evidence log stands still');
        }
        trouble = found;
        await pause(Math.min(pollMilliseconds * 2 ** failures++, maxBackoffMilliseconds), stopping.signal);
      }
    }
  })();

  return {
    get trouble() {
      return trouble;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Runs until it is stopped or something fails; then it starts again by checking history, as after a restore. */
async function work(options: SequencerOptions, signal: AbortSignal, onProgress: () => void): Promise<void> {
  const known: KnownHead = await verifyHistory(options);
  let checkpointDueAt = 0;
  while (!signal.aborted) {
    let sequenced = 0;
    if (await inTransaction(options.pool, {}, hasPending))
      sequenced = await sequenceEntries(options.pool, known);
    // Monotonic: a clock that is set back must not hold the next checkpoint up.
    if (options.signer && options.signer.signers.length > 0 && performance.now() >= checkpointDueAt) {
      await publishCheckpoint(options, options.signer);
      checkpointDueAt = performance.now() + checkpointMilliseconds;
    }
    onProgress();
    if (sequenced < maxBatchEntries) await pause(pollMilliseconds, signal);
  }
}

function troubleOf(error: unknown): Trouble {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof Refusal ? error.code : 'unavailable', message };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  // An aborted pause is a stop, which the loop notices itself.
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
