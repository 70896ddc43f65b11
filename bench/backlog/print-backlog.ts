import { printTable } from '../table.ts';
import type { BacklogResult, Round } from './backlog.ts';

/** What is promised; the run says whether it holds, and ends with 1 where it does not. */
const mostSlowdown = 0.2;
const mostRecoverySeconds = 5;

export function findBrokenPromises({ empty, full, recoverySeconds }: BacklogResult): string[] {
  const slowdown = 1 - medianOf(full, 'perSecond') / medianOf(empty, 'perSecond');
  return [
    ...(slowdown > mostSlowdown
      ? [`waiting mail slows acceptance by ${(slowdown * 100).toFixed(0)} %, not by at most 20 %`]
      : []),
    ...(recoverySeconds.full > mostRecoverySeconds
      ? [`the start after a kill took ${recoverySeconds.full.toFixed(1)} s, not at most 5 s`]
      : []),
  ];
}

export function printBacklog(result: BacklogResult): void {
  const { waiting, empty, full, recoverySeconds } = result;
  console.log(
    `\nAcceptance of letters of 10 KB beside ${waiting} that wait: medians of ${full.length} rounds in turns\n`,
  );
  const row = (name: string, of: (rounds: readonly Round[]) => number, digits = 0): string[] => [
    name,
    of(empty).toFixed(digits),
    of(full).toFixed(digits),
    (of(full) / of(empty)).toFixed(2),
  ];
  const median = (field: keyof Round) => (rounds: readonly Round[]) => medianOf(rounds, field);
  printTable(
    ['', 'none wait', 'all wait', 'ratio'],
    [
      row('accepted a second', median('perSecond')),
      row('p99 ms', median('p99Milliseconds')),
      row('server CPU µs each', median('serverCpuMicroseconds')),
      row('PostgreSQL CPU µs each', median('postgresCpuMicroseconds')),
      [
        'killed -9 to first accepted, s',
        recoverySeconds.empty.toFixed(1),
        recoverySeconds.full.toFixed(1),
        (recoverySeconds.full / recoverySeconds.empty).toFixed(2),
      ],
    ],
  );
}

function medianOf(rounds: readonly Round[], field: keyof Round): number {
  return rounds.map((round) => round[field]).sort((a, b) => a - b)[Math.floor(rounds.length / 2)]!;
}
