/**
 * A small client of the provincial dialect, as document systems of the hubs write it: both headers on every request, a
 * form with the file first and `messageType` behind it. It can also misbehave on purpose.
 */
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

export interface LgspClientOptions {
  /** With the prefix: `http://127.0.0.1:3000/lgsp/v1`. */
  readonly baseUrl: string;
  readonly systemId: string;
  readonly secret: string;
}

export interface LgspResponse {
  readonly httpStatus: number;
  readonly headers: IncomingHttpHeaders;
  readonly receipt: string | undefined;
  readonly body: Buffer;
  /** Empty where the body is no JSON. */
  readonly answer: LgspAnswer;
}

export interface LgspAnswer {
  readonly success?: boolean;
  readonly message?: string;
  readonly docId?: string;
  readonly count?: number;
  readonly data?: unknown;
  readonly [field: string]: unknown;
}

/** What `data` is in a refusal. */
export interface LgspFault {
  readonly docId: string;
  readonly status: string;
  readonly errorCode: string;
  readonly errorDesc: string;
}

export interface FormPart {
  readonly name: string;
  readonly content: Buffer | string;
  readonly fileName?: string;
  readonly headers?: readonly string[];
}

export interface LgspSendOptions {
  readonly kind?: string;
  /** Instead of the file and the type behind it. */
  readonly parts?: readonly FormPart[];
  readonly headers?: OutgoingHttpHeaders;
  /** Sends so many bytes of the form, then breaks off. */
  readonly cutAfterBytes?: number;
}

export function createLgspClient({ baseUrl, systemId, secret }: LgspClientOptions) {
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const proof: OutgoingHttpHeaders = { 'X-SystemId': systemId, 'X-SecretKey': secret };

  const call = (path: string, options: CallOptions = {}): Promise<LgspResponse> =>
    exchangeOverHttp(`${baseUrl}${path}`, { agent, ...options, headers: { ...proof, ...options.headers } });
  const json = (path: string, body: unknown, headers: OutgoingHttpHeaders = {}): Promise<LgspResponse> =>
    call(path, {
      method: 'POST',
      body: Buffer.from(JSON.stringify(body)),
      headers: { ...headers, 'Content-Type': 'application/json' },
    });

  return {
    /** The headers of every request. */
    proof,
    call,
    close: () => agent.destroy(),

    /** As the hub's clients log in, with members that mean nothing here. */
    login: (username = systemId, password = secret) =>
      exchangeOverHttp(`${baseUrl}/auth/login?allow_anonymous=true`, {
        agent,
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: Buffer.from(
          JSON.stringify({
            username,
            password,
            applicationCode: 'QLVB',
            otp: null,
            twoFactorProvider: null,
            typeObjs: [0, 1],
          }),
        ),
      }),
    sendEdoc: (file: Buffer, { kind = 'edoc', parts, headers = {}, cutAfterBytes }: LgspSendOptions = {}) =>
      call('/sendEdoc', {
        method: 'POST',
        headers: { 'Content-Type': `multipart/form-data; boundary=${formBoundary}`, ...headers },
        body: writeForm(
          parts ?? [
            {
              name: 'edocFile',
              content: file,
              fileName: 'van-ban.edxml',
              headers: ['Content-Type: application/xml'],
            },
            { name: 'messageType', content: kind },
          ],
        ),
        ...(cutAfterBytes !== undefined && { cutAfterBytes }),
      }),
    syncReceivedEdocList: (
      kind: string = 'edoc',
      more: Readonly<Record<string, string>> = {},
    ): Promise<LgspResponse> =>
      call(`/syncReceivedEdocList?${new URLSearchParams({ messageType: kind, ...more }).toString()}`),
    getReceivedEdocList: (kind: string = 'edoc') => call(`/getReceivedEdocList?messageType=${kind}`),
    getEdoc: (docId: string) => call(`/getEdoc?docId=${encodeURIComponent(docId)}`),
    updateStatus: (docId: string, status: string) => json('/updateStatus', { docId, status }),
    getAgenciesList: () => call('/getAgenciesList'),
    json,
  };
}

export type LgspClient = ReturnType<typeof createLgspClient>;

export const formBoundary = '--------------------------483920174629';

export function writeForm(parts: readonly FormPart[]): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ name, content, fileName, headers = [] }) => [
      Buffer.from(
        [
          `--${formBoundary}`,
          `Content-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}`,
          ...headers,
          '',
          '',
        ].join('\r\n'),
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${formBoundary}--\r\n`),
  ]);
}

interface CallOptions {
  readonly method?: 'GET' | 'POST';
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer;
  readonly cutAfterBytes?: number;
}

function exchangeOverHttp(
  url: string,
  { agent, method = 'GET', headers = {}, body, cutAfterBytes }: CallOptions & { agent: Agent },
): Promise<LgspResponse> {
  return new Promise((resolve, reject) => {
    const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
    const request = httpRequest(url, {
      method,
      agent,
      headers: { ...(body && { 'Content-Length': body.length }), ...given },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const received = Buffer.concat(chunks);
        const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
        resolve({
          httpStatus: response.statusCode ?? 0,
          headers: response.headers,
          receipt: response.headers['lienthong-receipt'] as string | undefined,
          body: received,
          answer: isJson ? (JSON.parse(received.toString()) as LgspAnswer) : {},
        });
      })().catch(reject);
    });
    if (cutAfterBytes !== undefined) {
      request.write(body!.subarray(0, cutAfterBytes), () => setTimeout(() => request.destroy(), 20));
    } else {
      request.end(body);
    }
  });
}
