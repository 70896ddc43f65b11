/** What facts of the log mean for duties, the ladder and the figures. Pure: facts and calendar in, rows out. */
import type { WorkingCalendar } from '#foundation/clock';
import { vietnamDate } from '#foundation/clock';
import type { DeliveryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import { confirmDeadline, isLateAt, sendDeadline } from '../duties/duty.ts';
import type { Deadline } from '../duties/duty.ts';
import { ladderFor, rungsFor } from '../duties/ladder.ts';
import type { Ladders } from '../duties/ladder.ts';
import { readDay } from '../edxml/index.ts';
import { createCounts } from './daily-count.ts';
import type { Count, CountKey, Counts } from './daily-count.ts';
import { documentKindOf } from './document-kind.ts';

/** An entry of the log about a document or a copy of it, with what is counted of the document. */
export interface LogFact {
  readonly kind: string;
  readonly at: Temporal.Instant;
  /** The code that a status reports. */
  readonly status: string | null;
  /** What takes a copy back: lấy lại, thu hồi, an update or a replacement. */
  readonly act: string | null;
  readonly senderId: OrganisationId;
  readonly envelopeId: EnvelopeId;
  /** The copy that it is about; null where it is about the sending. */
  readonly copy: { readonly recipientId: OrganisationId; readonly deliveryId: DeliveryId } | null;
  readonly businessType: number;
  readonly supplement: number;
  readonly priority: number;
  readonly acceptedAt: Temporal.Instant;
  readonly typeName: string | null;
  readonly hasPaper: boolean | null;
  readonly promulgatedOn: string | null;
  /** Of an acceptance: whom it reached. */
  readonly reached: readonly { readonly recipientId: OrganisationId; readonly deliveryId: DeliveryId }[];
  /** Of an acceptance: how many recipients the axis refused. */
  readonly refusedCount: number;
}

export interface NewDuty extends Deadline {
  readonly organisationId: OrganisationId;
  readonly subjectId: EnvelopeId | DeliveryId;
  readonly senderId: OrganisationId;
  readonly envelopeId: EnvelopeId;
  readonly metAt: Temporal.Instant | null;
  readonly countedUnder: CountKey;
}

export interface NewUndelivered {
  readonly organisationId: OrganisationId;
  readonly deliveryId: DeliveryId;
  readonly senderId: OrganisationId;
  readonly envelopeId: EnvelopeId;
  readonly priority: number;
  readonly since: Temporal.Instant;
  readonly dueAt: Temporal.Instant;
}

export interface CopyAct {
  readonly organisationId: OrganisationId;
  readonly deliveryId: DeliveryId;
  readonly at: Temporal.Instant;
}

export interface Consequences {
  readonly counts: readonly Count[];
  readonly duties: readonly NewDuty[];
  readonly undelivered: readonly NewUndelivered[];
  /** The receiver told of these that they came: the duty to confirm is met. */
  readonly confirmed: readonly CopyAct[];
  /** Withdrawn before anybody saw them: there is nothing left to confirm. */
  readonly withdrawn: readonly CopyAct[];
  /** Where these copies are is settled: they leave the ladder. */
  readonly settled: readonly CopyAct[];
}

/** By what facts are judged. */
export interface Yardsticks {
  readonly calendar: WorkingCalendar;
  readonly ladders: Ladders;
}

export function consequencesOf(facts: readonly LogFact[], yardsticks: Yardsticks): Consequences {
  const counts = createCounts();
  const found = {
    duties: [] as NewDuty[],
    undelivered: [] as NewUndelivered[],
    confirmed: [] as CopyAct[],
    withdrawn: [] as CopyAct[],
    settled: [] as CopyAct[],
  };
  for (const fact of facts) {
    if (!isDocument(fact)) continue;
    if (fact.kind === 'exchange.accepted') accept(fact, yardsticks, { counts, ...found });
    else if (fact.copy) followCopy({ ...fact, copy: fact.copy }, yardsticks, { counts, ...found });
  }
  return { counts: counts.rows(), ...found };
}

/** New ones, and replacements, which are documents of their own. Recalls and updates are about another. */
function isDocument({ businessType }: LogFact): boolean {
  return businessType === 0 || businessType === 3;
}

interface Found {
  readonly counts: Counts;
  readonly duties: NewDuty[];
  readonly undelivered: NewUndelivered[];
  readonly confirmed: CopyAct[];
  readonly withdrawn: CopyAct[];
  readonly settled: CopyAct[];
}

function accept(fact: LogFact, yardsticks: Yardsticks, found: Found): void {
  const { calendar } = yardsticks;
  const { senderId, envelopeId, priority, acceptedAt, reached } = fact;
  const sent = keyOf(fact, senderId, 'sent');
  found.counts.add(sent, { copies: reached.length, refused: fact.refusedCount });
  // A supplementary sending brings the same document to further recipients: its own day was the first.
  if (fact.supplement === 0) acceptSending(fact, calendar, found, sent);
  for (const { recipientId, deliveryId } of reached) {
    const countedUnder = keyOf(fact, recipientId, 'received');
    found.counts.add(countedUnder, { documents: 1, copies: 1 });
    found.duties.push({
      ...confirmDeadline(calendar, fact),
      organisationId: recipientId,
      subjectId: deliveryId,
      senderId,
      envelopeId,
      metAt: null,
      countedUnder,
    });
    found.undelivered.push({
      organisationId: recipientId,
      deliveryId,
      senderId,
      envelopeId,
      priority,
      since: acceptedAt,
      dueAt: firstRung(yardsticks, priority, acceptedAt),
    });
  }
}

function acceptSending(fact: LogFact, calendar: WorkingCalendar, found: Found, key: CountKey): void {
  const { senderId, envelopeId, acceptedAt } = fact;
  const datedOn = datedOnOf(fact);
  const deadline = sendDeadline(calendar, { ...fact, datedOn });
  if (!deadline || !datedOn) {
    found.counts.add(key, { documents: 1, undated: 1 });
    return;
  }
  const isLate = isLateAt(deadline, acceptedAt);
  const delayDays = Math.min(datedOn.until(vietnamDate(acceptedAt)).days, maxDelayDays);
  found.counts.add(key, { documents: 1, [isLate ? 'late' : 'in_time']: 1, delay_days: delayDays });
  if (!isLate) return;
  found.duties.push({
    ...deadline,
    organisationId: senderId,
    subjectId: envelopeId,
    senderId,
    envelopeId,
    metAt: acceptedAt,
    countedUnder: key,
  });
}

/** Dates on paper are what somebody typed: no document of this state is older than the state. */
function datedOnOf({ promulgatedOn }: LogFact): Temporal.PlainDate | null {
  const day = promulgatedOn === null ? null : readDay(promulgatedOn);
  return day && day.year >= 1945 ? day : null;
}

/** An old document sent today must not drown the mean of a whole year. */
const maxDelayDays = 365;

function followCopy(
  fact: LogFact & { readonly copy: NonNullable<LogFact['copy']> },
  yardsticks: Yardsticks,
  found: Found,
): void {
  const { copy, at, status, act, senderId, envelopeId, priority } = fact;
  const { recipientId: organisationId, deliveryId } = copy;
  const copyAct: CopyAct = { organisationId, deliveryId, at };
  const count = (measure: 'done' | 'refused' | 'recalled' | 'returned'): void => {
    found.counts.add(keyOf(fact, organisationId, 'received'), { [measure]: 1 });
    found.counts.add(keyOf(fact, senderId, 'sent'), { [measure]: 1 });
  };
  switch (fact.kind) {
    case 'exchange.done':
      count('done');
      found.settled.push(copyAct);
      break;
    case 'exchange.failed':
      found.settled.push(copyAct);
      break;
    case 'exchange.returned':
      count('returned');
      found.settled.push(copyAct);
      break;
    case 'exchange.redelivered': {
      const dueAt = firstRung(yardsticks, priority, at);
      found.undelivered.push({
        organisationId,
        deliveryId,
        senderId,
        envelopeId,
        priority,
        since: at,
        dueAt,
      });
      break;
    }
    case 'exchange.status_reported':
      if (status === '02') count('refused');
      // Whatever he says of it, he says that it came.
      found.confirmed.push(copyAct);
      break;
    case 'exchange.recalled':
      found.settled.push(copyAct);
      found.withdrawn.push(copyAct);
      if (isRecall(act)) count('recalled');
      break;
    case 'exchange.recall_asked':
      if (isRecall(act)) count('recalled');
      break;
    case 'exchange.recall_answered':
      found.confirmed.push(copyAct);
      break;
  }
}

function firstRung(
  { calendar, ladders }: Yardsticks,
  priority: number,
  since: Temporal.Instant,
): Temporal.Instant {
  return rungsFor(ladderFor(ladders, priority), since, calendar)[0]!.at;
}

function isRecall(act: string | null): boolean {
  return act === 'take_back' || act === 'recall';
}

function keyOf(fact: LogFact, organisationId: OrganisationId, side: CountKey['side']): CountKey {
  return {
    organisationId,
    onDay: vietnamDate(fact.acceptedAt),
    side,
    documentKind: documentKindOf(fact.typeName),
    paper: fact.hasPaper === null ? 'not_stated' : fact.hasPaper ? 'with' : 'without',
  };
}
