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
