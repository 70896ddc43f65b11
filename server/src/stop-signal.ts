/**
 * When to stop: on SIGINT and SIGTERM, and when the launcher that started us is gone, so that no server stays behind
 * it. Who asks a second time does not want to wait for the drain; PostgreSQL then stays and is found by the next start.
 */
export function listenForStop(process: NodeJS.Process): AbortSignal {
  const stop = new AbortController();
  let askedAt = 0;
  const ask = (): void => {
    // Ctrl-C and a launcher that passes it on may arrive as two.
    if (stop.signal.aborted && Date.now() - askedAt > 1_000) process.exit(130);
    askedAt ||= Date.now();
    stop.abort();
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  process.on('SIGHUP', ask);
  if (process.connected) process.once('disconnect', ask);
  return stop.signal;
}
