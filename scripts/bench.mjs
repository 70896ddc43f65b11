/** `npm run bench -- limits`: the benchmarks, on the project's own Node; see bench/README.md. */
import { ensureInstalled, runOnProjectNode } from './project-node.mjs';

if (!ensureInstalled({ withTools: false })) process.exit(1);
await runOnProjectNode('bench/main.ts', process.argv.slice(2));
