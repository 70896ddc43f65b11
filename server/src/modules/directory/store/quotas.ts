/** Rows of the bounds that an operator set for a system. */
import type { QuotaOverride } from '../system-quota.ts';
import { noOverride } from '../system-quota.ts';
import type { Transaction } from '#foundation/db';
import type { SystemId } from '#foundation/ids';

/** As PostgreSQL writes the row in JSON. */
export interface QuotaJson {
  requests_per_second: number | null;
  messages_per_minute: number | null;
  uploads: number | null;
  upload_bytes: number | null;
}

export function overrideOfJson(row: QuotaJson | null): QuotaOverride {
  if (!row) return noOverride;
  return {
    requestsPerSecond: row.requests_per_second,
    messagesPerMinute: row.messages_per_minute,
    uploads: row.uploads,
    uploadBytes: row.upload_bytes,
  };
}

export async function findQuota(tx: Transaction, systemId: SystemId): Promise<QuotaOverride> {
  const [found] = await tx.query<{ row: QuotaJson }>(
    'select to_jsonb(q) as row from directory.system_quota q where system_id = $1',
    [systemId],
  );
  return overrideOfJson(found?.row ?? null);
}

export async function writeQuota(
  tx: Transaction,
  systemId: SystemId,
  { quota, by }: { quota: QuotaOverride; by: string },
): Promise<void> {
  await tx.query(
    `insert into directory.system_quota
       (system_id, requests_per_second, messages_per_minute, uploads, upload_bytes, set_at, set_by)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict on constraint system_quota_pk do update set
       requests_per_second = excluded.requests_per_second,
       messages_per_minute = excluded.messages_per_minute,
       uploads = excluded.uploads,
       upload_bytes = excluded.upload_bytes,
       set_at = excluded.set_at,
       set_by = excluded.set_by`,
    [
      systemId,
      quota.requestsPerSecond,
      quota.messagesPerMinute,
      quota.uploads,
      quota.uploadBytes,
      tx.now.toString(),
      by,
    ],
  );
}
