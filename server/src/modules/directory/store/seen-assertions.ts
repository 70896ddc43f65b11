import type { Transaction } from '#foundation/db';
import type { SystemId } from '#foundation/ids';

/** Whether this is the first use; of two at once, in whichever processes, one is. Forgets some that expired. */
export async function useAssertion(
  tx: Transaction,
  assertion: {
    readonly systemId: SystemId;
    readonly jtiDigest: Buffer;
    readonly expiresAt: Temporal.Instant;
  },
): Promise<boolean> {
  await tx.query(
    `delete from directory.seen_assertion
     where ctid = any (array(
       select ctid
       from directory.seen_assertion
       where expires_at < $1
       limit 100
     ))`,
    [tx.now.toString()],
  );
  const inserted = await tx.query(
    `insert into directory.seen_assertion (system_id, jti_digest, expires_at)
     values ($1, $2, $3)
     on conflict do nothing
     returning true`,
    [assertion.systemId, assertion.jtiDigest, assertion.expiresAt.toString()],
  );
  return inserted.length > 0;
}
