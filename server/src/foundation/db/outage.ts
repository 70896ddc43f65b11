/**
 * Telling trouble of the world (PostgreSQL is gone, restarting, out of connections) from a statement that is wrong: the
 * first may be tried again, the second never gets better.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined)
    return /Connection terminated|timeout exceeded when trying to connect|not queryable/.test(error.message);
  return networkErrors.has(code) || outageClasses.some((prefix) => code.startsWith(prefix));
}

/** A conflict of two transactions that PostgreSQL ended by choosing a victim: the victim may simply try again. */
export function isSerialisationConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40001' || error.code === '40P01');
}

const networkErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
// 08 connection exception, 57P operator intervention (shutdown, crash, starting up), 53300 too many connections.
const outageClasses = ['08', '57P', '53300'];
