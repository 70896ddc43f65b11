/** `npm run simulate -- --seed N --steps M --runs K`: any number of steps from any seed; see README.md here. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { grantRoles, migrate } from '#foundation/db';
import { startEmbedded } from '#foundation/db/embedded';
import { Client } from 'pg';
import { migrations } from '../../src/migrations.ts';
import { runSimulation } from './run-simulation.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    steps: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '1' },
  },
});
const [seed, steps, runs] = [Number(values.seed), Number(values.steps), Number(values.runs)];

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: unknown): void => void process.stderr.write(`${String(line)}\n`);
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' };
const folder = await mkdtemp(join(tmpdir(), 'lienthong-simulation-'));
const postgres = await startEmbedded({ folder, settings, onNotice: () => undefined });
try {
  await migrate(postgres.ownerUrl, migrations);
  await grantRoles(postgres.ownerUrl, postgres.loginName);
  for (let run = 0; run < runs; run++) {
    const name = `run_${run}`;
    const superuser = new Client({ connectionString: postgres.superuserUrl });
    await superuser.connect();
    const template = new URL(postgres.url).pathname.slice(1);
    await superuser.query(`create database ${name} template ${template} owner lienthong_owner`);
    await superuser.end();
    const named = (url: string): string => Object.assign(new URL(url), { pathname: name }).href;
    const startedAt = performance.now();
    const { digest, counts } = await runSimulation({
      seed: seed + run,
      steps,
      database: { url: named(postgres.url), ownerUrl: named(postgres.ownerUrl) },
    });
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    say(`seed ${seed + run}: ${steps} steps in ${seconds} s, everything holds (${digest.slice(0, 12)})`);
    if (runs === 1) say([...counts].map(([what, count]) => `  ${count} × ${what}`).join('\n'));
  }
} catch (error) {
  complain(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await postgres.stop();
  await rm(postgres.home, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
