import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { declareCalendarDay, withdrawCalendarDay, readWorkingCalendar } from '#directory';
import {
  addWorkingMinutes,
  dueInDays,
  dueInMonths,
  dueInWorkingDays,
  formatVietnamTime,
} from '#foundation/clock';
import type { WorkingCalendar } from '#foundation/clock';
import { inTransaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import { acceptedAt, followAll, rowsOf } from '../../../../test/support/following.ts';
import { bodyOf, writeLetter } from '../../../../test/support/letters.ts';
import type { Letter } from '../../../../test/support/letters.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';
import {
  fetchDelivery,
  listSent,
  listWaiting,
  makeEvents,
  markDelivery,
  readFeed,
  readTimeline,
  send,
} from '../index.ts';
import type { Sent } from '../index.ts';
import { climbLadder } from './climb-ladder.ts';
import { confirmDeadline, sendDeadline } from './duty.ts';
import { explainDelay } from './explain-delay.ts';
import { ladderFor, rungsFor } from './ladder.ts';
import type { Ladders } from './ladder.ts';
import { changeLadder, listLadders } from './change-ladder.ts';
import { recomputeRungs } from './recompute-rungs.ts';
import { listLate } from './list-late.ts';
import { recomputeDeadlines } from './recompute-deadlines.ts';
import { watchDeadlines } from './watch-deadlines.ts';

const operator: Actor = { method: 'operator', credential: 'quan-tri' };
let world: World;
let calendar: WorkingCalendar;
let ladders: Ladders;
beforeAll(async () => {
  world = await createWorld([{ code: 'G10' }, { code: 'H64' }, { code: 'H37' }]);
  calendar = await inTransaction(world.test.database.app, {}, readWorkingCalendar);
  ladders = await listLadders(world.platform);
});
afterAll(() => world.drop());

describe('deadlines', () => {
  const sent = (datedOn: string, priority = 0) =>
    sendDeadline(calendar, {
      priority,
      datedOn: Temporal.PlainDate.from(datedOn),
      acceptedAt: at('2026-12-31 10:00'),
    });
  const confirmed = (acceptedAt: string, priority = 0) =>
    formatVietnamTime(confirmDeadline(calendar, { priority, acceptedAt: at(acceptedAt) }).dueAt);

  test('signed on the Friday before Tết: with the axis by noon of the first working day after it', () => {
    expect(local(sent('2026-02-13')!.dueAt)).toBe('2026/02/23 12:00:00');
    expect(local(sent('2026-11-23')!.dueAt)).toBe('2026/11/25 12:00:00');
  });

  test('urgent: on the day itself, whatever day that is', () => {
    expect(sent('2026-02-14', 1)).toMatchObject({ rule: 'send_urgent' });
    expect(local(sent('2026-02-14', 1)!.dueAt)).toBe('2026/02/15 00:00:00');
    expect(confirmed('2026-02-14 20:00', 3)).toBe('2026/02/15 00:00:00');
    expect(confirmed('2026-02-14 23:30', 3)).toBe('2026/02/15 00:30:00');
  });

  test('a date that is missing or still to come says nothing', () => {
    expect(sent('2027-01-01')).toBeNull();
    const undated = { priority: 0, datedOn: null, acceptedAt: at('2026-12-31 10:00') };
    expect(sendDeadline(calendar, undated)).toBeNull();
  });

  test('receipt is confirmed on the day on which an office could see it', () => {
    expect(confirmed('2026-02-13 15:01')).toBe('2026/02/14 00:00:00');
    expect(confirmed('2026-02-13 17:01')).toBe('2026/02/24 00:00:00');
  });
});

describe('the examples of docs/protocols/time-and-duties.md', () => {
  test('are counted so by the calendar that comes with the server', () => {
    const due = [
      dueInDays(calendar, { from: at('2026-11-19 10:00'), days: 5 }),
      dueInWorkingDays(calendar, { from: at('2026-08-21 10:00'), days: 1 }),
      addWorkingMinutes(calendar, { from: at('2026-11-16 15:00'), minutes: 480 }),
      dueInMonths(calendar, { from: at('2026-03-31 10:00'), months: 1 }),
    ];
    expect(due.map(local)).toEqual([
      '2026/11/26 00:00:00',
      '2026/08/23 00:00:00',
      '2026/11/17 15:00:00',
      '2026/05/05 00:00:00',
    ]);
  });
});

describe('the ladder', () => {
  test('counts an ordinary letter in office hours and a flash one in minutes, day and night', () => {
    const friday = at('2026-02-13 16:00');
    expect(rungsFor(ladderFor(ladders, 0), friday, calendar).map(describeRung)).toEqual([
      'remind_operator 2026/02/23 09:00:00',
      'remind_sender 2026/02/23 16:00:00',
      'remind_sender 2026/02/25 16:00:00',
      'return 2026/02/27 16:00:00',
    ]);
    expect(rungsFor(ladderFor(ladders, 3), friday, calendar).map(describeRung)).toEqual([
      'remind_operator 2026/02/13 16:05:00',
      'remind_sender 2026/02/13 16:15:00',
      'remind_sender 2026/02/13 18:00:00',
      'remind_sender 2026/02/14 16:00:00',
      'return 2026/02/27 16:00:00',
    ]);
  });

  test('climbs only upwards, begins after the acceptance and ends with the return', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (priority, minutes) => {
          const acceptedAt = Temporal.Instant.from('2025-01-01T00:00:00Z').add({ minutes });
          const rungs = rungsFor(ladderFor(ladders, priority), acceptedAt, calendar);
          const times = rungs.map((rung) => rung.at.epochMilliseconds);
          expect(times).toEqual([...times].sort((a, b) => a - b));
          expect(times[0]).toBeGreaterThan(acceptedAt.epochMilliseconds);
          expect(rungs.filter(({ act }) => act === 'return')).toEqual([rungs.at(-1)]);
        },
      ),
    );
  });

  test('tells the sender in the history of his document, hands the copy back, and lets one alone that was collected', async () => {
    const { cursor: begin } = await readFeed(world.exchange, await world.caller('G10'), {});
    const overdueOf = async ({ envelopeId }: Sent) =>
      (await listSent(world.exchange, await world.caller('G10'), { kind: 'document', envelopeId }))[0]!
        .overdueAt;
    const forgotten = await sendLetter({ from: 'G10', to: ['H64'] });
    const collected = await sendLetter({ from: 'G10', to: ['H37'] });
    for (const { envelopeId } of [forgotten, collected]) {
      await acceptedAt(world, envelopeId, { at: '2026-06-01T09:00:00+07' });
    }
    await followAll(world);
    await takeAll('H37');
    const climbUntil = async (now: string) => {
      const steps = [];
      for (;;) {
        const step = await climbLadder(world.exchange, { now: at(now) });
        if (step.copies === 0) return steps;
        steps.push(step);
      }
    };
    expect(await climbUntil('2026-06-01 10:59')).toEqual([]);
    expect(await climbUntil('2026-06-01 11:00')).toMatchObject([{ remindedOperator: 1, remindedSender: 0 }]);
    expect(await climbUntil('2026-06-02 09:00')).toMatchObject([{ remindedSender: 1 }]);
    const history = await readTimeline(world.exchange, await world.caller('G10'), forgotten.envelopeId);
    expect(history.map(({ kind }) => kind)).toEqual(['exchange.accepted', 'exchange.delivery_overdue']);
    expect(await overdueOf(forgotten)).toBeInstanceOf(Temporal.Instant);
    expect(await overdueOf(collected)).toBeNull();
    expect(await climbUntil('2026-06-15 09:00')).toMatchObject([{ remindedSender: 1 }, { returned: 1 }]);
    expect(await overdueOf(forgotten)).toBeNull();
    expect(await overdueEventsOf('G10', begin)).toMatchObject([
      { envelopeId: forgotten.envelopeId, deliveryId: expect.any(String) },
      { envelopeId: forgotten.envelopeId, deliveryId: expect.any(String) },
    ]);
    expect(await overdueEventsOf('H64', begin)).toEqual([]);
    const rows = await listSent(world.exchange, await world.caller('G10'), { kind: 'document' });
    const stateOf = ({ envelopeId }: Sent) => rows.find((row) => row.envelopeId === envelopeId)?.state;
    expect([stateOf(forgotten), stateOf(collected)]).toEqual(['returned', 'done']);
    expect(await climbUntil('2026-07-15 09:00')).toEqual([]);
  });

  test('goes on for everybody else where one copy cannot be handed back, and tries that one again', async () => {
    const broken = await sendLetter({ from: 'G10', to: ['H64'] });
    const sound = await sendLetter({ from: 'G10', to: ['H37'] });
    await acceptedAt(world, broken.envelopeId, { at: '2026-06-01T08:00:00+07' });
    await acceptedAt(world, sound.envelopeId, { at: '2026-06-01T09:00:00+07' });
    await followAll(world);
    const setHeader = (header: string) =>
      rowsOf(world, `update exchange.delivery set header = header || $2::jsonb where envelope_id = $1`, [
        broken.envelopeId,
        header,
      ]);
    await setHeader('{"number": {"not": "a text"}, "promulgatedOn": 5}');
    const climb = async () => {
      for (const all = { returned: 0, failures: 0 }; ;) {
        const step = await climbLadder(world.exchange, { now: at('2026-07-20 09:00') });
        all.returned += step.returned;
        all.failures += step.failures.length;
        if (step.copies === 0) return all;
      }
    };
    const first = await climb();
    expect(first.returned).toBe(1);
    expect(first.failures).toBeGreaterThan(0);
    await setHeader('{"number": "9", "promulgatedOn": "2026/06/01"}');
    expect(await climb()).toEqual({ returned: 1, failures: 0 });
  });
});

