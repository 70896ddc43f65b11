/**
 * How many may wait for events at once. Each who waits holds a socket for up to a minute, and each event of its
 * organisations costs a reading for every one of them: a system that never closes its polls must not take them all.
 */
import type { SystemId } from '#foundation/ids';

export interface PollPlaces {
  /** A place until it is disposed of; undefined where the system, or all together, have as many as they may. */
  take(systemId: SystemId): Disposable | undefined;
}

/** A system polls with one request; the others are for its machines, and for polls whose client is gone already. */
export const maxPollsOfSystem = 16;
const maxPolls = 2_000;

export function createPollPlaces(): PollPlaces {
  const taken = new Map<SystemId, number>();
  let together = 0;
  return {
    take(systemId) {
      const own = taken.get(systemId) ?? 0;
      if (own >= maxPollsOfSystem || together >= maxPolls) return undefined;
      taken.set(systemId, own + 1);
      together += 1;
      return {
        [Symbol.dispose]() {
          together -= 1;
          const left = taken.get(systemId)! - 1;
          if (left === 0) taken.delete(systemId);
          else taken.set(systemId, left);
        },
      };
    },
  };
}
