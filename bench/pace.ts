/**
 * Two ways to put load on a server. Closed: so many callers, each sending when it was answered; it finds the most a
 * server can do. Open: requests at fixed times, whatever the server does, each timed from when it was to be sent; it
 * finds how long people wait. (A closed loop slows down with the server and so hides its worst moments.)
 */
import { setTimeout as sleep } from 'node:timers/promises';

export type Pace =
  | { readonly kind: 'closed'; readonly callers: number; readonly seconds: number }
  | {
      readonly kind: 'open';
      readonly perSecond: number;
      readonly seconds: number;
      readonly callers: number;
      /** A run that is this far behind is over: the server cannot do it, and waiting would only fill the memory. */
      readonly hopelessSeconds?: number;
    };

export interface PacedRun {
  readonly latenciesMilliseconds: number[];
  readonly seconds: number;
  readonly failedCount: number;
  /** Reasons of the first few failures. */
  readonly failures: readonly string[];
}

/** Each caller is a connection or whatever `act` makes of its number; one act at a time runs on each. */
export type Act = (caller: number, ordinal: number) => Promise<void>;

const keptFailures = 5;

export async function run(pace: Pace, act: Act): Promise<PacedRun> {
  const latenciesMilliseconds: number[] = [];
  const failures: string[] = [];
  let failedCount = 0;
  const startedAt = performance.now();
  const perform = async (caller: number, ordinal: number, dueAt: number): Promise<void> => {
    try {
      await act(caller, ordinal);
      latenciesMilliseconds.push(performance.now() - dueAt);
    } catch (error) {
      failedCount += 1;
      if (failures.length < keptFailures) failures.push(String(error));
    }
  };
  const unsentCount = pace.kind === 'closed' ? await runClosed(pace, perform) : await runOpen(pace, perform);
  failedCount += unsentCount;
  const seconds = (performance.now() - startedAt) / 1000;
  return { latenciesMilliseconds, seconds, failedCount, failures };
}

type Perform = (caller: number, ordinal: number, dueAt: number) => Promise<void>;

async function runClosed({ callers, seconds }: Pace & { kind: 'closed' }, perform: Perform): Promise<number> {
  const endsAt = performance.now() + seconds * 1000;
  let ordinal = 0;
  const call = async (caller: number): Promise<void> => {
    while (performance.now() < endsAt) await perform(caller, ordinal++, performance.now());
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return 0;
}

/** Returns how many requests were never sent because the run had become hopeless. */
async function runOpen(pace: Pace & { kind: 'open' }, perform: Perform): Promise<number> {
  const { perSecond, seconds, callers, hopelessSeconds = 5 } = pace;
  const count = Math.round(perSecond * seconds);
  const idle = Array.from({ length: callers }, (_, caller) => caller);
  const startedAt = performance.now();
  const dueAt = (ordinal: number): number => startedAt + (ordinal / perSecond) * 1000;
  const progress = { next: 0, isHopeless: false };

  const dispatch = (): void => {
    const now = performance.now();
    progress.isHopeless ||= now - dueAt(progress.next) > hopelessSeconds * 1000;
    while (!isOver() && idle.length > 0 && dueAt(progress.next) <= now) {
      const caller = idle.pop()!;
      const ordinal = progress.next++;
      void perform(caller, ordinal, dueAt(ordinal)).finally(() => {
        idle.push(caller);
        if (!isOver()) dispatch();
      });
    }
  };
  const isOver = (): boolean => progress.isHopeless || progress.next >= count;

  while (!isOver()) {
    dispatch();
    await sleep(1);
  }
  while (idle.length < callers) await sleep(1);
  return count - progress.next;
}
