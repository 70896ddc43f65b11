/**
 * `Expect: 100-continue`: the client asks before it sends its body. Node says yes before it calls us; here the yes
 * waits until somebody reads the body, so that what is refused by its headers never travels.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const waiting = new WeakSet<IncomingMessage>();

/** Requests for which `isOurs` is false are answered as Node would do it. */
export function holdContinue(server: Server, isOurs: (url: string) => boolean): void {
  server.prependListener('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (isOurs(request.url ?? '')) waiting.add(request);
    else response.writeContinue();
    server.emit('request', request, response);
  });
}

export function sendContinue(request: IncomingMessage, response: ServerResponse): void {
  if (waiting.delete(request)) response.writeContinue();
}

export function isWaitingForContinue(request: IncomingMessage): boolean {
  return waiting.has(request);
}
