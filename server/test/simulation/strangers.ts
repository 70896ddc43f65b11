/** X10: a system of nobody's, with ids that it should not know. It must learn and change nothing. */
import {
  fetchDelivery,
  listSent,
  listWaiting,
  markDelivery,
  readFeed,
  readTimeline,
  redeliver,
} from '#exchange';
import type { Caller, Exchange } from '#exchange';
import { Refusal } from '#foundation/refusal';
import { callerFrom, methods, stranger } from './country.ts';
import { holds } from './simulation.ts';
import type { Act, Habit, Simulation } from './simulation.ts';

export const strangers: readonly Habit[] = [{ name: 'pry', weight: 2, begin: pry }];

interface Ids {
  readonly delivery: string;
  readonly envelope: string;
}

/** Each resolves with what it got, which must be nothing, or is refused. */
const attempts: readonly {
  readonly what: string;
  readonly try: (exchange: Exchange, caller: Caller, ids: Ids) => Promise<readonly unknown[]>;
}[] = [
  {
    what: 'fetch',
    try: async (exchange, caller, { delivery }) => [await fetchDelivery(exchange, caller, delivery)],
  },
  {
    what: 'mark',
    try: async (exchange, caller, { delivery: id }) => [
      await markDelivery(exchange, caller, { id, mark: 'done' }),
    ],
  },
  {
    what: 'put back',
    try: async (exchange, { receivesFor, systemId }, { delivery: id }) => [
      await redeliver(exchange, {
        organisations: receivesFor,
        actor: { method: 'vxp', system: systemId },
        id,
      }),
    ],
  },
  { what: 'list', try: (exchange, caller) => listWaiting(exchange, caller, { kind: 'document' }) },
  {
    what: 'list as sender',
    try: (exchange, caller, { envelope: envelopeId }) =>
      listSent(exchange, caller, { kind: 'document', envelopeId }),
  },
  {
    what: 'read the history',
    try: (exchange, caller, { envelope }) => readTimeline(exchange, caller, envelope),
  },
  {
    what: 'read the feed',
    try: async (exchange, caller) => {
      const after = Buffer.from('-1.0.ffffffff-ffff-ffff-ffff-ffffffffffff').toString('base64url');
      return (await readFeed(exchange, caller, { after })).events;
    },
  },
];

function pry({ known, random }: Simulation): Act | undefined {
  if (known.copies.length === 0) return undefined;
  const copy = random.pick(known.copies);
  const attempted = random.pick(attempts);
  const [system] = stranger.systems;
  return {
    what: `the stranger tries to ${attempted.what} of copy ${copy.number}`,
    async work({ exchange, platform }) {
      const caller = await callerFrom(platform, system!, random.pick(methods));
      const got = await attempted
        .try(exchange, caller, { delivery: copy.id, envelope: copy.envelopeId })
        .catch((error: unknown) => {
          if (error instanceof Refusal) return [];
          throw error;
        });
      holds(got.length === 0, 'X10', () => `the stranger could ${attempted.what}`);
      return () => 'nothing';
    },
    mayBeRefused: ['exchange.system_suspended'],
  };
}
