/** `npm run update`: rewrites what is generated and committed: db/schema.sql, openapi/ and docs/protocols/refusals.md. */
import { ensureInstalled, runTool } from './project-node.mjs';

if (!ensureInstalled({ withTools: true })) process.exit(1);
// The tests that compare are the generators: with this set they write what they would otherwise expect.
process.exit(runTool('vitest', ['run', 'server/test/'], { LIENTHONG_UPDATE: '1' }));
