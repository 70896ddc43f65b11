/** The `lienthong` command: connects `run` with the process that it lives in. */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Types are stripped and modules compiled once, not at every command: a third of the time. Beside the packages, since
// who may write there may change the program anyway; a temporary folder would let others put code into it.
enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/lienthong', import.meta.url)));
const { run } = await import('./run.ts');

const interruption = new AbortController();
const patienceMs = 3_000;

process.on('SIGINT', () => {
  // The first Ctrl-C lets the command clean up (a half-written file); a second one, or a command that hangs, ends.
  if (interruption.signal.aborted) process.exit(130);
  interruption.abort();
  setTimeout(() => process.exit(130), patienceMs).unref();
});

// `lienthong inbox | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 3));

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  environment: process.env,
  signal: interruption.signal,
  now: () => Temporal.Now.instant(),
});
