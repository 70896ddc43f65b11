/**
 * Keeps asking the witnesses for their cosignatures, in the background and each on its own: one that hangs, answers
 * rubbish or is dead delays nobody else, and nothing else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { inTransaction } from '#foundation/db';
import { askWitness, type WitnessAddress } from './ask-witness.ts';
import { learnFromWitness, type OwnLog } from './learn-from-witness.ts';
import { readRootAt } from './log-tree.ts';
import { formatNote } from './note.ts';
import { refuse } from './refusals.ts';
import type { SequencerLog, Trouble } from './sequencer.ts';
import { readHead } from './store/log.ts';

export interface CosignatureGathering {
  /** A witness holds a checkpoint under our own signature that contradicts our tree. */
  readonly trouble: Trouble | undefined;
  stop(): Promise<void>;
}

export interface CosignatureGatheringOptions extends OwnLog {
  readonly pool: pg.Pool;
  readonly witnesses: readonly WitnessAddress[];
  readonly log: SequencerLog;
}

const pollMilliseconds = 500;
const maxBackoffMilliseconds = 60_000;
const learnMilliseconds = 10_000;

export function startGatheringCosignatures(options: CosignatureGatheringOptions): CosignatureGathering {
  const stopping = new AbortController();
  const troubles = new Map<WitnessAddress, Trouble>();
  const following = options.witnesses.map((witness) =>
    follow(options, witness, {
      signal: stopping.signal,
      onTrouble: (trouble) => (trouble ? troubles.set(witness, trouble) : troubles.delete(witness)),
    }),
  );
  return {
    get trouble() {
      return troubles.values().next().value;
    },
    async stop() {
      stopping.abort();
      await Promise.all(following);
    },
  };
}

async function follow(
  options: CosignatureGatheringOptions,
  witness: WitnessAddress,
  {
    signal,
    onTrouble,
  }: { readonly signal: AbortSignal; readonly onTrouble: (trouble: Trouble | undefined) => void },
): Promise<void> {
  const { log } = options;
  const { name } = witness.key;
  let failures = 0;
  let told: string | undefined;
  while (!signal.aborted) {
    try {
      const outcome = await askWitness(options.pool, witness, signal);
      if (outcome === 'ahead' || outcome === 'contradicted') await judge(options, witness, signal);
      onTrouble(undefined);
      if (told !== undefined) log.info({ witness: name }, 'the witness cosigns again');
      failures = 0;
      told = undefined;
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      const isFork = error instanceof ForkShown;
      onTrouble(isFork ? { code: error.code, message } : undefined);
      // Said once, not at each attempt.
      if (message !== told) {
        const what = isFork ? 'a witness shows a fork of the evidence log' : 'a witness does not cosign';
        log.error({ witness: name, err: error, ...(isFork && { shown: error.checkpoint }) }, what);
      }
      told = message;
      failures += 1;
    }
    const pause =
      failures > 0 ? Math.min(pollMilliseconds * 2 ** failures, maxBackoffMilliseconds) : pollMilliseconds;
    // An aborted pause is a stop, which the loop notices itself.
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

class ForkShown extends Error {
  readonly code = 'evidence.fork';
  readonly checkpoint: string;

  constructor(checkpoint: string, size: number) {
    super(refuse('fork', { size }).message);
    this.checkpoint = checkpoint;
  }
}

/** A witness's word is not enough to call our own tree false; a checkpoint with our signature is. Throws. */
async function judge(
  options: CosignatureGatheringOptions,
  witness: WitnessAddress,
  signal: AbortSignal,
): Promise<never> {
  const kept = await learnFromWitness(options, witness, { signal, withinMilliseconds: learnMilliseconds });
  const { name } = witness.key;
  if (!kept) throw new Error(`${name} refuses our checkpoint and shows none of ours that contradicts it`);
  const isOurs = await inTransaction(options.pool, {}, async (tx) => {
    const { size } = await readHead(tx);
    return kept.size <= size && (await readRootAt(tx, kept.size)).equals(kept.root);
  });
  if (isOurs) throw new Error(`${name} refuses our checkpoint, which extends the one that it shows`);
  throw new ForkShown(formatNote(kept.note), kept.size);
}
