/**
 * `npm test`: everything that a change must pass, in the order in which it fails fastest. Words after `npm test --` go
 * to vitest: `npm test -- server/src/config.test.ts`. The last line counts the tests, for machines.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, runTool } from './project-node.mjs';

if (!ensureInstalled({ withTools: true })) finish({ passed: 0, failed: 1 });

const folder = mkdtempSync(join(tmpdir(), 'lienthong-check-'));
const report = join(folder, 'report.json');
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const steps = [
  { name: 'format', tool: 'oxfmt', parameters: ['--check', '.'], mend: 'npm run format' },
  { name: 'lint', tool: 'oxlint', parameters: ['--type-aware'], mend: 'mend what is listed above' },
  { name: 'types', tool: 'tsc', parameters: ['-p', '.'], mend: 'mend what is listed above' },
  {
    name: 'tests',
    tool: 'vitest',
    parameters: [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
    mend: 'run one file again with: npx vitest run PATH',
  },
];

for (const { name, tool, parameters, mend } of steps) {
  const startedAt = performance.now();
  const status = runTool(tool, parameters);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  if (status === 0) {
    console.log(`✓ ${name} (${seconds} s)`);
    continue;
  }
  console.log(`✗ ${name} (${seconds} s): ${mend}`);
  const counts = countTests();
  finish({ passed: counts.passed, failed: Math.max(counts.failed, 1) });
}
finish(countTests());

/** What vitest reported; nothing yet where an earlier step failed. */
function countTests() {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

function finish({ passed, failed }) {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}
