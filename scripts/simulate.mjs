/** `npm run simulate`: the seeded simulation, for as long as wanted; see server/test/simulation/README.md. */
import { ensureInstalled, runOnProjectNode } from './project-node.mjs';

if (!ensureInstalled({ withTools: true })) process.exit(1);
await runOnProjectNode('server/test/simulation/main.ts', process.argv.slice(2));
