/** RFC 9457: one shape for every refusal and failure, in the reader's language, and nothing of our inside. */
import { isOutage } from '#foundation/db';
import { Refusal, refusalEntry, type RefusalKind, type RefusalParameters } from '#foundation/refusal';
import { refuse } from './refusals.ts';

export interface Problem {
  /** `urn:lienthong:refusal:<code>`: names the kind of problem, is no address. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** The stable code. */
  readonly code: string;
  readonly parameters: RefusalParameters;
  /** The request's id, which the log has too. */
  readonly instance: string;
}

const statusOf: Record<RefusalKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  too_many: 429,
  unavailable: 503,
};

/** A refusal as it is; trouble of the world as 503; whatever else is our bug, as 500. The cause is for the log. */
export function problemOf(
  error: unknown,
  { requestId, acceptLanguage }: { requestId: string; acceptLanguage: string | undefined },
): Problem {
  const refusal = refusalOf(error, requestId);
  const language = languageOf(acceptLanguage);
  return {
    type: `urn:lienthong:refusal:${refusal.code}`,
    title: refusal.sentence(language),
    status: refusalEntry(refusal.code).status ?? statusOf[refusal.kind],
    code: refusal.code,
    parameters: refusal.parametersIn(language),
    instance: `urn:uuid:${requestId}`,
  };
}

export function refusalOf(error: unknown, requestId: string): Refusal {
  if (error instanceof Refusal) return error;
  const known = fastifyRefusal(error);
  if (known) return known;
  return isTroubleOfTheWorld(error) ? refuse('trouble') : refuse('internal', { request: requestId });
}

/** Vietnamese unless English is asked for first. */
export function languageOf(acceptLanguage: string | undefined): 'vi' | 'en' {
  const ranges = (acceptLanguage ?? '').split(',', 20).map((range) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const quality = parameters
      .find((parameter) => parameter.trim().startsWith('q='))
      ?.trim()
      .slice(2);
    return { language: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality) || 0 };
  });
  const qualityOf = (language: string): number =>
    ranges.find((range) => range.language === language)?.quality ?? 0;
  return qualityOf('en') > qualityOf('vi') ? 'en' : 'vi';
}

/** What Fastify found wrong with the request itself. */
function fastifyRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('validation' in error && Array.isArray(error.validation)) {
    return refuse('request_invalid', { problems: describeProblems(error.validation) });
  }
  if (hasUnstorableText(error)) return refuse('request_invalid', { problems: ['/: U+0000'] });
  switch ('code' in error ? error.code : undefined) {
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return refuse('body_not_json');
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refuse('body_too_large', {
        limit: 'limit' in error ? Number(error.limit) : 'the allowed number of',
      });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return refuse('body_cut_off');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
      return refuse('media_type_unsupported');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return refuse('not_found');
    default:
      return undefined;
  }
}

/** A text with U+0000 (or half a character) is one that PostgreSQL cannot hold: whoever sent it made the mistake. */
function hasUnstorableText(error: Error): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && (cause.code === '22021' || cause.code === '22P05')) return true;
  }
  return false;
}

const problemsLimit = 10;

function describeProblems(problems: readonly unknown[]): string[] {
  return problems.slice(0, problemsLimit).map((problem) => {
    const { instancePath, message } = problem as { instancePath?: string; message?: string };
    return `${instancePath || '/'}: ${message ?? 'invalid'}`.slice(0, 200);
  });
}

function isTroubleOfTheWorld(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isOutage(cause) || ('code' in cause && troubleCodes.has(String(cause.code)))) return true;
  }
  return false;
}

// The disk is full (of us, of PostgreSQL), the process is out of files, PostgreSQL chose us as a victim.
const troubleCodes = new Set([
  'ENOSPC',
  'EDQUOT',
  'EMFILE',
  'ENFILE',
  'EIO',
  '53100',
  '53200',
  '40001',
  '40P01',
]);
