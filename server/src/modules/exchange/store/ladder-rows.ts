import type { Transaction } from '#foundation/db';
import type { Ladder, Ladders, RungRule } from '../duties/ladder.ts';
import type { UndeliveredKey } from './undelivered-rows.ts';

/** The ladders in force. A few rows: read them once for a piece of work. */
export async function readLadders(tx: Transaction): Promise<Ladders> {
  const rows = await tx.query<RungRow>(
    `select priority, version, clock, minutes, act
     from exchange.ladder_rung
     where (priority, version) in (
       select priority, max(version)
       from exchange.ladder_rung
       group by priority
     )
     order by priority, rung`,
  );
  const byPriority = Map.groupBy(rows, ({ priority }) => priority);
  return {
    version: Math.max(...rows.map(({ version }) => version)),
    byPriority: [0, 1, 2, 3, 4].map((priority) =>
      byPriority.get(priority)!.map(({ clock, minutes, act }) => ({ clock, minutes, act })),
    ),
  };
}

interface RungRow extends RungRule {
  readonly [column: string]: unknown;
  readonly priority: number;
  readonly version: number;
}

export async function insertLadder(
  tx: Transaction,
  given: {
    readonly priority: number;
    readonly version: number;
    readonly rungs: Ladder;
    readonly declaredBy: string;
  },
): Promise<void> {
  const { priority, version, rungs, declaredBy } = given;
  await tx.query(
    `insert into exchange.ladder_rung (priority, version, rung, clock, minutes, act, declared_at, declared_by)
     select $1, $2, place - 1, clock, minutes, act, $6, $7
     from unnest($3::text[], $4::integer[], $5::text[]) with ordinality as rung (clock, minutes, act, place)`,
    [
      priority,
      version,
      rungs.map(({ clock }) => clock),
      rungs.map(({ minutes }) => minutes),
      rungs.map(({ act }) => act),
      tx.now.toString(),
      declaredBy,
    ],
  );
}

export interface RungVersions {
  readonly calendar: number;
  readonly ladder: number;
}

/** By which calendar and ladders the rungs to come were computed. */
export async function readRungVersions(tx: Transaction): Promise<RungVersions> {
  const [row] = await tx.query<RungVersions & Record<string, number>>(
    `select rungs_calendar_version as calendar, rungs_ladder_version as ladder
     from exchange.log_position`,
  );
  return row!;
}

export async function setRungVersions(tx: Transaction, { calendar, ladder }: RungVersions): Promise<void> {
  await tx.query(
    `update exchange.log_position
     set rungs_calendar_version = $1,
       rungs_ladder_version = $2`,
    [calendar, ladder],
  );
}

export interface RungToCome extends Pick<UndeliveredKey, 'organisationId' | 'deliveryId'> {
  readonly priority: number;
  readonly since: Temporal.Instant;
  readonly rung: number;
  readonly dueAt: Temporal.Instant | null;
}

/** Of copies of anybody, in the order of their keys. */
export async function listRungsToCome(
  tx: Transaction,
  { after, maxRows }: { readonly after: RungToCome | undefined; readonly maxRows: number },
): Promise<RungToCome[]> {
  return tx.query(
    `select organisation_id as "organisationId", delivery_id as "deliveryId", priority, since, rung, due_at as "dueAt"
     from exchange.undelivered_from($1, $2, $3)`,
    [after?.organisationId ?? beforeAll, after?.deliveryId ?? beforeAll, maxRows],
  );
}

const beforeAll = '00000000-0000-0000-0000-000000000000';

export interface MovedRung extends Pick<UndeliveredKey, 'organisationId' | 'deliveryId'> {
  readonly from: number;
  readonly to: number;
  readonly dueAt: Temporal.Instant;
}

/** Those that were climbed meanwhile stay as they are: who climbed computed the next one himself. */
export async function moveRungs(tx: Transaction, moved: readonly MovedRung[]): Promise<void> {
  await tx.query(
    `update exchange.undelivered
     set rung = given.rung_after,
       due_at = given.due_at
     from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], $5::timestamptz[])
       as given (organisation_id, delivery_id, rung_before, rung_after, due_at)
     where undelivered.organisation_id = given.organisation_id
       and undelivered.delivery_id = given.delivery_id
       and undelivered.rung = given.rung_before`,
    [
      moved.map(({ organisationId }) => organisationId),
      moved.map(({ deliveryId }) => deliveryId),
      moved.map(({ from }) => from),
      moved.map(({ to }) => to),
      moved.map(({ dueAt }) => dueAt.toString()),
    ],
  );
}
