import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOrganisation, declareCalendarDay, readWorkingCalendar, withdrawCalendarDay } from '../index.ts';
import { isWorkingDay, nextWorkingDay } from '#foundation/clock';
import type { WorkingCalendar } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import { createTestPlatform, type TestPlatform } from '../../../../test/support/platform.ts';

const operator: Actor = { method: 'operator', credential: 'quan-tri' };
const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
const storm = {
  day: day('2026-12-07'),
  kind: 'rest',
  name: 'Nghỉ phòng, chống bão',
  source: 'Công điện của Chủ tịch Ủy ban nhân dân',
} as const;

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addOrganisation(platform, { code: '00.00.W00', name: 'Trục', kind: 'axis' }, { method: 'axis' });
});
afterAll(() => platform.drop());

const readNow = (): Promise<WorkingCalendar> => inTransaction(platform.database.app, {}, readWorkingCalendar);

describe('the calendar that comes with the server', () => {
  test('has the official days of 2025 to 2027', async () => {
    const calendar = await readNow();
    expect(nextWorkingDay(calendar, day('2026-02-13'))).toEqual(day('2026-02-23'));
    expect(isWorkingDay(calendar, day('2026-08-22'))).toBe(true);
    expect(isWorkingDay(calendar, day('2026-11-24'))).toBe(false);
    expect(nextWorkingDay(calendar, day('2025-04-29'))).toEqual(day('2025-05-05'));
    expect(isWorkingDay(calendar, day('2027-11-24'))).toBe(false);
  });

  test('marks as provisional what was not announced', async () => {
    const rows = await inTransaction(platform.database.app, {}, (tx) =>
      tx.query<{ provisional: boolean; year: number }>(
        `select extract(year from day)::int as year, bool_and(is_provisional) as provisional
         from directory.calendar_day group by year order by year`,
      ),
    );
    expect(rows).toEqual([
      { year: 2025, provisional: false },
      { year: 2026, provisional: false },
      { year: 2027, provisional: true },
    ]);
  });
});

describe('an operator', () => {
  test('declares a holiday: the calendar has it, under a new version, and the log says who', async () => {
    const before = await readNow();
    const { declared, day: added } = await declareCalendarDay(platform, storm, operator);
    const after = await readNow();
    expect([declared, added.declaredBy]).toEqual([true, 'operator:quan-tri']);
    expect(isWorkingDay(before, storm.day)).toBe(true);
    expect(isWorkingDay(after, storm.day)).toBe(false);
    expect(after.version).toBe(before.version + 1);
    expect(await entryKinds()).toEqual(['directory.calendar_day_declared']);
  });

  test('declares it again: nothing changes', async () => {
    const { version } = await readNow();
    expect(await declareCalendarDay(platform, storm, operator)).toMatchObject({ declared: false });
    expect((await readNow()).version).toBe(version);
    expect(await entryKinds()).toHaveLength(1);
  });

  test('replaces a provisional day by what was announced', async () => {
    const announced = { ...storm, day: day('2027-02-08'), name: 'Tết', source: 'Thông báo lịch nghỉ Tết' };
    const { declared, day: replaced } = await declareCalendarDay(platform, announced, operator);
    expect([declared, replaced.isProvisional, replaced.source]).toEqual([
      true,
      false,
      'Thông báo lịch nghỉ Tết',
    ]);
  });

  test('withdraws it, once: the day is as its weekday again', async () => {
    await withdrawCalendarDay(platform, { day: storm.day, reason: 'Bão tan' }, operator);
    const { version, declared } = await readNow();
    expect(declared.has('2026-12-07')).toBe(false);
    const again = await withdrawCalendarDay(platform, { day: storm.day, reason: 'Bão tan' }, operator);
    expect(again.name).toBe(storm.name);
    expect((await readNow()).version).toBe(version);
  });

  test('cannot withdraw what nobody declared, nor declare without a source', async () => {
    await expect(withdrawCalendarDay(platform, { day: day('2026-12-08') }, operator)).rejects.toThrow(
      /calendar_day_unknown/,
    );
    await expect(declareCalendarDay(platform, { ...storm, source: ' ' }, operator)).rejects.toThrow(
      /calendar_text_invalid/,
    );
  });

  test('cannot close all offices for a month', async () => {
    const declareWeek = async (week: number): Promise<void> => {
      for (let weekday = 0; weekday < 5; weekday += 1) {
        const rest = day('2028-01-03').add({ weeks: week, days: weekday });
        await declareCalendarDay(platform, { ...storm, day: rest }, operator);
      }
    };
    for (let week = 0; week < 3; week += 1) await declareWeek(week);
    const { version } = await readNow();
    await expect(declareWeek(3)).rejects.toThrow(/calendar_never_works/);
    // The refused day left nothing; those before it stand.
    const calendar = await readNow();
    expect(calendar.version).toBeGreaterThan(version);
    expect(isWorkingDay(calendar, day('2028-01-28'))).toBe(true);
  });
});

async function entryKinds(): Promise<string[]> {
  const organisations = await inTransaction(platform.database.app, {}, (tx) =>
    tx.query<{ id: never }>(`select id from directory.organisation where kind = 'axis'`),
  );
  const rows = await inTransaction(
    platform.database.app,
    { organisations: organisations.map(({ id }) => id) },
    (tx) =>
      tx.query<{ kind: string }>(
        `select kind from evidence.entry where kind like 'directory.calendar%' order by ordinal`,
      ),
  );
  return rows.map(({ kind }) => kind);
}
