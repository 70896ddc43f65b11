/**
 * `npm run update`: rewrites what is generated and committed: db/schema.sql, openapi/ and docs/protocols/refusals.md. The
 * tests that hold these files are their generators, so what they compare and what this writes cannot differ.
 */
import { ensureInstalled, runTool } from './project-node.mjs';

if (!ensureInstalled({ withTools: true })) process.exit(1);
const generators = ['schema', 'openapi', 'refusals'].map((name) => `server/test/${name}.test.ts`);
process.exit(runTool('vitest', ['run', ...generators, '--update']));
