/** `npm run bench -- limits`: the benchmarks, on the project's own Node; see bench/README.md. */
import { ensureInstalled, runOnProjectNode } from './project-node.mjs';

if (!ensureInstalled({ withTools: false })) process.exit(1);
// Each flush of a file keeps one of libuv's threads busy; with its usual four, four files are flushed at a time.
process.env['UV_THREADPOOL_SIZE'] ??= '16';
await runOnProjectNode('bench/main.ts', process.argv.slice(2));
