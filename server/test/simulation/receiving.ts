/** What receivers do: list, fetch, mark, report, answer, put back, and read the feed. */
import { createHash } from 'node:crypto';
import { fetchDelivery, listWaiting, markDelivery, redeliver } from '#exchange';
import { checkOrder } from './check-order.ts';
import { absentee, callerFrom, methods, systems } from './country.ts';
import type { Copy } from './correspondence.ts';
import { outOfOffice, reportAct } from './sending.ts';
import { holds } from './simulation.ts';
import type { Act, Habit, Simulation } from './simulation.ts';

export const receivers: readonly Habit[] = [
  { name: 'list', weight: 10, begin: list },
  { name: 'fetch', weight: 14, begin: fetch },
  { name: 'fetch again and again', weight: 0.3, begin: fetchManyTimes },
  { name: 'mark', weight: 8, begin: mark },
  { name: 'report', weight: 5, begin: report },
  { name: 'answer', weight: 4, begin: answer },
  { name: 'redeliver', weight: 2, begin: putBack },
];

const presentSystems = systems.filter((system) => system !== absentee);

function list(simulation: Simulation): Act {
  const { random, known, checkSoon, owner } = simulation;
  const system = random.pick(presentSystems);
  const kind = random.pick(['document', 'document', 'status'] as const);
  return {
    what: `${system} lists its ${kind === 'document' ? 'documents' : 'statuses'}`,
    async work({ exchange, platform }) {
      const rows = await listWaiting(exchange, await callerFrom(platform, system, 'vxp'), { kind });
      // Nobody else's transaction comes before the look at it.
      checkSoon(() => checkOrder(owner, rows));
      return () => {
        for (const row of rows) known.copySeen({ ...row, id: row.deliveryId, system });
        return `${rows.length} in it`;
      };
    },
    mayBeRefused: outOfOffice,
  };
}

/** One that was seen and is not known to be done, mostly a recent one. */
function pickCopy({ known, random }: Simulation, which: (copy: Copy) => boolean): Copy | undefined {
  const fitting = known.copies.filter(which);
  const some = fitting.slice(random.chance(0.8) ? -20 : 0);
  return some.length > 0 ? random.pick(some) : undefined;
}

const gone = ['exchange.delivery_recalled', 'exchange.content_destroyed'];
/** Of a mailbox that another system receives for by now. */
const notMine = ['exchange.delivery_unknown', ...outOfOffice];

function fetch(simulation: Simulation): Act | undefined {
  const copy = pickCopy(simulation, ({ isDone }) => !isDone || simulation.random.chance(0.1));
  return copy && fetchAct(simulation, copy, 1);
}

/** A receiver that dies of a message each time. */
function fetchManyTimes(simulation: Simulation): Act | undefined {
  const copy = pickCopy(simulation, ({ isDone, kind }) => !isDone && kind === 'document');
  return copy && fetchAct(simulation, copy, 101);
}

function fetchAct({ known, random }: Simulation, copy: Copy, times: number): Act {
  const method = random.pick(methods);
  return {
    what: `${copy.system} fetches ${nameOf(copy)}${times > 1 ? ` ${times} times` : ''} by ${method}`,
    async work({ exchange, platform }) {
      const caller = await callerFrom(platform, copy.system, method);
      let receipt = '';
      for (let time = 0; time < times; time++) {
        const fetched = await fetchDelivery(exchange, caller, copy.id);
        receipt = fetched.receipt;
        if (time > 0) continue;
        const digest = createHash('sha256');
        for await (const chunk of fetched.content) digest.update(chunk);
        holds(digest.digest().equals(fetched.digest), 'X1', () => `${nameOf(copy)} is not as it was sent`);
      }
      return () => {
        known.fetched(copy, receipt);
        return 'the content';
      };
    },
    mayBeRefused: [...gone, ...notMine],
    refused: ({ code }) => {
      if (code === 'exchange.content_destroyed') copy.isDestroyed = true;
    },
  };
}

