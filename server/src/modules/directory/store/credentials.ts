/** Rows of the sealed secrets of connected systems. */
import type { Transaction } from '#foundation/db';
import type { CredentialId, SystemId } from '#foundation/ids';

export interface CredentialRow {
  readonly id: CredentialId;
  readonly place: 1 | 2;
  readonly secretSealed: Buffer;
  readonly requestKey: string | null;
}

/** Newest first, by ids, which are made under the system's lock; at most two. */
export async function listValidCredentials(tx: Transaction, systemId: SystemId): Promise<CredentialRow[]> {
  const rows = await tx.query<{
    id: CredentialId;
    place: 1 | 2;
    secret_sealed: Buffer;
    request_key: string | null;
  }>(
    `select id, place, secret_sealed, request_key
     from directory.credential
     where system_id = $1 and retired_at is null
     order by id desc`,
    [systemId],
  );
  return rows.map((row) => ({
    id: row.id,
    place: row.place,
    secretSealed: row.secret_sealed,
    requestKey: row.request_key,
  }));
}

export interface CredentialPeriod {
  readonly credentialId: CredentialId;
  readonly issuedAt: Temporal.Instant;
  readonly state: 'valid' | 'ended';
}

/** The others that are valid now, and those that ended when this one came or later; newest first. */
export async function listBeside(
  tx: Transaction,
  systemId: SystemId,
  credentialId: CredentialId,
): Promise<CredentialPeriod[]> {
  const rows = await tx.query<{ id: CredentialId; created_at: Temporal.Instant; state: 'valid' | 'ended' }>(
    `select c.id, c.created_at, case when c.retired_at is null then 'valid' else 'ended' end as state
     from directory.credential c
     join directory.credential this on this.id = $2
     where c.system_id = $1
       and c.id <> this.id
       and (c.retired_at is null or c.retired_at >= this.created_at)
     order by c.id desc`,
    [systemId, credentialId],
  );
  return rows.map(({ id, created_at, state }) => ({ credentialId: id, issuedAt: created_at, state }));
}

export async function insertCredential(
  tx: Transaction,
  credential: {
    id: CredentialId;
    systemId: SystemId;
    place: 1 | 2;
    secretSealed: Buffer;
    requestKey: string | null;
  },
): Promise<void> {
  await tx.query(
    `insert into directory.credential (id, system_id, place, secret_sealed, request_key, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      credential.id,
      credential.systemId,
      credential.place,
      credential.secretSealed,
      credential.requestKey,
      tx.now.toString(),
    ],
  );
}

export async function retireCredential(tx: Transaction, id: CredentialId): Promise<void> {
  // Who waited for the lock may have begun, and so have its time, before the one that it waited for.
  await tx.query('update directory.credential set retired_at = greatest(created_at, $2) where id = $1', [
    id,
    tx.now.toString(),
  ]);
}
