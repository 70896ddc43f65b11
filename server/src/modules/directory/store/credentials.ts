/** Rows of what connected systems prove themselves with. */
import type { CredentialKind } from '../credential.ts';
import type { PublicJwk } from '../public-key.ts';
import type { Transaction } from '#foundation/db';
import type { CredentialId, SystemId } from '#foundation/ids';

/** What a row keeps, by its kind; a constraint says the same. */
export interface StoredCredential {
  readonly kind: CredentialKind;
  readonly secretSealed: Buffer | null;
  readonly secretDigest: Buffer | null;
  readonly publicKey: PublicJwk | null;
  readonly keyId: string | null;
}

export interface CredentialRow extends StoredCredential {
  readonly id: CredentialId;
  readonly place: number;
  readonly isRetired: boolean;
}

/** A row as PostgreSQL writes it in JSON, so that one statement can give a system with all of its credentials. */
export interface CredentialJson {
  id: CredentialId;
  kind: CredentialKind;
  place: number;
  secret_sealed: string | null;
  secret_digest: string | null;
  public_key: PublicJwk | null;
  key_id: string | null;
  retired_at: string | null;
}

export function credentialOfJson(row: CredentialJson): CredentialRow {
  return {
    id: row.id,
    kind: row.kind,
    place: row.place,
    secretSealed: bytesOf(row.secret_sealed),
    secretDigest: bytesOf(row.secret_digest),
    publicKey: row.public_key,
    keyId: row.key_id,
    isRetired: row.retired_at !== null,
  };
}

/** `bytea` in JSON is its text form, `\x…`. */
function bytesOf(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text.slice(2), 'hex');
}

/** Newest first, by ids, which are made under the system's lock; a few of each kind at most. */
export async function listValidCredentials(tx: Transaction, systemId: SystemId): Promise<CredentialRow[]> {
  const rows = await tx.query<{ row: CredentialJson }>(
    `select to_jsonb(c) as row
     from directory.credential c
     where system_id = $1 and retired_at is null
     order by id desc`,
    [systemId],
  );
  return rows.map(({ row }) => credentialOfJson(row));
}

/** The one that was issued under this key, though it may have ended since. */
export async function findByRequestKey(
  tx: Transaction,
  systemId: SystemId,
  requestKey: string,
): Promise<CredentialRow | undefined> {
  const [found] = await tx.query<{ row: CredentialJson }>(
    'select to_jsonb(c) as row from directory.credential c where system_id = $1 and request_key = $2',
    [systemId, requestKey],
  );
  return found && credentialOfJson(found.row);
}

export interface CredentialPeriod {
  readonly credentialId: CredentialId;
  readonly kind: CredentialKind;
  readonly keyId: string | null;
  readonly issuedAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
}

/** All of a system, newest first. */
export async function listPeriods(
  tx: Transaction,
  systemId: SystemId,
  limit: number,
): Promise<CredentialPeriod[]> {
  const rows = await tx.query<PeriodRow>(
    `select id, kind, key_id, created_at, retired_at
     from directory.credential
     where system_id = $1
     order by retired_at is null desc, id desc
     limit $2`,
    [systemId, limit],
  );
  return rows.map(periodOf);
}

export async function findPeriod(
  tx: Transaction,
  systemId: SystemId,
  id: CredentialId,
): Promise<CredentialPeriod | undefined> {
  const [row] = await tx.query<PeriodRow>(
    'select id, kind, key_id, created_at, retired_at from directory.credential where system_id = $1 and id = $2',
    [systemId, id],
  );
  return row && periodOf(row);
}

/** The others of its kind that are valid now, and those that ended when this one came or later; newest first. */
export async function listBeside(
  tx: Transaction,
  systemId: SystemId,
  credentialId: CredentialId,
): Promise<CredentialPeriod[]> {
  const rows = await tx.query<PeriodRow>(
    `select c.id, c.kind, c.key_id, c.created_at, c.retired_at
     from directory.credential c
     join directory.credential this on this.id = $2
     where c.system_id = $1
       and c.kind = this.kind
       and c.id <> this.id
       and (c.retired_at is null or c.retired_at >= this.created_at)
     order by c.id desc`,
    [systemId, credentialId],
  );
  return rows.map(periodOf);
}

interface PeriodRow {
  id: CredentialId;
  kind: CredentialKind;
  key_id: string | null;
  created_at: Temporal.Instant;
  retired_at: Temporal.Instant | null;
}

function periodOf(row: PeriodRow): CredentialPeriod {
  const { id: credentialId, kind, key_id: keyId, created_at: issuedAt, retired_at: endedAt } = row;
  return { credentialId, kind, keyId, issuedAt, endedAt };
}

export async function insertCredential(
  tx: Transaction,
  credential: StoredCredential & {
    readonly id: CredentialId;
    readonly systemId: SystemId;
    readonly place: number;
    readonly requestKey: string | null;
  },
): Promise<void> {
  await tx.query(
    `insert into directory.credential
       (id, system_id, kind, place, secret_sealed, secret_digest, public_key, key_id, request_key, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      credential.id,
      credential.systemId,
      credential.kind,
      credential.place,
      credential.secretSealed,
      credential.secretDigest,
      credential.publicKey && JSON.stringify(credential.publicKey),
      credential.keyId,
      credential.requestKey,
      tx.now.toString(),
    ],
  );
}

/** False when it had ended before. */
export async function endCredential(tx: Transaction, id: CredentialId): Promise<boolean> {
  // Who waited for the lock may have begun, and so have its time, before the one that it waited for.
  const ended = await tx.query(
    `update directory.credential
     set retired_at = greatest(created_at, $2)
     where id = $1 and retired_at is null
     returning id`,
    [id, tx.now.toString()],
  );
  return ended.length === 1;
}
