/**
 * The headers of one part of a form (RFC 7578). A file name may hold `; name="other"`, and who looks for that text takes a
 * part for another than the next reader does.
 */
import { readHeaders, readHeaderValue } from '../mime/headers.ts';

export interface PartHead {
  /** Undefined for a part that is no field of the form. */
  readonly name: string | undefined;
  /** As the part names it: `binary`, `base64` … ; undefined where it names none. */
  readonly transferEncoding: string | undefined;
}

/** Undefined where the headers cannot be read in one way only. */
export function readPartHead(head: Buffer): PartHead | undefined {
  const headers = readHeaders(head.toString('utf8'));
  if (!headers) return undefined;
  const transferEncoding = headers.get('content-transfer-encoding')?.toLowerCase();
  const disposition = headers.get('content-disposition');
  if (disposition === undefined) return { name: undefined, transferEncoding };
  const value = readHeaderValue(disposition);
  if (!value) return undefined;
  return { name: value.type === 'form-data' ? value.parameters.get('name') : undefined, transferEncoding };
}
