/** X3: when nothing goes wrong any more, everybody gets what waits for them, and the feeds and the log are read to the end. */
import { resumeSystem } from '#directory';
import { fetchDelivery, listWaiting, makeEvents, markDelivery, redeliver } from '#exchange';
import type { OrganisationId } from '#foundation/ids';
import { Refusal } from '#foundation/refusal';
import { publishCheckpoint } from '../../src/foundation/evidence/publish-checkpoint.ts';
import { sequenceEntries } from '../../src/foundation/evidence/sequence-entries.ts';
import { logSigner, origin } from '../support/evidence.ts';
import { byOperator, callerFrom, externalIdOf, systems } from './country.ts';
import { readOn } from './feed-readers.ts';
import type { MachineRoom } from './machine-room.ts';
import type { Scheduler } from './scheduler.ts';
import type { ServerProcess } from './server-process.ts';
import { holds } from './simulation.ts';

export async function endWell(
  room: MachineRoom,
  { scheduler, calm }: { readonly scheduler: Scheduler; readonly calm: () => Promise<void> },
): Promise<void> {
  const { simulation } = room;
  const { archive, clock, known, owner } = simulation;
  simulation.isTroubled = false;
  const finishAll = async (): Promise<void> => {
    for (;;) {
      await calm();
      const [next] = scheduler.waiting;
      if (!next) break;
      clock.pass(100);
      room.letGo(next, 'runs');
    }
    holds(room.underWay === 0, 'X3', () => `${room.underWay} acts never end`);
  };
  const finish = async (what: string, work: (server: ServerProcess) => Promise<unknown>): Promise<void> => {
    room.begin({
      what: `in the end: ${what}`,
      async work(server) {
        await work(server);
        return () => 'over';
      },
    });
    await finishAll();
  };

  await finishAll();
  for (const system of systems) {
    const request = { system: externalIdOf(system) };
    await finish(`${system} is resumed`, ({ platform }) => resumeSystem(platform, request, byOperator));
  }
  // What a process remembers of systems is two seconds old at most.
  clock.pass(5_000);
  const { rows: aside } = await owner.query<{ organisation_id: OrganisationId; id: string }>(
    `select organisation_id, id from exchange.delivery where state in ('failed', 'parked') order by id`,
  );
  for (const { organisation_id, id } of aside) {
    const request = { organisations: [organisation_id], actor: byOperator, id };
    await finish(`${id} is put back`, ({ exchange }) => orRefused(redeliver(exchange, request)));
  }
  for (const system of systems)
    await finish(`${system} collects everything`, (server) => collect(server, system));

  await finish('the log and the feeds come to their end', async ({ platform, exchange }) => {
    const pool = platform.database.sequencer;
    while ((await sequenceEntries(pool, { size: 0 })) > 0);
    await publishCheckpoint({ pool, origin, archive }, logSigner);
    while (await makeEvents(exchange));
  });
  for (const reader of known.readers) {
    for (let before = -1; before !== reader.events.length;) {
      before = reader.events.length;
      room.begin(readOn(reader, 500));
      await finishAll();
    }
  }
  await checkAllEnded(room);
}

async function collect({ exchange, platform }: ServerProcess, system: string): Promise<void> {
  const caller = await callerFrom(platform, system, 'vxp');
  for (const kind of ['document', 'status'] as const) {
    const tried = new Set<string>();
    for (;;) {
      const rows = await listWaiting(exchange, caller, { kind });
      // What cannot be had any more stays in the list.
      const untried = rows.filter(({ deliveryId }) => !tried.has(deliveryId));
      if (untried.length === 0) break;
      for (const { deliveryId: id } of untried) {
        tried.add(id);
        await orRefused(
          fetchDelivery(exchange, caller, id).then(() =>
            markDelivery(exchange, caller, { id, mark: 'done' }),
          ),
        );
      }
    }
  }
}

async function orRefused(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

async function checkAllEnded({ simulation }: MachineRoom): Promise<void> {
  const { rows } = await simulation.owner.query<{ id: string; state: string }>(
    `select id, state
     from exchange.delivery
     where state not in ('done', 'recalled')
       and package_key is not null
       and taking_back is distinct from 'agreed'`,
  );
  holds(rows.length === 0, 'X3', () => `${rows[0]!.id} is ${rows[0]!.state} and its holder does not get it`);
}
