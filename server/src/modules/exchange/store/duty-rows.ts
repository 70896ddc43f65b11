import type { Transaction } from '#foundation/db';
import type { DeliveryId, EntryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import type { DelayReason, DutyRule } from '../duties/duty.ts';
import type { CopyAct, NewDuty } from '../statistics/consequences.ts';
import type { CountKey, Paper } from '../statistics/daily-count.ts';

export async function insertDuties(
  tx: Transaction,
  duties: readonly NewDuty[],
  calendarVersion: number,
): Promise<void> {
  if (duties.length === 0) return;
  const column = <Value>(value: (duty: NewDuty) => Value): Value[] => duties.map(value);
  await tx.prepared(
    'insert-duties',
    `insert into exchange.duty (
       organisation_id, subject_id, rule, sender_id, envelope_id, since, due_at, original_due_at, calendar_version, met_at,
       is_late, on_day, document_kind, paper
     )
     select organisation_id, subject_id, rule, sender_id, envelope_id, since, due_at, due_at, $12, met_at,
       met_at is not null, on_day, document_kind, paper
     from unnest(
       $1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::timestamptz[],
       $8::timestamptz[], $9::date[], $10::text[], $11::text[]
     ) as given (
       organisation_id, subject_id, rule, sender_id, envelope_id, since, due_at, met_at, on_day, document_kind, paper
     )`,
    [
      column((duty) => duty.organisationId),
      column((duty) => duty.subjectId),
      column((duty) => duty.rule),
      column((duty) => duty.senderId),
      column((duty) => duty.envelopeId),
      column((duty) => duty.since.toString()),
      column((duty) => duty.dueAt.toString()),
      column((duty) => duty.metAt?.toString() ?? null),
      column((duty) => duty.countedUnder.onDay.toString()),
      column((duty) => duty.countedUnder.documentKind),
      column((duty) => duty.countedUnder.paper),
      calendarVersion,
    ],
  );
}

/** Under which keys duties were met in time, and under which ones it was only now found that they were not. */
export interface MetDuties {
  readonly inTime: readonly CountKey[];
  readonly late: readonly CountKey[];
}

/** Confirms receipts. What was in time leaves the table, since nothing is owed any more; what was late stays with its time. */
export async function meetDuties(tx: Transaction, acts: readonly CopyAct[]): Promise<MetDuties> {
  if (acts.length === 0) return { inTime: [], late: [] };
  const inTime = await tx.query<KeyRow>(
    `delete from exchange.duty
     using ${firstActs}
     where ${isOpenDutyOfAct}
       and not is_late
       and act.at < due_at
     returning ${keyColumns}`,
    actArrays(acts),
  );
  const met = await tx.query<KeyRow & { readonly was_late: boolean }>(
    `update exchange.duty
     set met_at = act.at,
       is_late = true
     from ${firstActs}
     join exchange.duty former using (organisation_id, subject_id)
     where ${isOpenDutyOfAct}
     returning ${keyColumns}, former.is_late as was_late`,
    actArrays(acts),
  );
  return { inTime: inTime.map(keyOf), late: met.filter((row) => !row.was_late).map(keyOf) };
}

/** Copies that were withdrawn before anybody saw them: nobody owes a confirmation, unless he was late already. */
export async function endDuties(tx: Transaction, acts: readonly CopyAct[]): Promise<void> {
  if (acts.length === 0) return;
  await tx.query(
    `update exchange.duty
     set met_at = act.at
     from ${firstActs}
     where ${isOpenDutyOfAct}
       and is_late`,
    actArrays(acts),
  );
  await tx.query(
    `delete from exchange.duty
     using ${firstActs}
     where ${isOpenDutyOfAct}`,
    actArrays(acts),
  );
}

const firstActs = `(
  select organisation_id, subject_id, min(at) as at
  from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as given (organisation_id, subject_id, at)
  group by organisation_id, subject_id
) act`;

const isOpenDutyOfAct = `duty.organisation_id = act.organisation_id
  and duty.subject_id = act.subject_id
  and duty.met_at is null`;

function actArrays(acts: readonly CopyAct[]): unknown[] {
  return [
    acts.map(({ organisationId }) => organisationId),
    acts.map(({ deliveryId }) => deliveryId),
    acts.map(({ at }) => at.toString()),
  ];
}

export interface DutyKey {
  readonly organisationId: OrganisationId;
  readonly subjectId: EnvelopeId | DeliveryId;
}

/** Open duties of anybody whose time has come; only their keys, since the rows are their owners'. */
export async function findOverdue(
  tx: Transaction,
  { at, maxRows }: { readonly at: Temporal.Instant; readonly maxRows: number },
): Promise<DutyKey[]> {
  return tx.query(
    `select organisation_id as "organisationId", subject_id as "subjectId"
     from exchange.duties_overdue($1, $2)`,
    [at.toString(), maxRows],
  );
}

/** Marks those of them that are still open and overdue. */
export async function markLate(
  tx: Transaction,
  keys: readonly DutyKey[],
  at: Temporal.Instant,
): Promise<CountKey[]> {
  const rows = await tx.query<KeyRow>(
    `update exchange.duty
     set is_late = true
     from unnest($1::uuid[], $2::uuid[]) as given (organisation_id, subject_id)
     where duty.organisation_id = given.organisation_id
       and duty.subject_id = given.subject_id
       and met_at is null
       and not is_late
       and due_at <= $3
     returning ${keyColumns}`,
    [keys.map((key) => key.organisationId), keys.map((key) => key.subjectId), at.toString()],
  );
  return rows.map(keyOf);
}

export interface OpenDuty extends DutyKey {
  readonly rule: DutyRule;
  readonly since: Temporal.Instant;
  readonly dueAt: Temporal.Instant;
}

/** Unmet duties of anybody that are due from then on, in the order of their keys. */
export async function listDueFrom(
  tx: Transaction,
  asked: {
    readonly dueFrom: Temporal.Instant;
    readonly after: DutyKey | undefined;
    readonly maxRows: number;
  },
): Promise<OpenDuty[]> {
  return tx.query(
    `select organisation_id as "organisationId", subject_id as "subjectId", rule, since, due_at as "dueAt"
     from exchange.duties_due_from($1, $2, $3, $4)`,
    [
      asked.dueFrom.toString(),
      asked.after?.organisationId ?? beforeAll,
      asked.after?.subjectId ?? beforeAll,
      asked.maxRows,
    ],
  );
}

const beforeAll = '00000000-0000-0000-0000-000000000000';

export interface MovedDeadline extends DutyKey {
  readonly dueBefore: Temporal.Instant;
  readonly dueAfter: Temporal.Instant;
}

/** Moves deadlines and keeps what they were; returns the keys of those that are not late any more. */
export async function moveDeadlines(
  tx: Transaction,
  moved: readonly MovedDeadline[],
  calendarVersion: number,
): Promise<CountKey[]> {
  const rows = await tx.query<KeyRow & { readonly was_late: boolean; readonly is_late: boolean }>(
    `with moved as (
       update exchange.duty
       set due_at = given.due_after,
         calendar_version = $5,
         is_late = duty.is_late and given.due_after <= $6
       from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
         as given (organisation_id, subject_id, due_before, due_after)
       join exchange.duty former using (organisation_id, subject_id)
       where duty.organisation_id = given.organisation_id
         and duty.subject_id = given.subject_id
         and duty.met_at is null
         and duty.due_at = given.due_before
       returning duty.*, given.due_before, former.is_late as was_late
     ), kept as (
       insert into exchange.deadline_change (
         organisation_id, subject_id, calendar_version, due_before, due_after, changed_at
       )
       select organisation_id, subject_id, calendar_version, due_before, due_at, $6
       from moved
       on conflict do nothing
     )
     select ${keyColumns}, was_late, is_late
     from moved as duty`,
    [
      moved.map((each) => each.organisationId),
      moved.map((each) => each.subjectId),
      moved.map((each) => each.dueBefore.toString()),
      moved.map((each) => each.dueAfter.toString()),
      calendarVersion,
      tx.now.toString(),
    ],
  );
  return rows.filter((row) => row.was_late && !row.is_late).map(keyOf);
}

export async function countMoved(tx: Transaction, calendarVersion: number): Promise<number> {
  const [row] = await tx.query<{ moved: number }>(
    `select moved
     from exchange.report_deadline_changes
     where calendar_version = $1`,
    [calendarVersion],
  );
  return row?.moved ?? 0;
}

const keyColumns = 'duty.organisation_id, duty.rule, duty.on_day, duty.document_kind, duty.paper';

interface KeyRow {
  readonly [column: string]: unknown;
  readonly organisation_id: OrganisationId;
  readonly rule: DutyRule;
  readonly on_day: Temporal.PlainDate;
  readonly document_kind: string;
  readonly paper: Paper;
}

function keyOf(row: KeyRow): CountKey {
  return {
    organisationId: row.organisation_id,
    onDay: row.on_day,
    side: row.rule === 'send' || row.rule === 'send_urgent' ? 'sent' : 'received',
    documentKind: row.document_kind,
    paper: row.paper,
  };
}

export interface LateDuty extends DutyKey {
  readonly rule: DutyRule;
  readonly senderId: OrganisationId;
  readonly envelopeId: EnvelopeId;
  readonly since: Temporal.Instant;
  readonly dueAt: Temporal.Instant;
  readonly originalDueAt: Temporal.Instant;
  readonly metAt: Temporal.Instant | null;
  readonly reason: DelayReason | null;
}

const lateColumns = `organisation_id as "organisationId", subject_id as "subjectId", rule, sender_id as "senderId",
  envelope_id as "envelopeId", since, due_at as "dueAt", original_due_at as "originalDueAt", met_at as "metAt",
  reason_code as reason`;

/** What these organisations are late with themselves. */
export async function listOwnLate(
  tx: Transaction,
  { organisations, maxRows }: { readonly organisations: readonly OrganisationId[]; readonly maxRows: number },
): Promise<LateDuty[]> {
  return tx.query(
    `select ${lateColumns}
     from exchange.duty
     where organisation_id = any ($1::uuid[])
       and is_late
     order by since desc
     limit $2`,
    [organisations, maxRows],
  );
}

/** What their recipients are late with. */
export async function listRecipientsLate(
  tx: Transaction,
  { organisations, maxRows }: { readonly organisations: readonly OrganisationId[]; readonly maxRows: number },
): Promise<LateDuty[]> {
  return tx.query(
    `select ${lateColumns}
     from exchange.late_recipients($1, $2)`,
    [organisations, maxRows],
  );
}

export async function lockLateDuty(
  tx: Transaction,
  asked: { readonly organisations: readonly OrganisationId[]; readonly subjectId: string },
): Promise<LateDuty | undefined> {
  const [row] = await tx.query<LateDuty & Record<string, unknown>>(
    `select ${lateColumns}
     from exchange.duty
     where organisation_id = any ($1::uuid[])
       and subject_id = $2
       and is_late
     for update`,
    [asked.organisations, asked.subjectId],
  );
  return row;
}

export async function setDelayReason(
  tx: Transaction,
  key: DutyKey,
  given: { readonly reason: DelayReason; readonly entryId: EntryId },
): Promise<void> {
  await tx.query(
    `update exchange.duty
     set reason_code = $3,
       reason_at = $4,
       reason_entry_id = $5
     where organisation_id = $1
       and subject_id = $2`,
    [key.organisationId, key.subjectId, given.reason, tx.now.toString(), given.entryId],
  );
}
