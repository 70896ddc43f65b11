import { NotReady } from '#foundation/http';
import type { LogStatus, Trouble } from '#foundation/evidence';

/** How the evidence log is, for `/readyz`; throws where the server must not serve with it. */
export function describeLog(
  { size, waiting, checkpointSize }: LogStatus,
  trouble: Pick<Trouble, 'code'> | undefined,
): string {
  // The database is not the one whose log was signed: it was restored, or it is another one altogether.
  if (trouble?.code === 'evidence.fork') throw new NotReady(trouble.code);
  // A log that stands still does not stop acceptance (E8), so it does not take the server out of service either.
  const standsStill = trouble ? `, ${trouble.code}` : '';
  return `${size} entries, ${waiting} waiting, checkpoint at ${checkpointSize}${standsStill}`;
}
