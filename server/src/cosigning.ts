/** The log and the witnesses that it is configured with. */
import type { Database } from '#foundation/db';
import {
  learnFromWitnesses,
  logKeysOf,
  parseTrust,
  startGatheringCosignatures,
  type CheckpointArchive,
  type CosignatureGathering,
  type WitnessAddress,
} from '#foundation/evidence';
import type { Log } from '#foundation/log';
import type { Config } from './config.ts';

export interface Cosigning {
  /** For the sequencer, before it signs for the first time. */
  learnHistory(signal: AbortSignal): Promise<void>;
  start(): CosignatureGathering;
}

/** So long at most does the log wait for witnesses when it starts; acceptance does not wait at all. */
const learnMilliseconds = 3_000;

export function prepareCosigning(
  { config, database, log }: { readonly config: Config; readonly database: Database; readonly log: Log },
  { trust, archive }: { readonly trust: () => string; readonly archive: CheckpointArchive },
): Cosigning {
  const witnesses = config.cosigning.witnesses.flatMap(({ key, url }): WitnessAddress[] =>
    url ? [{ key, url }] : [],
  );
  const ownLog = {
    origin: config.origin,
    // Keys may be rotated while the server runs.
    logKeys: () => logKeysOf(parseTrust(trust())),
    archive,
  };
  return {
    learnHistory: (signal) =>
      learnFromWitnesses(ownLog, witnesses, { signal, withinMilliseconds: learnMilliseconds }),
    start: () => startGatheringCosignatures({ ...ownLog, pool: database.app, witnesses, log }),
  };
}
