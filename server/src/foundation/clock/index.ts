export { formatInstant, formatVietnamTime, systemClock, vietnamDate } from './time.ts';
export type { Clock } from './time.ts';
export {
  dueInDays,
  dueInMonths,
  dueInWorkingDays,
  endOfDay,
  endOfSameWorkingDay,
  noonOfNextWorkingDay,
  postponedBy,
} from './deadline.ts';
export type { Pause } from './deadline.ts';
export {
  addWorkingMinutes,
  hoursOn,
  isWorkingDay,
  maxRestDays,
  nextWorkingDay,
  workingMinutesBetween,
} from './working-calendar.ts';
export type { DeclaredDay, OfficeHours, WorkingCalendar, WorkingWeek } from './working-calendar.ts';
