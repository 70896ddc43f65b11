/** Calls of the VXP protocol as the Java SDK makes them, built into buffers for a bare connection. */
import { createVxpHeaders, unpaddedHex } from '../server/src/modules/exchange/vxp/client.ts';
import type { VxpCredentials } from '../server/src/modules/exchange/vxp/client.ts';
import type { HttpAnswer } from './http-connection.ts';

export interface VxpCall {
  readonly credentials: VxpCredentials;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly bodyBytes?: number;
}

const madeAt = Temporal.Now.plainDateTimeISO('Asia/Ho_Chi_Minh');

/** Everything up to the body. */
export function writeHead({ credentials, operation, parameters, bodyBytes = 0 }: VxpCall): Buffer {
  const headers = createVxpHeaders(credentials, madeAt);
  for (const [key, value] of Object.entries(parameters)) headers.set(key, value);
  const contentType = operation === 'sendEdoc' ? 'application/octet-stream' : 'application/json';
  const method = operation === 'downloadEdoc' ? 'GET' : 'POST';
  const lines = headers.sign(contentType).map(([name, value]) => `${name}: ${value}`);
  // A client behind a GET sends no length, and a server may take a zero for a body.
  if (method === 'POST') lines.push(`Content-Length: ${bodyBytes}`);
  return Buffer.from(
    `${method} /vxp/${operation} HTTP/1.1\r\nHost: bench\r\n${lines.join('\r\n')}\r\n\r\n`,
    'latin1',
  );
}

export function sendParameters(options: {
  readonly from: string;
  readonly messageType: 'edoc' | 'status';
  readonly digest: Uint8Array;
}): Record<string, string> {
  return {
    servicetype: 'eDoc',
    messagetype: options.messageType,
    from: options.from,
    'hash-file': unpaddedHex(options.digest),
  };
}

export interface VxpAnswer {
  readonly status: string;
  readonly ErrorDesc: string;
  /** Of a list. */
  readonly data?: readonly { readonly docId: string; readonly from: string; readonly to: string }[];
}

/** Fails unless the answer is what the SDK takes for success. */
export function readAnswer(answer: HttpAnswer): VxpAnswer {
  const text = answer.body.toString('utf8');
  if (answer.status !== 200) throw new Error(`status ${answer.status}: ${text.slice(0, 200)}`);
  const parsed = JSON.parse(text) as VxpAnswer;
  if (parsed.status !== 'OK') throw new Error(`refused: ${parsed.ErrorDesc}`);
  return parsed;
}
