/** Resumable upload (tus 1.0): the file in pieces; after a break the axis is asked how far it got. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface UploadOptions {
  readonly name?: string;
  readonly pieceBytes?: number;
}

const tus = { 'Tus-Resumable': '1.0.0' };
const attempts = 5;

export async function uploadFile(
  content: Uint8Array,
  options: UploadOptions & { readonly baseUrl: string; readonly token: () => Promise<string> },
): Promise<string> {
  const { baseUrl, token, name, pieceBytes = 8 * 1024 * 1024 } = options;
  const call = async (url: string, init: RequestInit): Promise<Response> =>
    fetch(url, {
      ...init,
      headers: { ...tus, Authorization: `Bearer ${await token()}`, ...(init.headers as object) },
    });
  const created = await call(`${baseUrl}/api/exchange/uploads`, {
    method: 'POST',
    headers: {
      'Upload-Length': String(content.length),
      ...(name !== undefined && { 'Upload-Metadata': `filename ${Buffer.from(name).toString('base64')}` }),
    },
  });
  if (!created.ok) throw await failure('the upload could not begin', created);
  const url = new URL(created.headers.get('Location') ?? '', `${baseUrl}/`).href;

  let offset = 0;
  for (let attempt = 1; offset < content.length;) {
    try {
      const answer = await call(url, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) },
        body: content.slice(offset, offset + pieceBytes),
      });
      if (!answer.ok) throw await failure('the upload broke off', answer);
      offset = Number(answer.headers.get('Upload-Offset'));
      attempt = 1;
    } catch (error) {
      if (attempt === attempts) throw error;
      await sleep(500 * 2 ** attempt);
      attempt += 1;
      const standing = await call(url, { method: 'HEAD' }).catch(() => undefined);
      if (standing?.ok) offset = Number(standing.headers.get('Upload-Offset'));
    }
  }
  return url.slice(url.lastIndexOf('/') + 1);
}

async function failure(what: string, answer: Response): Promise<Error> {
  return new Error(`${what}: ${answer.status} ${await answer.text()}`);
}
