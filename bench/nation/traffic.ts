/**
 * Who writes what to whom, from a seed. The shares are ours, chosen so that the sums are those that are published:
 * 3.0 recipients a document (163,107 sent and 488,165 received in 2019), sizes with a median of 0.64 MB and a 90th
 * percentile of 10 MB.
 */
import { choose, createRandom } from './random.ts';
import type { Random } from './random.ts';
import type { Kind, Nation } from './tree.ts';

export type Act = 'new' | 'repeat' | 'update' | 'recall';

export interface PlannedDocument {
  readonly act: Act;
  /** Places in the nation. */
  readonly from: number;
  readonly to: readonly number[];
  readonly sizeBytes: number;
  readonly priority: number;
  /** The earlier document that a repeat sends again, an update updates, a recall takes back: its place in the plan. */
  readonly about: number | undefined;
}

export interface TrafficOptions {
  readonly nation: Nation;
  readonly documents: number;
  /** Of sizes: 1 as in the nation, 0.1 a tenth. */
  readonly scale: number;
  readonly seed: number;
}

export function planTraffic({ nation, documents, scale, seed }: TrafficOptions): PlannedDocument[] {
  const random = createRandom(seed);
  const acquaintances = findAcquaintances(nation);
  const planned: PlannedDocument[] = [];
  const originals: number[] = [];
  for (let ordinal = 0; ordinal < documents; ordinal++) {
    const act = originals.length === 0 ? 'new' : choose(random, acts);
    if (act === 'new') {
      const from = random.pick(acquaintances.placesOf[choose(random, writers)]);
      const to = chooseRecipients(random, nation, acquaintances, from);
      planned.push({
        act,
        from,
        to,
        sizeBytes: drawSize(random, scale),
        priority: choose(random, priorities),
        about: undefined,
      });
      originals.push(ordinal);
      continue;
    }
    // What is repeated or taken back was sent a moment ago.
    const about = originals[Math.max(0, originals.length - 1 - random.below(recentDocuments))]!;
    const original = planned[about]!;
    const sizeBytes =
      act === 'repeat' ? original.sizeBytes : act === 'recall' ? leastBytes : drawSize(random, scale);
    planned.push({ ...original, act, about, sizeBytes });
  }
  return planned;
}

const acts: readonly (readonly [number, Act])[] = [
  [95, 'new'],
  [2, 'repeat'],
  [2, 'update'],
  [1, 'recall'],
];
const recentDocuments = 200;
const priorities: readonly (readonly [number, number])[] = [
  [90, 0],
  [7, 1],
  [2, 2],
  [1, 3],
];
const writers: readonly (readonly [number, Kind])[] = [
  [45, 'commune'],
  [25, 'department'],
  [12, 'province'],
  [8, 'ministry'],
  [6, 'directorate'],
  [4, 'unit'],
];

/** Median 0.64 MB; 1.2816 standard deviations above it 10 MB. No real package above 50 MB was seen. */
const medianBytes = 640_000;
const spread = Math.log(10_000_000 / medianBytes) / 1.2816;
const mostBytes = 50_000_000;
export const leastBytes = 5_000;

function drawSize(random: Random, scale: number): number {
  const bytes = Math.min(mostBytes, medianBytes * Math.exp(spread * random.normal()));
  return Math.max(leastBytes, Math.round(bytes * scale));
}

interface Acquaintances {
  readonly placesOf: Readonly<Record<Kind, readonly number[]>>;
  /** Of each kind below a province or a ministry. */
  readonly below: (hub: number, kind: Kind) => readonly number[];
}

function findAcquaintances({ organisations }: Nation): Acquaintances {
  const placesOf = Map.groupBy(organisations.keys(), (place) => organisations[place]!.kind);
  const below = Map.groupBy(
    organisations.keys(),
    (place) => `${organisations[place]!.hub} ${organisations[place]!.kind}`,
  );
  return {
    placesOf: {
      province: placesOf.get('province') ?? [],
      commune: placesOf.get('commune') ?? [],
      department: placesOf.get('department') ?? [],
      ministry: placesOf.get('ministry') ?? [],
      directorate: placesOf.get('directorate') ?? [],
      unit: placesOf.get('unit') ?? placesOf.get('commune') ?? [],
    },
    below: (hub, kind) => below.get(`${hub} ${kind}`) ?? [],
  };
}

/** To whom each writes: within its own province or ministry, or anywhere. */
const habits: Record<Kind, readonly (readonly [weight: number, readonly [where: 'own' | 'any', Kind]])[]> = {
  commune: [
    [60, ['own', 'department']],
    [20, ['own', 'province']],
    [15, ['own', 'commune']],
    [5, ['any', 'ministry']],
  ],
  department: [
    [45, ['own', 'commune']],
    [25, ['own', 'province']],
    [15, ['any', 'directorate']],
    [15, ['own', 'department']],
  ],
  province: [
    [40, ['own', 'department']],
    [35, ['own', 'commune']],
    [15, ['any', 'ministry']],
    [10, ['any', 'province']],
  ],
  ministry: [
    [55, ['any', 'province']],
    [25, ['any', 'ministry']],
    [20, ['own', 'directorate']],
  ],
  directorate: [
    [30, ['own', 'ministry']],
    [50, ['any', 'department']],
    [20, ['any', 'directorate']],
  ],
  unit: [
    [60, ['own', 'department']],
    [40, ['own', 'commune']],
  ],
};

const circularShare = 0.01;
const handfuls: readonly (readonly [number, readonly [least: number, most: number]])[] = [
  [63, [1, 1]],
  [25, [2, 4]],
  [12, [4, 8]],
];

/** A circular goes to all communes of a province, or to all provinces; the others to a handful. */
function chooseRecipients(
  random: Random,
  nation: Nation,
  { placesOf, below }: Acquaintances,
  from: number,
): number[] {
  const { kind, hub } = nation.organisations[from]!;
  const others = (places: readonly number[]): number[] => places.filter((place) => place !== from);
  if (random.fraction() < circularShare) {
    const audience = others(below(hub, 'commune'));
    return audience.length > 1 ? audience : others(placesOf.province);
  }
  const [least, most] = choose(random, handfuls);
  const wanted = least + random.below(most - least + 1);
  const found = new Set<number>();
  // A small circle may not have so many members: then they are all that there are.
  for (let tries = 0; found.size < wanted && tries < 4 * wanted; tries++) {
    const [where, whom] = choose(random, habits[kind]);
    const circle = where === 'own' ? below(hub, whom) : placesOf[whom];
    const candidates = circle.length === 0 ? placesOf.province : circle;
    const place = random.pick(candidates);
    if (place !== from) found.add(place);
  }
  return found.size > 0 ? [...found] : [random.pick(others(placesOf.province))];
}
