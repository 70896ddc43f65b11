/**
 * How many documents, by organisation and day. Everything about a document is counted under the day on which the axis
 * accepted it, also what happens to it later: so the figures of a day say what became of that day's documents, and add up.
 */
import type { OrganisationId } from '#foundation/ids';

export interface CountKey {
  readonly organisationId: OrganisationId;
  readonly onDay: Temporal.PlainDate;
  /** As the sender of a document or as one of its receivers. */
  readonly side: 'sent' | 'received';
  readonly documentKind: string;
  readonly paper: Paper;
}

/** Whether a paper copy follows (edXML Bussiness/Paper); most senders do not say. */
export type Paper = 'with' | 'without' | 'not_stated';

export const measures = [
  'documents',
  'copies',
  'done',
  'refused',
  'recalled',
  'returned',
  'in_time',
  'late',
  'undated',
  'delay_days',
] as const;
export type Measure = (typeof measures)[number];
export type Counted = Readonly<Partial<Record<Measure, number>>>;

export interface Count {
  readonly key: CountKey;
  readonly counted: Record<Measure, number>;
}

export interface Counts {
  add(key: CountKey, counted: Counted): void;
  /** In the order of their keys, so that two writers never wait for each other in a circle. */
  rows(): Count[];
}

export function createCounts(): Counts {
  const rows = new Map<string, Count>();
  return {
    add(key, counted) {
      const text = [key.organisationId, key.onDay, key.side, key.documentKind, key.paper].join('|');
      const row = rows.get(text) ?? { key, counted: zero() };
      rows.set(text, row);
      for (const measure of measures) row.counted[measure] += counted[measure] ?? 0;
    },
    rows: () => [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
  };
}

function zero(): Record<Measure, number> {
  return {
    documents: 0,
    copies: 0,
    done: 0,
    refused: 0,
    recalled: 0,
    returned: 0,
    in_time: 0,
    late: 0,
    undated: 0,
    delay_days: 0,
  };
}
