/** Rows of operator credentials. */
import type { Transaction } from '#foundation/db';

/** The secrets that open now, as digests. */
export interface OperatorDigests {
  readonly present: Buffer;
  readonly former: Buffer | null;
}

export interface Operator {
  readonly id: string;
  readonly createdAt: Temporal.Instant;
  readonly rotatedAt: Temporal.Instant | null;
  readonly hasFormerSecret: boolean;
  readonly retiredAt: Temporal.Instant | null;
}

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

export async function findOperatorDigests(tx: Transaction, id: string): Promise<OperatorDigests | undefined> {
  const [row] = await tx.prepared<DigestRow>(
    'directory-find-operator',
    'select secret_digest, former_digest from directory.operator_credential where id = $1 and retired_at is null',
    [id],
  );
  return row && { present: row.secret_digest, former: row.former_digest };
}

/** As `findOperatorDigests`, and nobody else changes them until the transaction ends. */
export async function lockOperatorDigests(tx: Transaction, id: string): Promise<OperatorDigests | undefined> {
  const [row] = await tx.query<DigestRow>(
    `select secret_digest, former_digest from directory.operator_credential
     where id = $1 and retired_at is null
     for update`,
    [id],
  );
  return row && { present: row.secret_digest, former: row.former_digest };
}

interface DigestRow {
  readonly secret_digest: Buffer;
  readonly former_digest: Buffer | null;
}

/** The present secret becomes the former one. */
export async function replaceOperatorSecret(tx: Transaction, id: string, digest: Buffer): Promise<void> {
  await tx.query(
    `update directory.operator_credential
     set former_digest = secret_digest, secret_digest = $2, rotated_at = $3
     where id = $1`,
    [id, digest, tx.now.toString()],
  );
}

/** False where there was none. */
export async function endFormerSecret(tx: Transaction, id: string): Promise<boolean> {
  const ended = await tx.query(
    `update directory.operator_credential
     set former_digest = null
     where id = $1 and former_digest is not null
     returning id`,
    [id],
  );
  return ended.length === 1;
}

/** False where it was retired before, or there is none. */
export async function endOperator(tx: Transaction, id: string): Promise<boolean> {
  const ended = await tx.query(
    `update directory.operator_credential
     set retired_at = $2, former_digest = null
     where id = $1 and retired_at is null
     returning id`,
    [id, tx.now.toString()],
  );
  return ended.length === 1;
}

export async function findOperator(tx: Transaction, id: string): Promise<Operator | undefined> {
  const [row] = await tx.query<OperatorRow>(
    `select id, created_at, rotated_at, former_digest is not null as has_former, retired_at
     from directory.operator_credential
     where id = $1`,
    [id],
  );
  return row && operatorOf(row);
}

export async function listOperatorRows(
  tx: Transaction,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<Operator[]> {
  const rows = await tx.query<OperatorRow>(
    `select id, created_at, rotated_at, former_digest is not null as has_former, retired_at
     from directory.operator_credential
     where id > $1
     order by id
     limit $2`,
    [after, limit],
  );
  return rows.map(operatorOf);
}

interface OperatorRow {
  readonly id: string;
  readonly created_at: Temporal.Instant;
  readonly rotated_at: Temporal.Instant | null;
  readonly has_former: boolean;
  readonly retired_at: Temporal.Instant | null;
}

function operatorOf(row: OperatorRow): Operator {
  return {
    id: row.id,
    createdAt: row.created_at,
    rotatedAt: row.rotated_at,
    hasFormerSecret: row.has_former,
    retiredAt: row.retired_at,
  };
}