function mark(simulation: Simulation): Act | undefined {
  const { random, known } = simulation;
  const copy = pickCopy(simulation, ({ fetchReceipt, isDone }) =>
    isDone ? random.chance(0.1) : fetchReceipt !== undefined || random.chance(0.05),
  );
  if (!copy) return undefined;
  const chosen = random.pick(['done', 'done', 'done', 'fail', 'processing'] as const);
  const sending = known.sendings.find(({ letter }) => letter.documentId === copy.documentId);
  if (chosen === 'fail' && sending) sending.isFailed = true;
  return {
    what: `${copy.system} marks ${nameOf(copy)} ${chosen}`,
    async work({ exchange, platform }) {
      const caller = await callerFrom(platform, copy.system, random.pick(methods));
      const { state } = await markDelivery(exchange, caller, { id: copy.id, mark: chosen });
      return () => {
        holds(!copy.isDone || state === 'done', 'X4', () => `${nameOf(copy)} was done and is ${state}`);
        if (state === 'done') copy.isDone = true;
        return `it is ${state}`;
      };
    },
    mayBeRefused: [
      'exchange.delivery_recalled',
      'exchange.mark_after_done',
      'exchange.mark_before_fetch',
      ...notMine,
    ],
    refused({ code }) {
      const isForgotten = code === 'exchange.mark_before_fetch' && copy.fetchReceipt !== undefined;
      holds(!isForgotten, 'X5', () => `${nameOf(copy)} was fetched, and the axis says that it was not`);
    },
  };
}

function report(simulation: Simulation): Act | undefined {
  const copy = pickCopy(
    simulation,
    ({ kind, fetchReceipt }) => kind === 'document' && fetchReceipt !== undefined,
  );
  if (!copy) return undefined;
  const code = simulation.random.pick(['01', '02', '03', '04', '05', '06', '99']);
  return reportOn(simulation, copy, code, [
    'exchange.status_backward',
    'exchange.status_ended',
    ...(code === '99' ? ['exchange.status_code_unknown'] : []),
  ]);
}

/** 15 agrees and 16 declines, where somebody asked or not. */
function answer(simulation: Simulation): Act | undefined {
  const copy = pickCopy(simulation, ({ kind }) => kind === 'document');
  if (!copy) return undefined;
  const code = simulation.random.pick(['15', '16']);
  return reportOn(simulation, copy, code, ['exchange.nothing_to_answer', 'exchange.decline_without_reason']);
}

function reportOn(simulation: Simulation, copy: Copy, code: string, mayBeRefused: readonly string[]): Act {
  const { documentId, fromCode, toCode, system } = copy;
  const description = simulation.random.chance(0.2) ? '' : `Trạng thái ${code}`;
  return reportAct(simulation, {
    system,
    what: `reports ${code} on ${nameOf(copy)}`,
    report: { from: toCode, about: { from: fromCode, documentId }, code, description },
    mayBeRefused: ['exchange.original_unknown', ...mayBeRefused],
  });
}

function putBack(simulation: Simulation): Act | undefined {
  const copy = pickCopy(simulation, () => true);
  if (!copy) return undefined;
  return {
    what: `${copy.system} asks for ${nameOf(copy)} to be put back into its list`,
    async work({ exchange, platform }) {
      const { receivesFor, systemId } = await callerFrom(platform, copy.system, 'vxp');
      const actor = { method: 'vxp', system: systemId } as const;
      const { receipt } = await redeliver(exchange, { organisations: receivesFor, actor, id: copy.id });
      return () => {
        holds(!copy.isDone, 'X4', () => `${nameOf(copy)} was done and is in its list again`);
        return receipt === undefined ? 'it is there' : 'it is there again';
      };
    },
    mayBeRefused: ['exchange.delivery_recalled', 'exchange.redelivery_after_done', ...notMine],
  };
}

export function nameOf({ number, kind, toCode, documentId }: Copy): string {
  return `copy ${number} (${kind} ${documentId.split(',')[2] ?? documentId} at ${toCode})`;
}