describe('a ladder that an operator changes', () => {
  const half = { clock: 'wall', minutes: 30, act: 'remind_sender' } as const;
  const back = { clock: 'wall', minutes: 60, act: 'return' } as const;
  const before = { rung: 0, due: '2026/06/01 11:00:00' };

  test('moves the next rung of what waits already, tells who and why in the log, and can be put back', async () => {
    const { envelopeId } = await sendLetter({ from: 'G10', to: ['H64'] });
    await acceptedAt(world, envelopeId, { at: '2026-06-01T09:00:00+07' });
    await followAll(world);
    const next = async () =>
      (
        await rowsOf<{ rung: number; due: string }>(
          world,
          `select rung, to_char(due_at at time zone 'Asia/Ho_Chi_Minh', 'yyyy/mm/dd hh24:mi:ss') as due
           from exchange.undelivered where envelope_id = $1`,
          [envelopeId],
        )
      )[0];
    expect(await next()).toEqual(before);
    const former = ladders.byPriority[0]!;
    const changed = { priority: 0, rungs: [half, back], reason: 'Thử nghiệm' };
    expect(await changeLadder(world.platform, changed, operator)).toMatchObject({ version: 2 });
    expect(await changeLadder(world.platform, changed, operator)).toMatchObject({ version: 2 });
    expect(await recomputeRungs(world.platform)).toBe(1);
    expect(await recomputeRungs(world.platform)).toBeUndefined();
    expect(await next()).toEqual({ rung: 0, due: '2026/06/01 09:30:00' });
    await changeLadder(world.platform, { priority: 0, rungs: former, reason: 'Như cũ' }, operator);
    // Before anybody computed it again: who climbs looks at the ladder of now.
    const at1030 = at('2026-06-01 10:30');
    expect(await climbLadder(world.exchange, { now: at1030 })).toMatchObject({ remindedSender: 0 });
    expect(await next()).toEqual(before);
    const entries = await rowsOf<{ claims: object }>(
      world,
      `select convert_from(payload, 'UTF8')::jsonb -> 'claims' as claims
       from evidence.entry where kind = 'exchange.ladder_changed' order by ordinal`,
    );
    expect(entries.map(({ claims }) => claims)).toMatchObject([
      { version: 2, rungs: 'wall 30 remind_sender, wall 60 return' },
      { version: 3, former: 'wall 30 remind_sender, wall 60 return' },
    ]);
    await takeAll('H64');
  });

  test.each([
    ['no return at its end', [half]],
    ['a return before its end', [half, back, half]],
    ['nobody told before the return', [back]],
    ['no time at all', [{ ...half, minutes: 0 }, back]],
    ['more than ten rungs', [...Array.from({ length: 10 }, () => half), back]],
  ])('is refused with %s', async (_, rungs) => {
    const change = { priority: 1, rungs, reason: 'x' };
    await expect(changeLadder(world.platform, change, operator)).rejects.toThrow(/ladder_invalid/);
  });
});

