import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

if (typeof Temporal === 'undefined') {
  throw new Error(
    `tests need the project's own Node, this is ${process.version}: run them with npm test or npx vitest`,
  );
}

export default defineConfig({
  test: {
    include: [
      'server/src/**/*.test.ts',
      'server/test/**/*.test.ts',
      'scripts/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    globalSetup: ['server/test/support/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Most of a test is waiting for PostgreSQL and for servers of its own: one worker a core, also where there are few.
    maxWorkers: Math.min(4, availableParallelism()),
  },
});
