/** Rows of operator credentials. */
import type { Transaction } from '#foundation/db';

/** False when the id is taken. */
export async function insertOperator(tx: Transaction, id: string, secretDigest: Buffer): Promise<boolean> {
  const inserted = await tx.query(
    `insert into directory.operator_credential (id, secret_digest, created_at)
     values ($1, $2, $3)
     on conflict on constraint operator_credential_pk do nothing
     returning id`,
    [id, secretDigest, tx.now.toString()],
  );
  return inserted.length === 1;
}

export async function findOperatorDigest(tx: Transaction, id: string): Promise<Buffer | undefined> {
  const rows = await tx.prepared<{ secret_digest: Buffer }>(
    'directory-find-operator',
    'select secret_digest from directory.operator_credential where id = $1 and retired_at is null',
    [id],
  );
  return rows[0]?.secret_digest;
}