describe('what is late', () => {
  let late: Sent;
  beforeAll(async () => {
    late = await sendLetter({ from: 'H64', to: ['G10'] });
    await acceptedAt(world, late.envelopeId, { at: '2026-03-17T08:00:00+07', datedOn: '2026/03/12' });
    await followAll(world);
    while ((await watchDeadlines(world.platform)) > 0);
  });

  test('is seen by who holds it, with the law, and by the sender whom it concerns; by nobody else', async () => {
    const listOf = async (code: string, of: 'own' | 'recipients') =>
      (await listLate(world.exchange, await world.caller(code), { of }))
        .filter(({ envelopeId }) => envelopeId === late.envelopeId)
        .map(({ rule, holder, sender }) => ({ rule, holder, sender }));
    expect(await listOf('H64', 'own')).toEqual([{ rule: 'send', holder: 'H64', sender: 'H64' }]);
    expect(await listOf('H64', 'recipients')).toEqual([{ rule: 'confirm', holder: 'G10', sender: 'H64' }]);
    expect(await listOf('G10', 'own')).toEqual([{ rule: 'confirm', holder: 'G10', sender: 'H64' }]);
    expect(await listOf('G10', 'recipients')).toEqual([]);
    expect(await listOf('H37', 'own')).toEqual([]);
    expect(await listOf('H37', 'recipients')).toEqual([]);
  });

  test('is explained by who holds it: the code in the list, the words in the detail of an entry only', async () => {
    const sender = await world.caller('H64');
    const text = 'Máy chủ của tỉnh hỏng từ ngày 13';
    const { receipt } = await explainDelay(world.exchange, sender, {
      id: late.envelopeId,
      reason: 'system_down',
      text,
    });
    expect(receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const own = await listLate(world.exchange, sender, { of: 'own' });
    expect(own.find(({ subjectId }) => subjectId === late.envelopeId)).toMatchObject({
      reason: 'system_down',
    });
    const [entry] = await rowsOf<{ payload: string; detail: string }>(
      world,
      `select convert_from(payload, 'UTF8') as payload, convert_from(detail, 'UTF8') as detail
       from evidence.entry
       join evidence.entry_detail on entry_detail.entry_id = entry.id
       where kind = 'exchange.delay_explained'`,
    );
    expect(entry!.detail).toContain(text);
    expect(entry!.payload).not.toContain(text);
    expect(entry!.payload).toContain('"reason":"system_down"');
  });

  test('cannot be explained by another organisation, without words, or where nothing is late', async () => {
    const explain = async (code: string, id: string, reason: 'other' | 'system_down' = 'system_down') =>
      explainDelay(world.exchange, await world.caller(code), { id, reason });
    await expect(explain('H37', late.envelopeId)).rejects.toThrow(/late_duty_unknown/);
    await expect(explain('H64', late.envelopeId, 'other')).rejects.toThrow(/reason_text_invalid/);
    await expect(explain('H64', 'nothing')).rejects.toThrow(/late_duty_unknown/);
  });

  test('is counted for the operator without a word on which document', async () => {
    const rows = await rowsOf<Record<string, unknown>>(
      world,
      `select * from exchange.report_lateness where code = 'H64' and rule = 'send'`,
    );
    expect(rows).toMatchObject([{ late: 1, still_open: 0, explained: 1 }]);
    expect(Object.keys(rows[0]!).join(' ')).not.toMatch(/subject|document/);
  });
});

describe('a holiday that is declared', () => {
  const storm = {
    day: Temporal.PlainDate.from('2028-03-08'),
    kind: 'rest',
    name: 'Nghỉ phòng, chống bão',
    source: 'Công điện',
  } as const;

  test('moves the open deadlines that it touches, keeps what they were, and says so in the log', async () => {
    // After office hours on Tuesday: due at the end of Wednesday, until that becomes a holiday.
    const touched = await sendLetter({ from: 'H37', to: ['G10'] });
    await acceptedAt(world, touched.envelopeId, { at: '2028-03-07T18:00:00+07' });
    const untouched = await sendLetter({ from: 'H37', to: ['G10'] });
    await acceptedAt(world, untouched.envelopeId, { at: '2028-03-07T10:00:00+07' });
    await followAll(world);
    expect(await recomputeDeadlines(world.platform)).toBeUndefined();

    await declareCalendarDay(world.platform, storm, operator);
    expect(await recomputeDeadlines(world.platform)).toBe(1);
    expect(await recomputeDeadlines(world.platform)).toBeUndefined();
    expect(await deadlineOf(touched)).toEqual({
      due: '2028-03-10 00:00',
      original: '2028-03-09 00:00',
      changes: 1,
    });
    expect(await deadlineOf(untouched)).toEqual({
      due: '2028-03-08 00:00',
      original: '2028-03-08 00:00',
      changes: 0,
    });
    const [entry] = await rowsOf<{ claims: unknown }>(
      world,
      `select convert_from(payload, 'UTF8')::jsonb -> 'claims' as claims
       from evidence.entry where kind = 'exchange.deadlines_recomputed'`,
    );
    expect(entry!.claims).toMatchObject({ moved: 1 });

    await withdrawCalendarDay(world.platform, { day: storm.day }, operator);
    expect(await recomputeDeadlines(world.platform)).toBe(1);
    expect(await deadlineOf(touched)).toMatchObject({ due: '2028-03-09 00:00', changes: 2 });
  });

  test('by several processes at once it is told once', async () => {
    await declareCalendarDay(world.platform, { ...storm, name: 'Bão lần hai' }, operator);
    const told = await Promise.all([1, 2, 3].map(() => recomputeDeadlines(world.platform)));
    expect(told.filter((moved) => moved !== undefined)).toEqual([1]);
  });

  test('declared on the day itself, it takes back what was counted as late', async () => {
    const sent = await sendLetter({ from: 'H37', to: ['G10'] });
    await acceptedAt(world, sent.envelopeId, { at: '2028-04-04T18:00:00+07' });
    await followAll(world);
    const now = Temporal.Instant.from('2028-04-06T00:00:01+07:00');
    while ((await watchDeadlines(world.platform, { now })) > 0);
    const lateCount = async () =>
      rowsOf(
        world,
        `select late::int from exchange.report_traffic where code = 'G10' and on_day = '2028-04-04'`,
      );
    expect(await lateCount()).toEqual([{ late: 1 }]);
    await declareCalendarDay(
      world.platform,
      { ...storm, day: Temporal.PlainDate.from('2028-04-05') },
      operator,
    );
    await recomputeDeadlines(world.platform);
    expect(await lateCount()).toEqual([{ late: 0 }]);
  });
});

let number = 0;

async function sendLetter(letter: Letter): Promise<Sent> {
  const bytes = await writeLetter({ number: `d${++number}`, ...letter });
  const message = { from: undefined, sizeBytes: bytes.length, body: bodyOf(bytes) };
  return send(world.exchange, await world.caller(letter.from), { ...message, kind: 'document' });
}

async function takeAll(code: string): Promise<void> {
  const caller = await world.caller(code);
  for (const { deliveryId } of await listWaiting(world.exchange, caller, { kind: 'document' })) {
    await fetchDelivery(world.exchange, caller, deliveryId);
    await markDelivery(world.exchange, caller, { id: deliveryId, mark: 'done' });
  }
}

async function deadlineOf({ envelopeId }: Sent): Promise<unknown> {
  const [row] = await rowsOf(
    world,
    `select to_char(due_at at time zone 'Asia/Ho_Chi_Minh', 'yyyy-mm-dd hh24:mi') as due,
       to_char(original_due_at at time zone 'Asia/Ho_Chi_Minh', 'yyyy-mm-dd hh24:mi') as original,
       (select count(*)::int from exchange.deadline_change change where change.subject_id = duty.subject_id) as changes
     from exchange.duty where envelope_id = $1 and rule = 'confirm'`,
    [envelopeId],
  );
  return row;
}

function at(text: string): Temporal.Instant {
  return Temporal.PlainDateTime.from(text).toZonedDateTime('Asia/Ho_Chi_Minh').toInstant();
}

function local(instant: Temporal.Instant): string {
  return formatVietnamTime(instant);
}

function describeRung({ act, at: due }: { act: string; at: Temporal.Instant }): string {
  return `${act} ${local(due)}`;
}

async function overdueEventsOf(code: string, after: string) {
  await followAll(world);
  while (await makeEvents(world.exchange));
  const { events } = await readFeed(world.exchange, await world.caller(code), { after });
  return events.filter(({ kind }) => kind === 'exchange.delivery_overdue');
}
