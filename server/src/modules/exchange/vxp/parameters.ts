/** The signed parameters as typed values, or a refusal that says what is allowed. */
import type { Level } from '#directory';
import type { Mark } from '../delivery.ts';
import type { MessageKind } from '../envelope.ts';
import { dayForms, parseDay } from '../wire/written-day.ts';
import { refuse } from './refusals.ts';

export type Parameters = ReadonlyMap<string, string>;

/** `servicetype` has one value; where a client signs another, it means a service that is not here. */
export function readMessageKind(parameters: Parameters): MessageKind {
  const service = parameters.get('servicetype')?.toLowerCase();
  if (service !== undefined && service !== '' && service !== 'edoc') throw invalid('servicetype', ['eDoc']);
  const type = parameters.get('messagetype')?.toLowerCase();
  if (type === 'edoc') return 'document';
  if (type === 'status') return 'status';
  throw invalid('messagetype', ['edoc', 'status']);
}

/** The receiver's id of a message; whether there is such a one is the exchange's to say. */
export function readDocumentId(parameters: Parameters): string {
  return parameters.get('docid')!.trim();
}

export function readMark(parameters: Parameters): Mark {
  const mark = parameters.get('status')?.toLowerCase();
  if (mark === 'processing' || mark === 'done' || mark === 'fail') return mark;
  throw invalid('status', ['processing', 'done', 'fail']);
}

/** Without a page size there is no paging: at most 1,000 rows. */
export function readPage(parameters: Parameters): { index: number; sizeRows: number } | undefined {
  const sizeRows = readNumber(parameters, 'pageSize', pageSizeMax);
  const index = readNumber(parameters, 'pageIndex', pageIndexMax);
  return sizeRows === undefined ? undefined : { index: index ?? 1, sizeRows };
}

const pageSizeMax = 1_000;
const pageIndexMax = 100_000;

export function readLevel(parameters: Parameters): Level | undefined {
  return readNumber(parameters, 'level', 4) as Level | undefined;
}

function readNumber(parameters: Parameters, name: string, max: number): number | undefined {
  const text = parameters.get(name.toLowerCase())?.trim();
  if (!text) return undefined;
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw invalid(name, [`1–${max}`]);
  return value;
}

/** Days in Vietnam, both included. */
export function readDays(parameters: Parameters): { from?: Temporal.PlainDate; to?: Temporal.PlainDate } {
  const from = readDay(parameters, 'fromDate');
  const to = readDay(parameters, 'toDate');
  return { ...(from && { from }), ...(to && { to }) };
}

function readDay(parameters: Parameters, name: string): Temporal.PlainDate | undefined {
  const text = parameters.get(name.toLowerCase())?.trim();
  if (!text) return undefined;
  const day = parseDay(text);
  if (!day) throw invalid(name, dayForms);
  return day;
}

function invalid(name: string, allowed: readonly string[]): Error {
  return refuse('parameter_invalid', { name, allowed });
}
