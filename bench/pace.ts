/**
 * Ways to put load on a server. Closed: so many callers, each sending when it was answered; it finds the most a
 * server can do. Open: requests at fixed times, whatever the server does, each timed from when it was to be sent; it
 * finds how long people wait. (A closed loop slows down with the server and so hides its worst moments.) Timed: open, with
 * a time for each request, as in a day that has its peaks.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export type Pace =
  | SteadyPace
  | { readonly kind: 'timed'; readonly dueSeconds: readonly number[]; readonly callers: number }
  /** As closed, until so many are done. */
  | { readonly kind: 'counted'; readonly callers: number; readonly count: number };

export type SteadyPace =
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
  const unsentCount = await runBy(pace, perform);
  failedCount += unsentCount;
  const seconds = (performance.now() - startedAt) / 1000;
  return { latenciesMilliseconds, seconds, failedCount, failures };
}

type Perform = (caller: number, ordinal: number, dueAt: number) => Promise<void>;

async function runBy(pace: Pace, perform: Perform): Promise<number> {
  const { callers } = pace;
  if (pace.kind === 'closed') {
    const endsAt = performance.now() + pace.seconds * 1000;
    return runClosed(callers, () => performance.now() < endsAt, perform);
  }
  if (pace.kind === 'counted') return runClosed(callers, (ordinal) => ordinal < pace.count, perform);
  if (pace.kind === 'timed') {
    const { dueSeconds } = pace;
    return runOpen(
      { callers, count: dueSeconds.length, dueSecond: (ordinal) => dueSeconds[ordinal]! },
      perform,
    );
  }
  const { perSecond, seconds, hopelessSeconds } = pace;
  const count = Math.round(perSecond * seconds);
  return runOpen({ callers, count, hopelessSeconds, dueSecond: (ordinal) => ordinal / perSecond }, perform);
}

async function runClosed(
  callers: number,
  mayGoOn: (ordinal: number) => boolean,
  perform: Perform,
): Promise<number> {
  let ordinal = 0;
  const call = async (caller: number): Promise<void> => {
    while (mayGoOn(ordinal)) await perform(caller, ordinal++, performance.now());
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return 0;
}

interface Timetable {
  readonly callers: number;
  readonly count: number;
  readonly dueSecond: (ordinal: number) => number;
  readonly hopelessSeconds?: number | undefined;
}

/** Returns how many requests were never sent because the run had become hopeless. */
async function runOpen(
  { callers, count, dueSecond, hopelessSeconds = 5 }: Timetable,
  perform: Perform,
): Promise<number> {
  const idle = Array.from({ length: callers }, (_, caller) => caller);
  const startedAt = performance.now();
  const dueAt = (ordinal: number): number => startedAt + dueSecond(ordinal) * 1000;
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
