/**
 * For `doctor --evidence`: opens every package that an envelope refers to and compares it with its digest. What was
 * destroyed has no key any more, and an entry that says so; nothing else may be missing.
 */
import type { BlobStore } from '#foundation/blob';
import { finding } from './inspect-finding.ts';
import type { ExchangeFinding } from './inspect-finding.ts';
import { countEnvelopes, readPackages } from './store/inspection.ts';
import type { InspectedPackage, Snapshot, Subjects } from './store/inspection.ts';

export interface PackageInspection {
  readonly blobs: Pick<BlobStore, 'inspect'>;
  /** Of which messages; of all where it is not said. */
  readonly subjects?: Subjects;
  /** Not all subjects are messages: then it ends below the total. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** Each holds some hundred KB while it is read, whatever its size. */
const packagesAtOnce = 8;

/** Works as the owner of the tables, who alone may read the rows of all organisations. */
export async function* inspectPackages(
  snapshot: Snapshot,
  { blobs, subjects, onProgress = () => undefined }: PackageInspection,
): AsyncGenerator<ExchangeFinding> {
  const total = subjects ? subjects.length : await countEnvelopes(snapshot);
  let done = 0;
  for await (const page of readPackages(snapshot, subjects)) {
    for (let start = 0; start < page.length; start += packagesAtOnce) {
      const together = page.slice(start, start + packagesAtOnce);
      const findings = await Promise.all(together.map((row) => inspectPackage(blobs, row)));
      yield* findings.flat();
      done += together.length;
      onProgress({ done, total });
    }
  }
}

async function inspectPackage(
  blobs: PackageInspection['blobs'],
  row: InspectedPackage,
): Promise<ExchangeFinding[]> {
  const where = `package of envelope ${row.id} (blob ${row.package_id})`;
  if (!row.package_key) return row.is_destroyed ? [] : [finding('package_key_missing', where)];
  if (row.is_destroyed) return [finding('package_not_destroyed', where)];
  const damage = await blobs.inspect({
    id: row.package_id,
    sizeBytes: row.package_size_bytes,
    key: row.package_key,
    digest: row.package_digest,
  });
  if (!damage) return [];
  const code = damage.code === 'blob.missing' ? 'package_missing' : 'package_corrupt';
  return [finding(code, where)];
}
