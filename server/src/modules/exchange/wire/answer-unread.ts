/**
 * Answers a request whose body was not read to its end. The answer goes out at once and the connection is closed; but
 * closing while the client still writes would destroy the answer in its receive buffer (TCP reset), and the SDK
 * writes all before it reads. So what still comes is thrown away for a moment, within bounds.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isWaitingForContinue } from './expect-continue.ts';

const lingerMillis = 5_000;
const lingerBytes = 64 * 1024 * 1024;
/** So little is read to its end, and the connection lives on. */
const worthReadingBytes = 64 * 1024;

export type Unread = 'nothing' | 'little' | 'much';

/** How much of the body is still to come. A client that waits to be asked may never send it, so that counts as much. */
export function unreadBody(request: IncomingMessage): Unread {
  if (request.complete || request.destroyed) return request.readableEnded ? 'nothing' : 'little';
  if (isWaitingForContinue(request) || request.headers['transfer-encoding'] !== undefined) return 'much';
  const sizeBytes = Number(request.headers['content-length'] ?? 0);
  if (sizeBytes === 0) return 'nothing';
  return sizeBytes <= worthReadingBytes ? 'little' : 'much';
}

export async function answerUnread(
  request: IncomingMessage,
  response: ServerResponse,
  answer: { status: number; headers: OutgoingHttpHeaders; text: string },
): Promise<void> {
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.text),
    connection: 'close',
  });
  response.write(answer.text);
  // A client that asked first sends no body after a final answer.
  if (!isWaitingForContinue(request)) await throwAway(request);
  response.end();
}

function throwAway(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let thrownBytes = 0;
    const stop = (): void => {
      clearTimeout(timer);
      request.off('data', count).off('end', stop).off('close', stop);
      resolve();
    };
    const count = (chunk: Buffer): void => {
      thrownBytes += chunk.length;
      if (thrownBytes > lingerBytes) stop();
    };
    const timer = setTimeout(stop, lingerMillis);
    request.on('error', () => undefined);
    request.on('data', count).on('end', stop).on('close', stop).resume();
    if (request.destroyed) stop();
  });
}
