import { printTable } from '../table.ts';
import type { NationOptions, NationResult, Replay } from './nation.ts';
import type { Load } from './what-binds.ts';

const yearDocuments = 2_500_000;

type Asked = Pick<NationOptions, 'organisations' | 'documents' | 'scale' | 'seed'>;

export function printNation({ most, day, world, storeBytesPerSecond }: NationResult, asked: Asked): void {
  console.log(
    `\nThe nation: ${asked.organisations} organisations, ${asked.documents} documents, sizes × ${asked.scale}, seed ${asked.seed}` +
      `\nDirectory: imported in ${world.importSeconds.toFixed(1)} s, assigned to their systems in ${world.assignSeconds.toFixed(0)} s\n`,
  );
  const [a, b] = [describe(most), describe(day)];
  printTable(
    ['', 'as fast as it goes', 'a working day'],
    Object.keys(a).map((name) => [name, a[name]!, b[name]!]),
  );
  console.log('\nWhat was how full, as fast as it goes\n');
  for (const { what, share } of most.loads)
    console.log(`  ${(share * 100).toFixed(0).padStart(3)} %  ${what}`);
  console.log(`\nWhat binds: ${nameBinding(most.loads[0]!)}`);
  console.log(`\n${project(most, asked.scale, storeBytesPerSecond)}`);
}

/** Below this nothing of ours was full: others used the machine, or everybody waited for somebody. */
const fullShare = 0.7;

function nameBinding({ what, share }: Load): string {
  return share < fullShare
    ? `nothing that the replay used was full (was the machine busy with something else?); fullest was ${what}`
    : what;
}

function describe({ report, lag, cpuSeconds, databaseBytes }: Replay): Record<string, string> {
  const { documents, deliveries, statuses, seconds, sending, arriving } = report;
  const rate = (count: number): string => (count / seconds).toFixed(1);
  const perDocument = (cpu: number): string => ((cpu * 1000) / documents).toFixed(1);
  return {
    'documents a second': rate(documents),
    'copies delivered and done a second': rate(deliveries),
    'statuses a second': rate(statuses),
    'copies a document': (deliveries / documents).toFixed(2),
    'MB a second, sent': rate(report.sentBytes / 1e6),
    'MB a second, fetched': rate(report.fetchedBytes / 1e6),
    'sendEdoc p50 ms': sending.p50Milliseconds.toFixed(0),
    'sendEdoc p99 ms': sending.p99Milliseconds.toFixed(0),
    'accepted to done, p50 s': (arriving.p50Milliseconds / 1000).toFixed(2),
    'accepted to done, p99 s': (arriving.p99Milliseconds / 1000).toFixed(2),
    'server CPU ms a document': perDocument(cpuSeconds.server),
    'PostgreSQL CPU ms a document': perDocument(cpuSeconds.postgres),
    'generator CPU ms a document': perDocument(report.cpuSeconds),
    'database KB a document': (databaseBytes / 1000 / documents).toFixed(0),
    'log behind facts, most entries': String(lag.mostPending),
    'feed and duties behind log, most': String(lag.mostUnfollowed),
    'all caught up after, s': lag.catchUpSeconds.toFixed(1),
    'taken back before fetch (seen)': String(report.withdrawn),
  };
}

/** At the measured rate, but never faster than the unscaled bytes could be stored. */
function project({ report, databaseBytes }: Replay, scale: number, storeBytesPerSecond: number): string {
  const { documents, seconds, sentBytes } = report;
  const measuredHours = (yearDocuments * seconds) / documents / 3600;
  const bytes = (sentBytes / documents / scale) * yearDocuments;
  const storeHours = bytes / storeBytesPerSecond / 3600;
  const database = (databaseBytes / documents) * yearDocuments;
  return [
    '2.5 million documents, with all their copies and statuses:',
    `  at the rate measured: ${measuredHours.toFixed(1)} hours`,
    `  storing their packages at full size (${terabytes(bytes)}) alone, at what the blob store takes: ${storeHours.toFixed(1)} hours`,
    `  database: ${terabytes(database)}`,
  ].join('\n');
}

function terabytes(bytes: number): string {
  return bytes < 1e12 ? `${(bytes / 1e9).toFixed(0)} GB` : `${(bytes / 1e12).toFixed(1)} TB`;
}
