/**
 * An operator declares a holiday or a swapped day, or takes a declaration back. The calendar gets a new version; open
 * deadlines are computed again by the parts that own them, each change of one being recorded there.
 */
import { isWorkingDay, maxRestDays } from '#foundation/clock';
import type { WorkingCalendar } from '#foundation/clock';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import { change, locateAxis, nameOf, recordChange } from '../record-change.ts';
import { refuse } from '../refusals.ts';
import {
  endCalendarDay,
  findCalendarDay,
  findWithdrawnDay,
  insertCalendarDay,
  lockCalendar,
  setCalendarVersion,
} from '../store/calendar.ts';
import { parseCalendarDay } from './calendar-day.ts';
import type { CalendarDay, CalendarDayRequest } from './calendar-day.ts';
import { readWorkingCalendar } from './read-calendar.ts';

/** The same declaration again changes nothing; another one about the same day replaces it. */
export async function declareCalendarDay(
  platform: Platform,
  request: CalendarDayRequest,
  by: Actor,
): Promise<{ day: CalendarDay; declared: boolean }> {
  const wanted = parseCalendarDay(request);
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    const version = (await lockCalendar(tx)) + 1;
    const existing = await findCalendarDay(tx, wanted.day);
    if (existing && isSame(existing, wanted)) return { day: existing, declared: false };

    await setCalendarVersion(tx, version);
    if (existing) await endCalendarDay(tx, wanted.day, { version, by: nameOf(by) });
    await insertCalendarDay(tx, { ...wanted, version, by: nameOf(by) });
    refuseEndlessRest(await readWorkingCalendar(tx), wanted.day);
    await recordChange(platform, tx, {
      kind: 'calendar_day_declared',
      organisation: { id: axis.organisationId, code: axis.code },
      by,
      claims: {
        day: wanted.day.toString(),
        declared: wanted.kind,
        provisional: wanted.isProvisional,
        calendar: version,
        replaced: existing?.declaredIn ?? null,
      },
      detail: { name: wanted.name, source: wanted.source },
    });
    return { day: (await findCalendarDay(tx, wanted.day))!, declared: true };
  });
}

/** Withdrawing again changes nothing and gives the declaration that was withdrawn. */
export async function withdrawCalendarDay(
  platform: Platform,
  request: { readonly day: Temporal.PlainDate; readonly reason?: string | null | undefined },
  by: Actor,
): Promise<CalendarDay> {
  const { day } = request;
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    const version = (await lockCalendar(tx)) + 1;
    const existing = await findCalendarDay(tx, day);
    if (!existing) {
      const withdrawn = await findWithdrawnDay(tx, day);
      if (withdrawn) return withdrawn;
      throw refuse('calendar_day_unknown', { day: day.toString() });
    }
    await setCalendarVersion(tx, version);
    await endCalendarDay(tx, day, { version, by: nameOf(by) });
    refuseEndlessRest(await readWorkingCalendar(tx), day);
    await recordChange(platform, tx, {
      kind: 'calendar_day_withdrawn',
      organisation: { id: axis.organisationId, code: axis.code },
      by,
      claims: { day: day.toString(), declared: existing.kind, calendar: version },
      detail: { name: existing.name, reason: request.reason ?? null },
    });
    return existing;
  });
}

function isSame(existing: CalendarDay, wanted: ReturnType<typeof parseCalendarDay>): boolean {
  return (
    existing.kind === wanted.kind &&
    existing.name === wanted.name &&
    existing.source === wanted.source &&
    existing.isProvisional === wanted.isProvisional
  );
}

/** Deadlines look for the next working day only so far: a calendar that has none there was declared by mistake. */
function refuseEndlessRest(calendar: WorkingCalendar, around: Temporal.PlainDate): void {
  let restDays = 0;
  for (let offset = -maxRestDays; offset <= maxRestDays; offset += 1) {
    restDays = isWorkingDay(calendar, around.add({ days: offset })) ? 0 : restDays + 1;
    if (restDays >= maxRestDays) throw refuse('calendar_never_works', { limit: maxRestDays });
  }
}
