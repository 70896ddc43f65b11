/**
 * A client of the native API of a Liên Thông axis. Paths, parameters and answers are typed from the axis' own OpenAPI
 * description (`schema.d.ts` is generated); tokens are fetched and renewed behind the calls.
 *
 *     const axis = connect({ baseUrl, clientId, privateKey });
 *     const file = await axis.upload(bytes, { name: 'cong-van.pdf' });
 *     const { data, error } = await axis.POST('/api/exchange/envelopes', { body: { …, attachments: [{ upload: file }] } });
 */
import createClient from 'openapi-fetch';
import type { Client, Middleware } from 'openapi-fetch';
import type { paths } from './schema.d.ts';
import { createTokens } from './tokens.ts';
import type { Credential } from './tokens.ts';
import { uploadFile } from './upload.ts';
import type { UploadOptions } from './upload.ts';

export type { Credential } from './tokens.ts';
export type { components, paths } from './schema.d.ts';

export type ConnectOptions = Credential & {
  /** For instance `https://truc.example.gov.vn`. */
  readonly baseUrl: string;
  /** The id of the connected system. */
  readonly clientId: string;
};

export interface Axis extends Client<paths> {
  /** Uploads a file in pieces, going on after a break, and returns the id that an envelope refers to. */
  upload(content: Uint8Array, options?: UploadOptions): Promise<string>;
}

export function connect(options: ConnectOptions): Axis {
  const baseUrl = options.baseUrl.replace(/\/$/, '');
  const tokens = createTokens({ ...options, baseUrl });
  const authorize: Middleware = {
    async onRequest({ request }) {
      request.headers.set('Authorization', `Bearer ${await tokens.current()}`);
      return request;
    },
    onResponse({ response }) {
      // A credential that was replaced ends its tokens at once: the next call gets a new one.
      if (response.status === 401) tokens.forget();
      return response;
    },
  };
  const client = createClient<paths>({ baseUrl });
  client.use(authorize);
  return Object.assign(client, {
    upload: (content: Uint8Array, uploadOptions: UploadOptions = {}) =>
      uploadFile(content, { ...uploadOptions, baseUrl, token: () => tokens.current() }),
  });
}
