/** What the axis does by itself, in each process at any time, two at once too: the log, the feed, the ladder, the sweeps. */
import {
  climbLadder,
  destroyContents,
  eraseDetails,
  followLog,
  makeEvents,
  sweepPackages,
  watchDeadlines,
} from '#exchange';
import { publishCheckpoint, verifyHistory } from '../../src/foundation/evidence/publish-checkpoint.ts';
import { sequenceEntries } from '../../src/foundation/evidence/sequence-entries.ts';
import { logSigner, origin } from '../support/evidence.ts';
import { byOperator } from './country.ts';
import type { ServerProcess } from './server-process.ts';
import type { Act, Habit, Simulation } from './simulation.ts';

export const axisPasses: readonly Habit[] = [
  { name: 'sequence', weight: 8, begin: sequence },
  { name: 'publish', weight: 3, begin: publish },
  pass('make events for the feeds', 4, async ({ exchange }) => void (await makeEvents(exchange))),
  pass('follow the log', 3, async ({ platform }) => void (await followLog(platform))),
  pass('watch deadlines', 1, async ({ platform }) => void (await watchDeadlines(platform))),
  pass('climb the ladder', 2, async ({ exchange }) => void (await climbLadder(exchange))),
  { name: 'destroy', weight: 1, begin: destroy },
  { name: 'sweep', weight: 1, begin: sweep },
  { name: 'erase', weight: 0.7, begin: erase },
];

function pass(what: string, weight: number, work: (server: ServerProcess) => Promise<void>): Habit {
  const act: Act = {
    what: `the axis: ${what}`,
    async work(server) {
      await work(server);
      return () => 'over';
    },
  };
  return { name: what, weight, begin: () => act };
}

/** As the sequencer: history first, then the leaves. */
function sequence({ archive }: Simulation): Act {
  return {
    what: 'the axis: give entries their leaves',
    async work({ platform }) {
      const pool = platform.database.sequencer;
      const count = await sequenceEntries(pool, await verifyHistory({ pool, origin, archive }));
      return () => `${count} of them`;
    },
  };
}

function publish({ archive, isLogKeyAway }: Simulation): Act | undefined {
  if (isLogKeyAway) return undefined;
  return {
    what: 'the axis: sign a checkpoint',
    async work({ platform }) {
      const size = await publishCheckpoint({ pool: platform.database.sequencer, origin, archive }, logSigner);
      return () => (size === undefined ? 'nothing new' : `of ${size} leaves`);
    },
  };
}

const keptDays = 90;
const neverAborted = new AbortController().signal;

function destroy(): Act {
  return {
    what: 'the axis: destroy what was kept long enough',
    async work({ exchange }) {
      const { destroyedCount } = await destroyContents(exchange, { keptDays, signal: neverAborted });
      return () => `${destroyedCount} of them`;
    },
  };
}

function sweep({ clock }: Simulation): Act {
  return {
    what: 'the axis: sweep what no envelope refers to',
    async work({ exchange }) {
      const { removedFiles } = await sweepPackages(exchange, { now: clock.now(), signal: neverAborted });
      return () => `${removedFiles} of them`;
    },
  };
}

function erase({ known, random }: Simulation): Act | undefined {
  const acknowledged = known.sendings.filter(({ envelopeId, isErased }) => envelopeId && !isErased);
  if (acknowledged.length === 0) return undefined;
  const sending = random.pick(acknowledged);
  const destroysContent = random.chance(0.5);
  return {
    what: `the operator erases letter ${sending.number}${destroysContent ? ' with its content' : ''}`,
    async work({ platform }) {
      const request = {
        organisation: sending.letter.from,
        envelope: sending.envelopeId!,
        legalBasis: 'Nghị định 13/2023',
        destroysContent,
      };
      const { erasedDetails } = await eraseDetails(platform, request, byOperator);
      return () => {
        // A supplement is a sending of its own, and described by itself.
        if (sending.letter.docType === undefined) sending.isErased = true;
        return `${erasedDetails} details`;
      };
    },
  };
}
