/** What comes in the query, a field or a JSON member, as typed values, or a refusal that says what is allowed. */
import type { Mark } from '../delivery.ts';
import type { MessageKind } from '../envelope.ts';
import { parseDay } from '../wire/written-day.ts';
import { refuse } from './refusals.ts';

/** By name in lower case. */
export type Parameters = ReadonlyMap<string, string>;

export function readQuery(url: string): Parameters {
  const at = url.indexOf('?');
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(at < 0 ? '' : url.slice(at + 1))) {
    const key = name.toLowerCase();
    if (parameters.has(key)) throw invalid(printable(name), ['–']);
    parameters.set(key, value.trim());
  }
  return parameters;
}

export function readMessageKind(text: string | undefined): MessageKind {
  const type = text?.trim().toLowerCase();
  if (type === 'edoc') return 'document';
  if (type === 'status') return 'status';
  throw invalid('messageType', ['edoc', 'status']);
}

/** The receiver's id of a message; whether there is such a one is the exchange's to say. */
export function readDocumentId(parameters: Parameters): string {
  const id = parameters.get('docid');
  if (!id) throw invalid('docId', ['id']);
  return id;
}

export function readMark(text: string): Mark {
  const mark = text.trim().toLowerCase();
  if (mark === 'processing' || mark === 'done' || mark === 'fail') return mark;
  throw invalid('status', ['processing', 'done', 'fail']);
}

/** Days in Vietnam, both included. */
export function readDays(parameters: Parameters): { from?: Temporal.PlainDate; to?: Temporal.PlainDate } {
  const from = readDay(parameters, 'fromDate');
  const to = readDay(parameters, 'toDate');
  return { ...(from && { from }), ...(to && { to }) };
}

function readDay(parameters: Parameters, name: string): Temporal.PlainDate | undefined {
  const text = parameters.get(name.toLowerCase());
  if (!text) return undefined;
  const day = parseDay(text);
  if (!day) throw invalid(name, ['yyyy/MM/dd']);
  return day;
}

function invalid(name: string, allowed: readonly string[]): Error {
  return refuse('parameter_invalid', { name, allowed });
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 40);
}
