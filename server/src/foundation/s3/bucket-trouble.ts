/** What S3 answers instead of doing it, or that it answers nothing at all: trouble of the world, never the caller's fault. */
export class BucketTrouble extends Error {
  override readonly name = 'BucketTrouble';
  /** Of the answer; undefined where none came. */
  readonly status: number | undefined;
  /** S3's own word for it: `SlowDown`, `NoSuchUpload`, `AccessDenied` … */
  readonly code: string | undefined;

  constructor(
    what: string,
    { status, code, cause }: { status?: number | undefined; code?: string | undefined; cause?: unknown } = {},
  ) {
    const answer = status === undefined ? 'gave no answer' : `answered ${status} ${code ?? ''}`.trimEnd();
    super(`S3 ${answer}: ${what}`, { cause });
    this.status = status;
    this.code = code;
  }

  /** Whether the same request may well succeed a moment later. */
  get isPassing(): boolean {
    if (this.status === undefined || passingStatuses.has(this.status)) return true;
    return this.code !== undefined && passingCodes.has(this.code);
  }
}

const passingStatuses = new Set([408, 429, 500, 502, 503, 504]);
/** Answers with 400 or 403 of which the cause is a body that was cut off or changed on its way. */
const passingCodes = new Set(['RequestTimeout', 'IncompleteBody', 'BadDigest', 'XAmzContentSHA256Mismatch']);
