/** Rows of what systems asked to register or end and an operator decides. */
import type { Registration } from '../registration.ts';
import type { Transaction } from '#foundation/db';
import { isId, type Id, type SystemId } from '#foundation/ids';

export type RegistrationRequestId = Id<'registration-request'>;

export interface RegistrationRequest {
  readonly id: RegistrationRequestId;
  readonly systemId: SystemId;
  readonly systemExternalId: string;
  readonly act: 'register' | 'end';
  readonly code: string;
  /** As it was asked; null for an ending. */
  readonly registration: Registration | null;
  readonly state: 'pending' | 'approved' | 'refused';
  readonly requestedAt: Temporal.Instant;
  readonly decidedAt: Temporal.Instant | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
}

interface RequestRow {
  id: RegistrationRequestId;
  system_id: SystemId;
  external_id: string;
  act: RegistrationRequest['act'];
  code: string;
  registration: Registration | null;
  state: RegistrationRequest['state'];
  requested_at: Temporal.Instant;
  decided_at: Temporal.Instant | null;
  decided_by: string | null;
  reason: string | null;
}

const selectRequest = `
  select r.id, r.system_id, s.external_id, r.act, r.code, r.registration, r.state, r.requested_at,
    r.decided_at, r.decided_by, r.reason
  from directory.registration_request r
  join directory.connected_system s on s.id = r.system_id`;

export async function countPending(tx: Transaction, systemId: SystemId): Promise<number> {
  const rows = await tx.query<{ pending: number }>(
    `select count(*) as pending
     from directory.registration_request
     where system_id = $1 and state = 'pending'`,
    [systemId],
  );
  return rows[0]!.pending;
}

/** Asking again while it waits replaces what was asked, under the same id. */
export async function upsertPending(
  tx: Transaction,
  request: {
    id: RegistrationRequestId;
    systemId: SystemId;
    act: RegistrationRequest['act'];
    code: string;
    registration: Registration | null;
  },
): Promise<RegistrationRequestId> {
  const rows = await tx.query<{ id: RegistrationRequestId }>(
    `insert into directory.registration_request (id, system_id, act, code, registration, requested_at)
     values ($1, $2, $3, $4, $5::jsonb, $6)
     on conflict (system_id, act, code) where state = 'pending'
       do update set registration = excluded.registration, requested_at = excluded.requested_at
     returning id`,
    [
      request.id,
      request.systemId,
      request.act,
      request.code,
      JSON.stringify(request.registration),
      tx.now.toString(),
    ],
  );
  return rows[0]!.id;
}

export async function findRequest(tx: Transaction, id: string): Promise<RegistrationRequest | undefined> {
  if (!isId(id)) return undefined;
  const [row] = await tx.query<RequestRow>(`${selectRequest} where r.id = $1 for update of r`, [id]);
  return row && requestOf(row);
}

export async function listRequests(
  tx: Transaction,
  listing: { state?: RegistrationRequest['state'] | undefined; after?: string | undefined; limit: number },
): Promise<RegistrationRequest[]> {
  const rows = await tx.query<RequestRow>(
    `${selectRequest}
     where ($1::text is null or r.state = $1)
       and ($2::uuid is null or r.id > $2)
     order by r.id
     limit $3`,
    [listing.state ?? null, listing.after ?? null, listing.limit],
  );
  return rows.map(requestOf);
}

export async function decideRequest(
  tx: Transaction,
  decision: { id: RegistrationRequestId; state: 'approved' | 'refused'; by: string; reason: string | null },
): Promise<void> {
  await tx.query(
    `update directory.registration_request
     set state = $2, decided_at = $3, decided_by = $4, reason = $5
     where id = $1`,
    [decision.id, decision.state, tx.now.toString(), decision.by, decision.reason],
  );
}

function requestOf(row: RequestRow): RegistrationRequest {
  return {
    id: row.id,
    systemId: row.system_id,
    systemExternalId: row.external_id,
    act: row.act,
    code: row.code,
    registration: row.registration,
    state: row.state,
    requestedAt: row.requested_at,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
    reason: row.reason,
  };
}
