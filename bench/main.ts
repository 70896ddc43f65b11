/** `npm run bench -- limits`: see README.md. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureLimits } from './all-limits.ts';
import { startMeasuredDatabase } from './measured-database.ts';
import { printLimits } from './print-limits.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: '.data' },
    seconds: { type: 'string', default: '2' },
    'slow-flush': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const [command] = positionals;
const secondsEach = Number(values.seconds);
if (command !== 'limits' || !(secondsEach > 0)) {
  console.error(
    'Usage: npm run bench -- limits [--data DIR] [--seconds PER-MEASUREMENT] [--slow-flush] [--json]',
  );
  process.exit(2);
}

// On the disk that the server would use, and nowhere else: /tmp may be memory.
await mkdir(resolve(values.data), { recursive: true });
const folder = await mkdtemp(join(resolve(values.data), 'bench-'));
const database = await startMeasuredDatabase(folder);
try {
  const onProgress = (what: string): void => console.error(`measuring ${what}`);
  const withSlowFlushes = values['slow-flush'];
  const limits = await measureLimits({ folder, database, secondsEach, withSlowFlushes, onProgress });
  if (values.json) console.log(JSON.stringify(limits, undefined, 2));
  else printLimits(limits);
} finally {
  await database.stop();
  await rm(folder, { recursive: true, force: true });
}
