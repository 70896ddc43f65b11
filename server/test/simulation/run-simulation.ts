/**
 * One run: a small country and the axis, and chance by the seed that decides who does what, whose transaction runs next,
 * and what goes wrong. It ends with the first promise that does not hold, or after the given number of steps with
 * everybody collecting their mail and everything being checked.
 */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createBlobStore } from '#foundation/blob';
import { connect } from '#foundation/db';
import type { Database } from '#foundation/db';
import { createSecretBox } from '#foundation/secrets';
import { receiptSigner } from '../support/evidence.ts';
import { createPowerCutDisk } from '../support/power-cut-disk.ts';
import { createMemoryArchive } from './archive.ts';
import { axisPasses } from './axis-passes.ts';
import { badDays } from './bad-days.ts';
import { checkEverything, checkEvidence } from './check-everything.ts';
import { createClock } from './clock.ts';
import type { SimulatedClock } from './clock.ts';
import { createCorrespondence } from './correspondence.ts';
import { foundCountry } from './country.ts';
import { directoryChanges } from './directory-changes.ts';
import { endWell } from './end-well.ts';
import { feedReading } from './feed-readers.ts';
import { createMachineRoom } from './machine-room.ts';
import type { MachineRoom } from './machine-room.ts';
import { createRandom } from './random.ts';
import { receivers } from './receiving.ts';
import { createScheduler } from './scheduler.ts';
import type { Fate, Scheduler } from './scheduler.ts';
import { simulatedClock } from './scheduled-pool.ts';
import { senders } from './sending.ts';
import { simulateSurroundings } from './simulated-surroundings.ts';
import { Violation } from './simulation.ts';
import type { Simulation } from './simulation.ts';
import { createStory } from './story.ts';
import { strangers } from './strangers.ts';

export interface RunOptions {
  readonly seed: number;
  readonly steps: number;
  /** A migrated database with nothing in it. */
  readonly database: { readonly url: string; readonly ownerUrl: string };
}

export interface RunReport {
  /** Of the whole story: equal for equal seeds. */
  readonly digest: string;
  /** How often each thing happened. */
  readonly counts: ReadonlyMap<string, number>;
}

export const habits = [
  ...senders,
  ...receivers,
  ...feedReading,
  ...axisPasses,
  ...directoryChanges,
  ...strangers,
];
const maxUnderWay = 12;
const checkEverySteps = 500;

export async function runSimulation({ seed, steps, database: urls }: RunOptions): Promise<RunReport> {
  const random = createRandom(seed);
  const scheduler = createScheduler();
  const clock = createClock();
  const story = createStory();
  const counts = new Map<string, number>();
  const soon: (() => Promise<void>)[] = [];
  await using database = disposable(connect({ url: urls.url }));
  await using owner = await ownerOf(urls.ownerUrl);
  using _ = simulateSurroundings({ scheduler, random, now: clock.now, passedMillis: clock.passedMillis });

  const simulation: Simulation = {
    random,
    clock,
    owner: owner.client,
    archive: createMemoryArchive(),
    known: createCorrespondence(),
    isLogKeyAway: false,
    isTroubled: true,
    tell: (what) => story.tell(what),
    checkSoon: (check) => soon.push(check),
  };
  const secrets = createSecretBox([randomBytes(32)]);
  const machine = { database, secrets, receipts: receiptSigner, scheduler, now: clock.now };
  const disk = createPowerCutDisk({ seed });
  const room = createMachineRoom(simulation, { scheduler, machine, disk });
  try {
    await owner.client.query(simulatedClock);
    await found(room, { scheduler, clock });
    const calm = async (): Promise<void> => {
      await scheduler.quiet();
      await room.tidy();
      for (const check of soon.splice(0)) await check();
    };
    for (story.step = 1; story.step <= steps; story.step++) {
      await calm();
      const what = step(room, scheduler);
      counts.set(what, (counts.get(what) ?? 0) + 1);
      if (story.step % checkEverySteps === 0) {
        await calm();
        await checkEverything(simulation);
      }
    }
    await endWell(room, { scheduler, calm });
    await checkEverything(simulation);
    const blobs = await createBlobStore({
      folder: '/blobs',
      secrets,
      pool: database.app,
      reserveBytes: 0,
      disk: room.disk,
    });
    await checkEvidence(simulation, { ownerUrl: urls.ownerUrl, blobs });
    return { digest: story.digest(), counts };
  } catch (error) {
    throw new Error(
      `The simulation failed at step ${story.step} of seed ${seed}.\n\n${story.ending()}\n\n` +
        `Again: npm run simulate -- --seed ${seed} --steps ${steps}\n\n${describe(error)}`,
      { cause: error },
    );
  }
}

/** One thing more: somebody's transaction, something that somebody begins to do, or something that goes wrong. */
function step(room: MachineRoom, scheduler: Scheduler): string {
  const { simulation } = room;
  const { random, clock } = simulation;
  const { waiting } = scheduler;
  if (waiting.length > 0 && (room.underWay >= maxUnderWay || random.chance(0.8))) {
    // Two transactions in one millisecond are not rare.
    clock.pass(random.chance(0.3) ? 0 : random.below(2_000));
    const fate = random.chance(0.98) ? 'runs' : random.pick(badFates);
    room.letGo(random.pick(waiting), fate);
    return fate;
  }
  if (random.chance(0.02)) {
    random.weighted(badDays).happen(room);
    return 'bad day';
  }
  const habit = random.weighted(habits);
  const act = habit.begin(simulation);
  if (act) room.begin(act);
  return habit.name;
}

export const badFates: readonly Fate[] = [
  'unreachable',
  'cut before commit',
  'cut after commit',
  'killed before commit',
  'killed after commit',
];

/** The country is there before the first step: its founding goes as it should. */
async function found(
  room: MachineRoom,
  { scheduler, clock }: { readonly scheduler: Scheduler; readonly clock: SimulatedClock },
): Promise<void> {
  await room.tidy();
  room.begin({
    what: 'the country is founded',
    async work({ platform }) {
      await foundCountry(platform);
      return () => 'it is';
    },
  });
  for (;;) {
    await scheduler.quiet();
    await room.tidy();
    const [next] = scheduler.waiting;
    if (!next) return;
    clock.pass(10);
    room.letGo(next, 'runs');
  }
}

async function ownerOf(connectionString: string): Promise<AsyncDisposable & { readonly client: Client }> {
  const client = new Client({ connectionString });
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

function disposable(database: Database): Database & AsyncDisposable {
  return { ...database, [Symbol.asyncDispose]: () => database.close() };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error instanceof Violation ? error.message : (error.stack ?? error.message);
  return error.cause === undefined
    ? own
    : `${own}
  because: ${describe(error.cause)}`;
}
