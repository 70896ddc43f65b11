/**
 * A faithful small client of the Java SDK: one map of headers for its life that nothing ever clears, the timestamp of
 * its birth, the unpadded file digest, the order of a Java map. It can also misbehave on purpose.
 */
import { createHash } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createVxpHeaders, unpaddedHex } from '../../src/modules/exchange/vxp/client.ts';

export interface VxpClientOptions {
  /** With the prefix: `http://127.0.0.1:3000/vxp`. */
  readonly baseUrl: string;
  readonly systemId: string;
  readonly secret: string;
  readonly madeAt?: Temporal.PlainDateTime;
  /** Connections kept open; the SDK has one to ten. */
  readonly connections?: number;
}

export interface VxpResponse {
  readonly httpStatus: number;
  readonly headers: IncomingHttpHeaders;
  readonly receipt: string | undefined;
  readonly body: Buffer;
  /** Empty where the body is no JSON. */
  readonly answer: VxpAnswer;
  readonly wasAskedToContinue: boolean;
}

export interface VxpAnswer {
  readonly status?: 'OK' | 'FAIL';
  readonly ErrorCode?: string;
  readonly ErrorDesc?: string;
  readonly DocId?: string;
  readonly count?: number;
  readonly data?: unknown;
  readonly [field: string]: unknown;
}

/** What a client can do wrong. */
export interface Misbehaviour {
  /** Changes the signed headers after signing. */
  readonly changeHeaders?: (headers: [name: string, value: string][]) => [name: string, value: string][];
  /** Sends so many bytes of the body and breaks off. */
  readonly cutAfterBytes?: number;
  /** Sends so many bytes of the body, then nothing, and keeps the connection. */
  readonly stopAfterBytes?: number;
  /** Breaks off at the first bytes of the answer's body. */
  readonly hangsUp?: boolean;
  /** Asks before it sends its body. */
  readonly expectContinue?: boolean;
}

export interface SendOptions extends Misbehaviour {
  readonly from?: string;
  readonly kind?: 'edoc' | 'status';
  readonly asForm?: boolean;
  readonly hashFile?: string;
  /** The message of somebody else that is passed on with this one. */
  readonly onwardOf?: string;
}

export function createVxpClient(options: VxpClientOptions) {
  const headers = createVxpHeaders(options, options.madeAt ?? Temporal.Now.plainDateTimeISO());
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections ?? 10 });

  const call = (
    operation: string,
    parameters: Readonly<Record<string, string | undefined>>,
    { method = 'POST', body, contentType = 'application/json', ...misbehaviour }: CallOptions = {},
  ): Promise<VxpResponse> => {
    for (const [key, value] of Object.entries(parameters)) if (value !== undefined) headers.set(key, value);
    const signed = headers.sign(contentType);
    return exchangeOverHttp(`${options.baseUrl}/${operation}`, {
      method,
      agent,
      headers: misbehaviour.changeHeaders?.(signed) ?? signed,
      body: method === 'GET' ? undefined : (body ?? Buffer.alloc(0)),
      misbehaviour,
    });
  };
  const list = (operation: string, kind: 'edoc' | 'status', more: Readonly<Record<string, string>> = {}) =>
    call(operation, { servicetype: 'eDoc', messagetype: kind, ...more });

  return {
    call,
    close: () => agent.destroy(),

    getAgenciesList: () => call('getAgenciesList', {}),
    getAgenciesListQD20: (level?: string) => call('getAgenciesListQD20', { level }),
    getSynchronizeUnit: () => call('getSynchronizeUnit', {}),
    registerAgency: (agency: Readonly<Record<string, string>>) =>
      call('registerAgency', {}, { body: Buffer.from(JSON.stringify(agency)), expectContinue: true }),
    deleteAgency: (code: string) => call('deleteAgency', { AgencyCode: code }, emptyArgument),

    sendEdoc: (
      file: Buffer,
      { from, kind = 'edoc', asForm = false, hashFile, onwardOf, ...misbehaviour }: SendOptions = {},
    ) =>
      call(
        'sendEdoc',
        {
          servicetype: 'eDoc',
          messagetype: kind,
          'hash-file': hashFile ?? unpaddedHex(createHash('sha256').update(file).digest()),
          from,
          onwardOf,
        },
        {
          body: asForm ? inForm(file) : file,
          contentType: asForm ? `multipart/form-data; boundary=${formBoundary}` : 'application/octet-stream',
          ...misbehaviour,
        },
      ),
    getReceivedEdocList: (kind: 'edoc' | 'status' = 'edoc', more?: Readonly<Record<string, string>>) =>
      list('getReceivedEdocList', kind, more),
    getSentEdocList: (kind: 'edoc' | 'status' = 'edoc', docId?: string) =>
      list('getSentEdocList', kind, docId === undefined ? {} : { docId }),
    getSentEdocHistory: (docId: string) => call('getSentEdocHistory', { docId }),
    getEdoc: (docId: string) => call('getEdoc', { docId, filePath: 'xml' }, emptyArgument),
    downloadEdoc: (docId: string) => call('downloadEdoc', { docId, filePath: 'xml' }, { method: 'GET' }),
    updateStatus: (docId: string, status: string) => call('updateStatus', { docId, status }, emptyArgument),
    countReceiveEdoc: (method: 'GET' | 'POST' = 'POST') => call('countReceiveEdoc', {}, { method }),
    countReceiveStatus: (method: 'GET' | 'POST' = 'POST') => call('countReceiveStatus', {}, { method }),
  };
}

