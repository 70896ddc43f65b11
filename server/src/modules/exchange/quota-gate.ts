/**
 * The one gate that every dialect passes: how much a system may ask by its quota, and how much may be under way at once
 * for all of them, before a body is read. A flood is answered "later" instead of filling memory or the disk.
 */
import type { BacklogGate } from '#foundation/evidence';
import { createTokenBuckets } from '#foundation/http';
import type { SystemId } from '#foundation/ids';
import type { Caller } from './caller.ts';
import { refuse } from './refusals.ts';

/** Each upload holds at most a few hundred KB, whatever its size: 1,024 of them stay far below the memory of a server. */
const maxUploads = 1_024;
/** Several hundred systems exist; each has two small entries. */
const callersMax = 20_000;

export type Quota = Caller['quota'];

export interface Upload {
  /** The size announced beforehand, where it was. */
  readonly sizeBytes: number | undefined;
  readonly body: AsyncIterable<Buffer>;
}

export interface QuotaGate {
  /** One request more; otherwise the whole seconds to wait. Each dialect asks this once the caller is known. */
  takeRequest(
    caller: Pick<Caller, 'systemId' | 'quota'>,
  ): { ok: true } | { ok: false; retryAfterSeconds: number };
  /** Takes in what is only kept for now, a piece of a file, or refuses it when too much is under way. */
  hold<Result>(
    caller: Pick<Caller, 'systemId' | 'quota'>,
    upload: Upload,
    work: (body: AsyncIterable<Buffer>) => Promise<Result>,
  ): Promise<Result>;
  /** Runs the upload of a message, or refuses it when too much is under way or the log is too far behind. */
  pass<Result>(
    caller: Pick<Caller, 'systemId' | 'quota'>,
    upload: Upload,
    work: (body: AsyncIterable<Buffer>) => Promise<Result>,
  ): Promise<Result>;
  readonly underWay: number;
}

export function createQuotaGate(
  backlog: BacklogGate,
  clock: () => number = () => performance.now(),
): QuotaGate {
  const requests = createTokenBuckets(callersMax);
  const messages = createTokenBuckets(callersMax);
  const ofSystem = new Map<SystemId, { uploads: number; bytes: number }>();
  let underWay = 0;

  const gate: QuotaGate = {
    takeRequest({ systemId, quota }) {
      const ratePerSecond = quota.requestsPerSecond;
      return requests.take(systemId, { ratePerSecond, burst: 2 * ratePerSecond }, clock());
    },
    async hold({ systemId, quota }, upload, work) {
      const own = ofSystem.get(systemId) ?? { uploads: 0, bytes: 0 };
      if (underWay >= maxUploads || own.uploads >= quota.uploads) throw refuse('uploads_too_many');
      /** One package alone is let in whatever its size: refused for its size alone it could never be sent. */
      const refuseTooMuch = (): void => {
        if (own.uploads > 1 && own.bytes > quota.uploadBytes) throw refuse('uploads_too_many');
      };
      let reservedBytes = upload.sizeBytes ?? 0;
      const reserve = (bytes: number): void => {
        own.bytes += bytes;
        reservedBytes += bytes;
        refuseTooMuch();
      };
      underWay += 1;
      own.uploads += 1;
      own.bytes += reservedBytes;
      ofSystem.set(systemId, own);
      try {
        refuseTooMuch();
        return await work(upload.sizeBytes === undefined ? counted(upload.body, reserve) : upload.body);
      } finally {
        underWay -= 1;
        own.uploads -= 1;
        own.bytes -= reservedBytes;
        if (own.uploads === 0) ofSystem.delete(systemId);
      }
    },
    async pass(caller, upload, work) {
      return gate.hold(caller, upload, async (body) => {
        const { systemId, quota } = caller;
        const perMinute = quota.messagesPerMinute;
        const taken = messages.take(systemId, { ratePerSecond: perMinute / 60, burst: perMinute }, clock());
        if (!taken.ok)
          throw refuse('messages_too_many', { limit: perMinute, seconds: taken.retryAfterSeconds });
        await backlog.assertAccepting();
        return work(body);
      });
    },
    get underWay() {
      return underWay;
    },
  };
  return gate;
}

/** What did not announce its size is counted as it comes. */
async function* counted(
  body: AsyncIterable<Buffer>,
  reserve: (bytes: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of body) {
    reserve(chunk.length);
    yield chunk;
  }
}
