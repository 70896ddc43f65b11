/**
 * An error as a log may show it. PostgreSQL's `detail` and `where` quote the values of the row, drivers attach the
 * statement's parameters; so this picks what is known to be harmless instead of removing what is known to be not.
 */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

const causesAtMost = 5;
const messageCharactersAtMost = 300;
const stackCharactersAtMost = 2_000;

export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' };
  const { cause } = error;
  return {
    type: error.name,
    message: messageOf(error),
    ...pick(error, 'code'),
    ...pick(error, 'constraint'),
    ...pick(error, 'table'),
    ...(error.stack && { stack: framesOf(error.stack) }),
    ...(cause !== undefined && depth < causesAtMost && { cause: describeError(cause, depth + 1) }),
  };
}

/** PostgreSQL quotes a value that it cannot read (class 22: data exception) in the message itself. */
function messageOf(error: Error): string {
  const isAboutValue =
    'code' in error && typeof error.code === 'string' && /^22[0-9A-Z]{3}$/.test(error.code);
  return isAboutValue ? 'PostgreSQL could not take a value' : error.message.slice(0, messageCharactersAtMost);
}

function pick<Name extends string>(error: Error, name: Name): Partial<Record<Name, string>> {
  const value = (error as unknown as Record<string, unknown>)[name];
  return typeof value === 'string' ? ({ [name]: value } as Record<Name, string>) : {};
}

/** Only the frames: the first lines repeat the message. */
function framesOf(stack: string): string {
  const start = stack.search(/^ +at /m);
  return start < 0 ? '' : stack.slice(start, start + stackCharactersAtMost);
}
