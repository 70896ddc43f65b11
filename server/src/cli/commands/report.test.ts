import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { answerOperator } from '../testing/answer-operator.ts';
import { runTyped } from '../testing/run-typed.ts';

const running: (() => void)[] = [];
afterEach(() => {
  for (const stop of running.splice(0)) stop();
});

async function axisThatAnswers(answer: unknown) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify(answer));
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

test('savings show each term with its formula, the total, and every parameter with its source', async () => {
  const { asked, environment } = await axisThatAnswers({
    method: 'open-formula',
    terms: [
      { term: 'postage', formula: 'copies × posted_share', copies: 1200, vndPerCopy: 5000, vnd: 6_000_000 },
    ],
    totalVnd: 6_000_000,
    parameters: [{ name: 'posted_share', value: 0.5, unit: 'tỷ lệ', source: 'Giả định ban đầu' }],
  });
  const typed = ['report', 'savings', '--from', '2026-01-01', '--to', '2026-03-31'];
  const { exitCode, stdout } = await runTyped(typed, { environment });
  expect(exitCode).toBe(0);
  expect(asked).toEqual(['/api/reports/savings?from=2026-01-01&to=2026-03-31']);
  for (const shown of ['Bưu phí', 'copies × posted_share', '6.000.000', 'Giả định ban đầu']) {
    expect(stdout).toContain(shown);
  }
});

test('what is late is shown with the law that it is late by', async () => {
  const { environment } = await axisThatAnswers({
    rows: [
      {
        code: 'G10',
        name: 'Bộ Thử nghiệm',
        source: 'Nghị định 30/2020/NĐ-CP, Điều 21',
        late: 3,
        stillOpen: 2,
        explained: 1,
        oldestDueAt: '2026-03-09T17:00:00.000Z',
      },
    ],
  });
  const { stdout } = await runTyped(['report', 'late'], { environment });
  expect(stdout).toContain('Điều 21');
  expect(stdout).toContain('10/03/2026 00:00:00');
});

test('where nothing is late it says so', async () => {
  const { environment } = await axisThatAnswers({ rows: [] });
  const { exitCode, stdout } = await runTyped(['report', 'late'], { environment });
  expect(exitCode).toBe(0);
  expect(stdout.trim()).toBe('Không có việc nào chậm hạn.');
});

test.each([
  ['traffic', '/api/reports/traffic?by=kind', ['--by', 'kind']],
  ['late', '/api/reports/lateness', []],
  ['savings', '/api/reports/savings?to=2026-03-31', ['--to', '2026-03-31']],
])('report %s --csv prints what the server wrote, unchanged', async (report, url, more) => {
  const csv = 'organisation,documents\r\nH64,12\r\n';
  await using operator = await answerOperator(csv);
  const { exitCode, stdout } = await runTyped(['report', report, '--csv', ...more], operator);
  expect([exitCode, stdout]).toEqual([0, csv]);
  expect(operator.asked).toMatchObject([{ url, accept: 'text/csv' }]);
});
