import { findBindingLimit } from './binding-limit.ts';
import { printMemory } from './memory.ts';
import { printTable } from './table.ts';
import type { Limits } from './all-limits.ts';
import type { ExchangeResults } from './exchange.ts';

export function printExchange({ throughput, memory }: ExchangeResults, limits: Limits): void {
  console.log(
    '\nThe exchange: as fast as it goes, and beside it the limit of this machine that binds first\n',
  );
  printTable(
    ['scenario', 'bytes', 'to', 'per second', 'MB/s', 'of limit', 'limit/s', 'which'],
    throughput.map((result) => {
      const limit = findBindingLimit(result, limits);
      const { perSecond } = result.most.load;
      return [
        result.scenario,
        String(result.sizeBytes),
        String(result.recipients),
        perSecond.toFixed(0),
        ((perSecond * result.sizeBytes) / 1e6).toFixed(0),
        `${((100 * perSecond) / limit.perSecond).toFixed(0)} %`,
        limit.perSecond.toFixed(0),
        limit.what,
      ];
    }),
  );
  console.log(
    '\nAt a fixed rate of 70 % of that, timed from when each was to be sent; costs of one message\n',
  );
  printTable(
    [
      'scenario',
      'bytes',
      'to',
      'per second',
      'p50 ms',
      'p99 ms',
      'server µs',
      'postgres µs',
      'load µs',
      'flushes',
      'KB written',
    ],
    throughput.map(({ scenario, sizeBytes, recipients, steady: { load, perMessage } }) => [
      scenario,
      String(sizeBytes),
      String(recipients),
      load.perSecond.toFixed(0),
      load.latency.p50Milliseconds.toFixed(1),
      load.latency.p99Milliseconds.toFixed(1),
      perMessage.serverCpuMicroseconds.toFixed(0),
      perMessage.postgresCpuMicroseconds.toFixed(0),
      load.cpuMicrosecondsPerRequest.toFixed(0),
      perMessage.flushes.toFixed(2),
      (perMessage.writtenBytes / 1000).toFixed(0),
    ]),
  );
  printMemory(memory);
}
