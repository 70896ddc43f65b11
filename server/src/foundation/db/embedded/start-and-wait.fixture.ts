/** A server that never stops PostgreSQL, for the test that kills it. */
import { startEmbedded } from './index.ts';

const postgres = await startEmbedded({ folder: process.argv[2]!, onNotice: () => undefined });
process.stdout.write(JSON.stringify(postgres));
setInterval(() => undefined, 60_000);
