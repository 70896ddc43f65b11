/**
 * Follows the evidence log and brings duties, the ladder and the figures up to it. Any number of processes may try: one
 * holds the position's lock, and nobody writes from a position that has moved. What is read before the lock never changes,
 * so that it may be read before.
 */
import { axisOrganisation, readWorkingCalendar } from '#directory';
import { inTransaction } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { addCounts } from '../store/count-rows.ts';
import { endDuties, insertDuties, meetDuties } from '../store/duty-rows.ts';
import { readLadders } from '../store/ladder-rows.ts';
import { lockLogPosition, readLogFacts, readLogPosition, setNextIndex } from '../store/log-facts.ts';
import { deleteUndelivered, insertUndelivered } from '../store/undelivered-rows.ts';
import { consequencesOf } from './consequences.ts';
import type { Consequences, LogFact } from './consequences.ts';
import { createCounts } from './daily-count.ts';

/** So many are read, folded and written at once; fewer where they are circulars, each of which may go to thousands. */
const maxLeaves = 500;
const maxRecipients = 20_000;

export interface FollowedLog {
  readonly leaves: number;
  /** Whether the end of the log was reached, or another process is at work. */
  readonly isCaughtUp: boolean;
}

/** One step. Call it again while it is not caught up. */
export async function followLog(
  platform: Pick<Platform, 'database'>,
  { recipients = maxRecipients }: { readonly recipients?: number } = {},
): Promise<FollowedLog> {
  const pool = platform.database.app;
  const read = await inTransaction(pool, {}, async (tx) => {
    const position = await readLogPosition(tx);
    const found = await readLogFacts(tx, {
      first: position.nextIndex,
      maxRows: maxLeaves,
      maxRecipients: recipients,
    });
    const yardsticks = { calendar: await readWorkingCalendar(tx), ladders: await readLadders(tx) };
    const { organisationId: axisId } = await axisOrganisation(tx);
    return { ...found, axisId, position, yardsticks };
  });
  const { position, yardsticks, nextIndex } = read;
  const leaves = nextIndex - position.nextIndex;
  if (leaves === 0) return { leaves: 0, isCaughtUp: true };

  // What the axis itself sends are tests of connections: nobody owes an answer to them, and they are no correspondence.
  const facts = read.facts.filter(({ senderId }) => senderId !== read.axisId);
  const consequences = consequencesOf(facts, yardsticks);
  const organisations = organisationsOf(consequences);
  const isWritten = await inTransaction(pool, { organisations }, async (tx) => {
    const locked = await lockLogPosition(tx);
    if (locked?.nextIndex !== position.nextIndex) return false;
    await write(tx, consequences, yardsticks.calendar.version);
    await setNextIndex(tx, nextIndex);
    return true;
  });
  return {
    leaves: isWritten ? leaves : 0,
    isCaughtUp: !isWritten || (leaves < maxLeaves && recipientsOf(read.facts) < recipients),
  };
}

function recipientsOf(facts: readonly LogFact[]): number {
  return facts.reduce((sum, { reached, refusedCount }) => sum + reached.length + refusedCount, 0);
}

async function write(
  tx: Transaction,
  { counts, duties, undelivered, confirmed, withdrawn, settled }: Consequences,
  calendarVersion: number,
): Promise<void> {
  // In the order of what happens to one copy: it comes first, whatever else the same step brings.
  await insertDuties(tx, duties, calendarVersion);
  await insertUndelivered(tx, undelivered);
  const met = await meetDuties(tx, confirmed);
  await endDuties(tx, withdrawn);
  await deleteUndelivered(tx, settled);
  const judged = createCounts();
  for (const { key, counted } of counts) judged.add(key, counted);
  for (const key of met.inTime) judged.add(key, { in_time: 1 });
  for (const key of met.late) judged.add(key, { late: 1 });
  await addCounts(tx, judged.rows());
}

function organisationsOf(consequences: Consequences): OrganisationId[] {
  return [
    ...new Set([
      ...consequences.counts.map(({ key }) => key.organisationId),
      ...consequences.duties.map(({ organisationId }) => organisationId),
      ...consequences.confirmed.map(({ organisationId }) => organisationId),
      ...consequences.withdrawn.map(({ organisationId }) => organisationId),
      ...consequences.settled.map(({ organisationId }) => organisationId),
      ...consequences.undelivered.map(({ organisationId }) => organisationId),
    ]),
  ];
}
