/** The server's process: connects `serve` with what it lives in, and ends with its exit code. */
import { createApp } from './app.ts';
import { serve } from './serve.ts';
import { listenForStop } from './stop-signal.ts';

// A reader that has seen enough (`| head`) must not end the server before it has stopped its PostgreSQL.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exit(
  await serve({
    argv: process.argv.slice(2),
    env: process.env,
    createApp,
    stop: listenForStop(process),
    say: (text) => process.stderr.write(`${text}\n`),
  }),
);
