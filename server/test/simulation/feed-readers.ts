/** X9: for each system a reader of the change feed, who remembers every event since he began and may lose any answer. */
import { readFeed } from '#exchange';
import type { FeedEvent } from '#exchange';
import { callerFrom } from './country.ts';
import { outOfOffice } from './sending.ts';
import type { Act, Habit, Simulation } from './simulation.ts';

export const readingSystems: readonly string[] = ['tỉnh', 'sở', 'chung', 'bộ'];

export interface FeedReader {
  readonly system: string;
  cursor: string | undefined;
  readonly events: FeedEvent[];
}

export const feedReading: readonly Habit[] = [{ name: 'read the feed', weight: 4, begin: read }];

function read(simulation: Simulation): Act {
  const reader = simulation.random.pick(simulation.known.readers);
  return readOn(reader, simulation.random.pick([1, 3, 100]));
}

/** The feed begins with the first entry of all. */
const beginning = Buffer.from('-1.32767.ffffffff-ffff-ffff-ffff-ffffffffffff').toString('base64url');

export function readOn(reader: FeedReader, limitRows: number): Act {
  const after = reader.cursor ?? beginning;
  return {
    what: `${reader.system} reads ${limitRows} events of its feed`,
    async work({ exchange, platform }) {
      const page = await readFeed(exchange, await callerFrom(platform, reader.system, 'oauth'), {
        after,
        limitRows,
      });
      return () => {
        // Another answer to the same question may have come first.
        if ((reader.cursor ?? beginning) !== after) return 'known by now';
        reader.cursor = page.cursor;
        reader.events.push(...page.events);
        return `${page.events.length} of them`;
      };
    },
    mayBeRefused: outOfOffice,
  };
}
