import type { Transaction } from '#foundation/db';

/** What waits, of all organisations together. */
export interface QueueFigures {
  /** Leaves of the log of which the change feed does not tell yet. */
  readonly feedBehind: number;
  /** Leaves of the log that duties, ladder and figures have not followed yet. */
  readonly dutiesBehind: number;
  readonly parked: number;
  /** Duties that are late and still open. */
  readonly lateOpen: number;
  /** Copies that nobody confirmed to have, by the time since their acceptance. */
  readonly undelivered: Readonly<Record<UndeliveredAge, number>>;
}

export const undeliveredAges = ['1h', '1d', '3d', '14d', 'older'] as const;
export type UndeliveredAge = (typeof undeliveredAges)[number];

export async function readQueueFigures(tx: Transaction): Promise<QueueFigures> {
  const [row] = await tx.query<Record<string, number>>(
    `select feed_behind, duties_behind, parked, late_open, undelivered_hour, undelivered_day, undelivered_three_days,
       undelivered_two_weeks, undelivered_older
     from exchange.queue_figures($1)`,
    [tx.now.toString()],
  );
  const figures = row!;
  return {
    feedBehind: figures['feed_behind']!,
    dutiesBehind: figures['duties_behind']!,
    parked: figures['parked']!,
    lateOpen: figures['late_open']!,
    undelivered: {
      '1h': figures['undelivered_hour']!,
      '1d': figures['undelivered_day']!,
      '3d': figures['undelivered_three_days']!,
      '14d': figures['undelivered_two_weeks']!,
      older: figures['undelivered_older']!,
    },
  };
}

/** The same two lags alone, which cost nothing to read. */
export async function readLags(tx: Transaction): Promise<Pick<QueueFigures, 'feedBehind' | 'dutiesBehind'>> {
  const [row] = await tx.query<{ feedBehind: number; dutiesBehind: number }>(
    `select size - position as "feedBehind", size - next_index as "dutiesBehind"
     from evidence.head
     cross join exchange.event_head
     cross join exchange.log_position`,
  );
  return row!;
}