export type VxpClient = ReturnType<typeof createVxpClient>;

interface CallOptions extends Misbehaviour {
  readonly method?: 'GET' | 'POST';
  readonly body?: Buffer;
  readonly contentType?: string;
}

const emptyArgument: CallOptions = { body: Buffer.from('{}'), expectContinue: true };

const formBoundary = '----ranh-gioi-7f3a';

function inForm(file: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(
      `--${formBoundary}\r\nContent-Disposition: form-data; name="file_doc"; filename="van-ban.edxml"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    ),
    file,
    Buffer.from(`\r\n--${formBoundary}--\r\n`),
  ]);
}

interface Exchange {
  readonly method: string;
  readonly agent: Agent;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | undefined;
  readonly misbehaviour: Misbehaviour;
}

function exchangeOverHttp(url: string, exchange: Exchange): Promise<VxpResponse> {
  const { method, agent, body, misbehaviour } = exchange;
  return new Promise((resolve, reject) => {
    let wasAskedToContinue = false;
    const request = httpRequest(url, { method, agent });
    setHeaders(request, exchange);
    request.on('error', reject);
    request.on('response', (response) => {
      if (misbehaviour.hangsUp) response.once('data', () => response.destroy(new Error('hung up')));
      readResponse(response).then((read) => resolve({ ...read, wasAskedToContinue }), reject);
    });
    if (misbehaviour.expectContinue && body && body.length > 0) {
      request.setHeader('Expect', '100-continue');
      request.on('continue', () => {
        wasAskedToContinue = true;
        writeBody(request, body, misbehaviour);
      });
      request.flushHeaders();
    } else {
      writeBody(request, body, misbehaviour);
    }
  });
}

function setHeaders(request: ClientRequest, { headers, body }: Exchange): void {
  const values = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of headers) {
    const known = values.get(name.toLowerCase()) ?? { name, values: [] };
    known.values.push(Buffer.from(value).toString('latin1'));
    values.set(name.toLowerCase(), known);
  }
  for (const { name, values: all } of values.values())
    request.setHeader(name, all.length === 1 ? all[0]! : all);
  if (body) request.setHeader('Content-Length', body.length);
}

function writeBody(request: ClientRequest, body: Buffer | undefined, misbehaviour: Misbehaviour): void {
  const { cutAfterBytes, stopAfterBytes } = misbehaviour;
  if (body && cutAfterBytes !== undefined) {
    request.write(body.subarray(0, cutAfterBytes), () => setTimeout(() => request.destroy(), 20));
  } else if (body && stopAfterBytes !== undefined) {
    request.write(body.subarray(0, stopAfterBytes));
  } else {
    request.end(body);
  }
}

async function readResponse(response: IncomingMessage): Promise<Omit<VxpResponse, 'wasAskedToContinue'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
  return {
    httpStatus: response.statusCode ?? 0,
    headers: response.headers,
    receipt: response.headers['lienthong-receipt'] as string | undefined,
    body,
    answer: isJson ? (JSON.parse(body.toString()) as VxpAnswer) : {},
  };
}
