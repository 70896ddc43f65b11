import { expect, test } from 'vitest';
import { findLoads } from './what-binds.ts';

const used = {
  seconds: 10,
  cores: 2,
  serverThreadSeconds: 5,
  serverSeconds: 6,
  postgresSeconds: 4,
  generatorSeconds: 2,
  storedBytes: 1e9,
  storeBytesPerSecond: 2e8,
};

test('the fullest binds: a thread, all cores, or the disk', () => {
  expect(findLoads(used)[0]).toEqual({ what: 'all 2 cores, generator included', share: 0.6 });
  expect(findLoads({ ...used, serverThreadSeconds: 9.5 })[0]!.what).toContain('thread');
  expect(findLoads({ ...used, storedBytes: 1.9e9 })[0]!.what).toContain('disk');
});
