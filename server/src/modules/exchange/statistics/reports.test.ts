import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOperator, resolveCodes } from '#directory';
import { inTransaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import { createServer } from '#foundation/http';
import type { HttpServer } from '#foundation/http';
import { acceptedAt, followAll, rowsOf } from '../../../../test/support/following.ts';
import { bodyOf, writeLetter } from '../../../../test/support/letters.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';
import { fetchDelivery, listWaiting, markDelivery, reportRoutes, send } from '../index.ts';
import { changeSavingsParameter } from './change-savings-parameter.ts';
import { reportSavings, reportTraffic } from './reports.ts';

const operator: Actor = { method: 'operator', credential: 'quan-tri' };
const march = { from: Temporal.PlainDate.from('2026-03-01'), to: Temporal.PlainDate.from('2026-03-31') };
const credentials = `Basic ${Buffer.from('tester:nguoi-van-hanh-thu-nghiem-0001').toString('base64')}`;

let world: World;
let server: HttpServer;
beforeAll(async () => {
  world = await createWorld([{ code: 'G10', name: '=Bộ "Thử"' }, { code: 'H64' }, { code: 'H37' }]);
  // Two without paper and one with; one of the first is never collected.
  for (const [index, letter] of [
    { to: ['H64', 'H37'], paper: '0' },
    { to: ['H64'], paper: '1' },
    { to: ['H64'], paper: '' },
  ].entries()) {
    const bytes = await writeLetter({ from: 'G10', number: `s${index}`, ...letter });
    const { envelopeId } = await send(world.exchange, await world.caller('G10'), {
      kind: 'document',
      from: undefined,
      sizeBytes: bytes.length,
      body: bodyOf(bytes),
    });
    await acceptedAt(world, envelopeId, { at: `2026-03-1${index}T09:00:00+07`, datedOn: '2026/03/10' });
  }
  const receiver = await world.caller('H64');
  for (const { deliveryId } of await listWaiting(world.exchange, receiver, { kind: 'document' })) {
    await fetchDelivery(world.exchange, receiver, deliveryId);
    await markDelivery(world.exchange, receiver, { id: deliveryId, mark: 'done' });
  }
  await followAll(world);
  await addOperator(world.platform, { id: 'tester', secret: 'nguoi-van-hanh-thu-nghiem-0001' });
  server = await createServer();
  await server.register(reportRoutes, { prefix: '/api/reports', platform: world.platform });
});
afterAll(async () => {
  await server.close();
  await world.drop();
});

describe('traffic', () => {
  test('adds up the same whichever way it is grouped', async () => {
    const totals = [];
    for (const by of ['organisation', 'level', 'kind', 'day', 'paper'] as const) {
      const rows = await read((tx) => reportTraffic(tx, { ...march, by }));
      const sum = (side: string, measure: 'documents' | 'copies' | 'done') =>
        rows.filter((row) => row.side === side).reduce((total, row) => total + row[measure], 0);
      totals.push([
        sum('sent', 'documents'),
        sum('sent', 'copies'),
        sum('sent', 'done'),
        sum('received', 'copies'),
      ]);
    }
    expect(new Set(totals.map(String))).toEqual(new Set(['3,4,3,4']));
  });

  test('of one organisation holds nothing of another', async () => {
    const organisations = await read(async (tx) => [
      (await resolveCodes(tx, ['H37'])).get('H37')!.organisationId,
    ]);
    const rows = await read((tx) => reportTraffic(tx, { ...march, by: 'organisation', organisations }));
    expect(rows.map(({ group, side, copies }) => ({ group, side, copies }))).toEqual([
      { group: 'H37', side: 'received', copies: 1 },
    ]);
  });

  test('refuses a period that ends before it begins, or is endless', async () => {
    const ask = (from: string, to: string) =>
      read((tx) =>
        reportTraffic(tx, {
          from: Temporal.PlainDate.from(from),
          to: Temporal.PlainDate.from(to),
          by: 'day',
        }),
      );
    await expect(ask('2026-03-02', '2026-03-01')).rejects.toThrow(/period_invalid/);
    await expect(ask('1990-01-01', '2026-03-01')).rejects.toThrow(/period_invalid/);
  });

  test('as CSV opens in a spreadsheet, and no name becomes a formula', async () => {
    const answer = await ask('/api/reports/traffic?from=2026-03-01&to=2026-03-31', { accept: 'text/csv' });
    expect(answer.headers['content-type']).toContain('text/csv');
    expect(answer.body.startsWith('\uFEFForganisation,name,side,documents,copies,')).toBe(true);
    expect(answer.body).toContain(`\r\nG10,"'=Bộ ""Thử""",sent,3,4,3,`);
  });

  test('as JSON says of which period; an unknown organisation is refused', async () => {
    const answer = await ask('/api/reports/traffic?from=2026-03-01&to=2026-03-31&by=kind');
    expect(answer.json()).toMatchObject({ from: '2026-03-01', rows: expect.arrayContaining([]) });
    expect((await ask('/api/reports/traffic?organisation=nowhere')).statusCode).toBe(404);
  });
});

describe('savings', () => {
  test('are each term by its formula, of copies that came without paper after them', async () => {
    const { terms, totalVnd, method } = await read((tx) => reportSavings(tx, march));
    const hour = 114_000_000 / 12 / 22 / 8;
    // One stored without paper and one not stated; the one with paper and the uncollected one save nothing.
    const expected = {
      paper: 2 * 4 * 500,
      postage: 2 * 0.5 * 10_000,
      working_time: Math.round(2 * (15 / 60) * hour),
    };
    expect(Object.fromEntries(terms.map(({ term, vnd }) => [term, vnd]))).toEqual(expected);
    expect(terms.map(({ copies }) => copies)).toEqual([2, 2, 2]);
    expect(totalVnd).toBe(expected.paper + expected.postage + expected.working_time);
    expect(method).toBe('open-formula');
  });

  test('follow a parameter that an operator changes; the log says what it was', async () => {
    const source = 'Giá cước KT1 năm 2026';
    const change = { name: 'postage_vnd_per_copy', value: 12_500, source };
    await changeSavingsParameter(world.platform, change, operator);
    await changeSavingsParameter(world.platform, change, operator);
    const { terms, parameters } = await read((tx) => reportSavings(tx, march));
    expect(terms.find(({ term }) => term === 'postage')?.vnd).toBe(12_500);
    expect(parameters.find(({ name }) => name === 'postage_vnd_per_copy')).toMatchObject({
      source,
      declaredBy: 'operator:quan-tri',
    });
    const entries = await rowsOf<{ claims: unknown }>(
      world,
      `select convert_from(payload, 'UTF8')::jsonb -> 'claims' as claims
       from evidence.entry where kind = 'exchange.savings_parameter_changed'`,
    );
    expect(entries).toEqual([{ claims: { name: 'postage_vnd_per_copy', value: '12500', former: '10000' } }]);
  });

  test('count only what is stated where the operator says so', async () => {
    const change = { name: 'counts_not_stated', value: 0, source: 'Thử nghiệm' };
    await changeSavingsParameter(world.platform, change, operator);
    const { terms } = await read((tx) => reportSavings(tx, march));
    expect(terms.map(({ copies }) => copies)).toEqual([1, 1, 1]);
  });

  test('refuse a parameter that does not exist, has no source or is negative', async () => {
    for (const wrong of [{ name: 'nothing' }, { source: ' ' }, { value: -1 }]) {
      const change = { name: 'posted_share', value: 0.4, source: 'Khảo sát', ...wrong };
      await expect(changeSavingsParameter(world.platform, change, operator)).rejects.toThrow(
        /savings_parameter_invalid/,
      );
    }
  });

  test('show every parameter with its source in the CSV as well', async () => {
    const { body } = await ask('/api/reports/savings?from=2026-03-01&to=2026-03-31', { accept: 'text/csv' });
    expect(body).toContain('paper,copies × pages_per_copy × paper_vnd_per_page,');
    expect(body).toContain('gdp_vnd_per_head,GDP bình quân đầu người 2024');
  });
});

function read<Result>(work: Parameters<typeof inTransaction<Result>>[2]): Promise<Result> {
  return inTransaction(world.test.database.app, {}, work);
}

function ask(url: string, headers: Record<string, string> = {}) {
  return server.inject({ url, headers: { authorization: credentials, ...headers } });
}
