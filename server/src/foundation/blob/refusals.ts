import { defineRefusals, Refusal } from '#foundation/refusal';
import { BucketTrouble } from '#foundation/s3';

const refuse = defineRefusals('blob', {
  disk_full: {
    kind: 'unavailable',
    vi: 'Hệ thống tạm thời không đủ chỗ lưu văn bản. Văn bản chưa được nhận, vui lòng gửi lại sau.',
    en: 'There is not enough disk space to store the document now. It was not accepted; please send it again later.',
    who: 'operator',
    next: 'Free or add space on the disk of the data folder; acceptance resumes by itself once the reserve is free again.',
  },
  storage_unavailable: {
    kind: 'unavailable',
    vi: 'Kho lưu nội dung văn bản tạm thời không trả lời. Văn bản chưa được nhận, vui lòng gửi lại sau.',
    en: 'The storage of documents does not answer now. The document was not accepted; please send it again later.',
    who: 'operator',
    next: 'Check the S3 service, its credentials and the network to it (the cause is in the log); acceptance resumes by itself.',
  },
});

export function refuseDiskFull(cause?: unknown): Refusal {
  return refuse('disk_full', {}, { cause });
}

export function refuseStorage(cause: unknown): Refusal {
  return refuse('storage_unavailable', {}, { cause });
}

/** What a failed write becomes: a refusal for what passes by itself, else trouble of the world that names the blob. */
export function writeFailure(blobId: string, cause: unknown): Error {
  if (cause instanceof Refusal) return cause;
  if (cause instanceof BucketTrouble && cause.isPassing) return refuseStorage(cause);
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return refuseDiskFull(cause);
  return new Error(`blob ${blobId} could not be written`, { cause });
}
