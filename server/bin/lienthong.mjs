#!/usr/bin/env node
/** `npx lienthong`: the command runs on the project's own Node; installing what is missing is no part of its output. */
import { ensureInstalled, runOnProjectNode } from '../../scripts/project-node.mjs';

if (!ensureInstalled({ withTools: false, isSilent: true })) process.exit(3);
await runOnProjectNode('server/src/cli/main.ts', process.argv.slice(2));
