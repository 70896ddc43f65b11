/**
 * HTTP/1.1 over one kept-alive socket, one request at a time, from buffers made beforehand. node:http would cost the
 * load generator as much CPU per request as it costs the server, and they share the machine.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
}

export interface HttpConnection {
  /** Sends a request, which the caller built whole; rejects when the connection breaks. */
  request(parts: readonly Buffer[]): Promise<HttpAnswer>;
  close(): void;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

const headEnd = Buffer.from('\r\n\r\n');

/** Connects at the first request, and again at the next one after the server closed. */
export function createHttpConnection(address: Address): HttpConnection {
  let socket: Socket | undefined;
  let received: Buffer[] = [];
  let waiting: PromiseWithResolvers<HttpAnswer> | undefined;

  const open = (): Socket => {
    const created = connect({ ...address, noDelay: true });
    created.on('data', (bytes: Buffer) => {
      received.push(bytes);
      const answer = completeAnswer(received);
      if (!answer) return;
      received = [];
      const asked = waiting;
      waiting = undefined;
      asked?.resolve(answer);
    });
    const broken = (error: Error): void => {
      if (socket !== created) return;
      socket = undefined;
      received = [];
      const asked = waiting;
      waiting = undefined;
      asked?.reject(error);
    };
    created.on('error', broken);
    created.on('close', () => broken(new Error('the server closed the connection')));
    return created;
  };

  return {
    request(parts) {
      if (waiting) throw new Error('assertion failed: one request at a time');
      waiting = Promise.withResolvers();
      const { promise } = waiting;
      socket ??= open();
      socket.cork();
      for (const part of parts) socket.write(part);
      socket.uncork();
      return promise;
    },
    close() {
      socket?.destroy();
    },
  };
}

/** The answer, once all of it is there: by its Content-Length or, for a streamed one, by its last chunk. */
function completeAnswer(received: Buffer[]): HttpAnswer | undefined {
  if (received.length > 1) {
    const expectedBytes = expectedBytesOf(received[0]!);
    const receivedBytes = received.reduce((sum, { length }) => sum + length, 0);
    if (expectedBytes !== undefined && receivedBytes < expectedBytes) return undefined;
    received.splice(0, received.length, Buffer.concat(received));
  }
  const bytes = received[0]!;
  const headBytes = bytes.indexOf(headEnd);
  if (headBytes === -1) return undefined;
  const head = bytes.toString('latin1', 0, headBytes);
  const body = bytes.subarray(headBytes + headEnd.length);
  const status = Number(head.slice(9, 12));
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const joined = joinChunks(body);
    return joined && { status, head, body: joined };
  }
  const expectedBytes = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return body.length < expectedBytes ? undefined : { status, head, body };
}

/** Total size of the answer if its first piece tells, so that a large body is joined once and not with every piece. */
function expectedBytesOf(first: Buffer): number | undefined {
  const headBytes = first.indexOf(headEnd);
  if (headBytes === -1) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(first.toString('latin1', 0, headBytes))?.[1];
  return length === undefined ? undefined : headBytes + headEnd.length + Number(length);
}

function joinChunks(body: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const sizeBytes = Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + sizeBytes + 2;
    if (body.length < end) return undefined;
    if (sizeBytes === 0) return Buffer.concat(chunks);
    chunks.push(body.subarray(lineEnd + 2, end - 2));
    at = end;
  }
}
