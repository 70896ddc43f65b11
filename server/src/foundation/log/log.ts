/**
 * What happened, for operators: one line an event, on stderr. Ids and codes, never names, subjects, contents or
 * secrets: those are in the evidence, behind its rights. In the sandbox only warnings, as plain text; in production
 * JSON for a collector.
 */
import { pino } from 'pino';
import { describeError } from './describe-error.ts';
import { plainLine } from './plain-line.ts';

export type Log = pino.Logger;

export interface LogOptions {
  readonly format: 'plain' | 'json';
  readonly level: pino.Level;
  /** Where the lines go; stderr unless a test reads them. */
  readonly write?: (line: string) => void;
}

export function createLog({ format, level, write = (line) => process.stderr.write(line) }: LogOptions): Log {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths, censor: '[…]' },
      serializers: { err: describeError, error: describeError, req: describeRequest, res: describeResponse },
    },
    { write: (line) => write(format === 'json' ? line : plainLine(line)) },
  );
}

// The second fence: the first is that nobody passes these. Also one level down, as in `{ headers: { authorization } }`.
const secretNames = [
  'authorization',
  'cookie',
  'connectionString',
  'key',
  'password',
  'secret',
  'signature',
  'token',
  'url',
  'ownerUrl',
];
const secretPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** The route's pattern instead of the address, whose parameters and query may name a person or a document. */
function describeRequest(request: {
  method?: string;
  id?: unknown;
  routeOptions?: { url?: string | undefined };
}): Record<string, unknown> {
  return { id: request.id, method: request.method, route: request.routeOptions?.url };
}

function describeResponse(response: { statusCode?: number }): Record<string, unknown> {
  return { status: response.statusCode };
}
