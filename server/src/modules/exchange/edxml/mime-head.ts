import { type HeaderValue, readHeaders, readHeaderValue } from '../mime/headers.ts';

/** What the head of a MIME part, or of the whole, says; '' for what it does not say. */
export interface MimeHead {
  readonly contentType: HeaderValue;
  /** As written, in its angle brackets. */
  readonly contentId: string;
  readonly transferEncoding: string;
  readonly fileName: string;
}

/** Undefined where it cannot be read in one way only. */
export function readMimeHead(text: string): MimeHead | undefined {
  const headers = text === '' ? new Map<string, string>() : readHeaders(text.replace(/^\s+/, ''));
  const contentType = readHeaderValue(headers?.get('content-type') ?? '');
  const disposition = readHeaderValue(headers?.get('content-disposition') ?? '');
  if (!headers || !contentType || !disposition) return undefined;
  return {
    contentType,
    contentId: headers.get('content-id') ?? '',
    transferEncoding: (headers.get('content-transfer-encoding') ?? '').toLowerCase(),
    fileName: disposition.parameters.get('filename') ?? contentType.parameters.get('name') ?? '',
  };
}
