import { defineRefusals, Refusal } from '#foundation/refusal';

const refuse = defineRefusals('blob', {
  disk_full: {
    kind: 'unavailable',
    vi: 'Hệ thống tạm thời không đủ chỗ lưu văn bản. Văn bản chưa được nhận, vui lòng gửi lại sau.',
    en: 'There is not enough disk space to store the document now. It was not accepted; please send it again later.',
    who: 'operator',
    next: 'Free or add space on the disk of the data folder; acceptance resumes by itself once the reserve is free again.',
  },
});

export function refuseDiskFull(cause?: unknown): Refusal {
  return refuse('disk_full', {}, { cause });
}

/** What a failed write becomes: a refusal when the disk is full, else trouble of the world that names the blob. */
export function writeFailure(blobId: string, cause: unknown): Error {
  if (cause instanceof Refusal) return cause;
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return refuseDiskFull(cause);
  return new Error(`blob ${blobId} could not be written`, { cause });
}
