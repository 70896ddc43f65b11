/**
 * The duties of time that the law lays on a document's sender and its receivers. Pure: what is due when, from the times
 * of the document and the working calendar (docs/protocols/time-and-duties.md).
 */
import { endOfDay, endOfSameWorkingDay, noonOfNextWorkingDay, vietnamDate } from '#foundation/clock';
import type { WorkingCalendar } from '#foundation/clock';
import { assertNever } from '#foundation/refusal';

export type DutyRule = 'send' | 'send_urgent' | 'confirm' | 'confirm_urgent';

/** Where each rule stands, for whoever is told that he is late. */
export const dutySources: Readonly<Record<DutyRule, { readonly vi: string; readonly en: string }>> = {
  send: {
    vi: 'Quyết định 28/2018/QĐ-TTg, Điều 6 khoản 2: gửi trong ngày ký, chậm nhất trong buổi sáng ngày làm việc tiếp theo',
    en: 'Decision 28/2018/QĐ-TTg, Art. 6.2: sent on the day of signing, at the latest in the morning of the next working day',
  },
  send_urgent: {
    vi: 'Quyết định 28/2018/QĐ-TTg, Điều 6 khoản 2: văn bản khẩn gửi ngay sau khi ký',
    en: 'Decision 28/2018/QĐ-TTg, Art. 6.2: an urgent document is sent at once after signing',
  },
  confirm: {
    vi: 'Nghị định 30/2020/NĐ-CP, Điều 21: thông báo cho bên gửi ngay trong ngày về việc đã nhận văn bản',
    en: 'Decree 30/2020/NĐ-CP, Art. 21: the sender is told of the receipt within the same day',
  },
  confirm_urgent: {
    vi: 'Nghị định 30/2020/NĐ-CP, Điều 4 và 21: văn bản khẩn phải tiếp nhận ngay khi nhận được',
    en: 'Decree 30/2020/NĐ-CP, Art. 4 and 21: an urgent document is dealt with at once on receipt',
  },
};

export interface Deadline {
  readonly rule: DutyRule;
  /** What it is counted from: 00:00 of the date on the paper, or the acceptance by the axis. */
  readonly since: Temporal.Instant;
  readonly dueAt: Temporal.Instant;
}

/** hỏa tốc, thượng khẩn and khẩn (Decree 30/2020): priority 1 to 4. */
export function isUrgent(priority: number): boolean {
  return priority > 0;
}

/**
 * When the document had to be with the axis. Counted from the date on the paper until signatures are read; a date that
 * is missing, unreadable or still to come says nothing.
 */
export function sendDeadline(
  calendar: WorkingCalendar,
  document: {
    readonly priority: number;
    readonly datedOn: Temporal.PlainDate | null;
    readonly acceptedAt: Temporal.Instant;
  },
): Deadline | null {
  const { datedOn, acceptedAt } = document;
  if (!datedOn || Temporal.PlainDate.compare(datedOn, vietnamDate(acceptedAt)) > 0) return null;
  return deadlineOf(calendar, {
    rule: isUrgent(document.priority) ? 'send_urgent' : 'send',
    since: endOfDay(datedOn.subtract({ days: 1 })),
  });
}

/** When the receiver had to tell that it came. */
export function confirmDeadline(
  calendar: WorkingCalendar,
  copy: { readonly priority: number; readonly acceptedAt: Temporal.Instant },
): Deadline {
  const rule = isUrgent(copy.priority) ? 'confirm_urgent' : 'confirm';
  return deadlineOf(calendar, { rule, since: copy.acceptedAt });
}

/**
 * "At once" has no number in the law. It cannot mean later than the same day, on whatever day that is: what is urgent does
 * not wait for the office to open. Shortly before midnight the receiver still has this long.
 */
const atOnceMinutes = 60;

/** Also computes an open deadline again when the calendar changed. */
export function deadlineOf(
  calendar: WorkingCalendar,
  { rule, since }: { readonly rule: DutyRule; readonly since: Temporal.Instant },
): Deadline {
  switch (rule) {
    case 'send':
      return { rule, since, dueAt: noonOfNextWorkingDay(calendar, vietnamDate(since)) };
    case 'send_urgent':
      return { rule, since, dueAt: endOfDay(vietnamDate(since)) };
    case 'confirm':
      return { rule, since, dueAt: endOfSameWorkingDay(calendar, since) };
    case 'confirm_urgent': {
      const midnight = endOfDay(vietnamDate(since));
      const soonest = since.add({ minutes: atOnceMinutes });
      return { rule, since, dueAt: Temporal.Instant.compare(midnight, soonest) < 0 ? soonest : midnight };
    }
    default:
      return assertNever(rule);
  }
}

/** What is done at the very instant that it is due is in time; 24:00 itself is the next day. */
export function isLateAt(deadline: Pick<Deadline, 'dueAt'>, at: Temporal.Instant): boolean {
  return Temporal.Instant.compare(at, deadline.dueAt) >= 0;
}

/** Why something was late, in a few words that can be counted. */
export const delayReasons = {
  system_down: { vi: 'Hệ thống gián đoạn', en: 'The system was down' },
  network_down: { vi: 'Mất kết nối mạng', en: 'The network was down' },
  signing_delayed: { vi: 'Chậm ký số', en: 'Digital signing was delayed' },
  wrong_recipient: { vi: 'Gửi nhầm nơi nhận', en: 'Sent to the wrong recipient' },
  sent_before_on_paper: {
    vi: 'Đã gửi bản giấy hoặc gửi lại văn bản cũ',
    en: 'Sent on paper before, or sent again',
  },
  staff_absent: { vi: 'Văn thư vắng mặt', en: 'The clerk was absent' },
  other: { vi: 'Lý do khác', en: 'Another reason' },
} as const;
export type DelayReason = keyof typeof delayReasons;
