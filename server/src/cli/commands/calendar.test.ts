import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { runTyped } from '../testing/run-typed.ts';

const running: (() => void)[] = [];
afterEach(() => {
  for (const stop of running.splice(0)) stop();
});

/** The directory at the far end of the wire, giving every request the same answer and keeping what was asked. */
async function operatorOf(answer: unknown) {
  const asked: { method: string; url: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      asked.push({ method: request.method ?? '', url: request.url ?? '', body });
      response.end(JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const environment = {
    LIENTHONG_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    LIENTHONG_OPERATOR_ID: 'quan-tri',
    LIENTHONG_OPERATOR_SECRET: 'bi-mat-bi-mat-bi-mat',
  };
  return { asked, environment };
}

const cultureDay = {
  day: '2026-11-24',
  kind: 'rest',
  name: 'Ngày Văn hóa Việt Nam',
  source: 'Nghị quyết 28/2026/QH16',
  isProvisional: false,
};

test('the list of a year shows each day with the announcement that says so', async () => {
  const { environment, asked } = await operatorOf({ version: 3, days: [cultureDay] });
  const { exitCode, stdout } = await runTyped(['calendar', 'list', '--year', '2026'], { environment });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('24/11/2026');
  expect(stdout).toContain('Nghị quyết 28/2026/QH16');
  expect(asked[0]!.url).toBe('/api/directory/calendar-days?year=2026');
});

test('a swapped Saturday is declared as worked', async () => {
  const { environment, asked } = await operatorOf({ ...cultureDay, day: '2026-08-22', kind: 'work' });
  const typed = [
    'calendar',
    'declare',
    '2026-08-22',
    '--worked',
    '--name',
    'Làm bù',
    '--source',
    'Thông báo',
  ];
  const { exitCode, stdout } = await runTyped(typed, { environment });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('22/08/2026 · làm bù')]);
  expect(JSON.parse(asked[0]!.body)).toMatchObject({ day: '2026-08-22', kind: 'work' });
});

test('a day that does not exist, or one without its source, is told before anything is asked', async () => {
  const { environment, asked } = await operatorOf(cultureDay);
  const wrongDay = await runTyped(['calendar', 'declare', '2026-02-30', '--name', 'x', '--source', 'y'], {
    environment,
  });
  expect([wrongDay.exitCode, wrongDay.stderr]).toEqual([2, expect.stringContaining('2026-02-30')]);
  const noSource = await runTyped(['calendar', 'declare', '2026-11-24', '--name', 'x'], { environment });
  expect([noSource.exitCode, noSource.stderr]).toEqual([2, expect.stringContaining('--source')]);
  expect(asked).toEqual([]);
});
