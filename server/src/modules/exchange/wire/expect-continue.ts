/**
 * `Expect: 100-continue`: the client asks before it sends its body. Node says yes before it calls us; here the yes
 * waits until somebody reads the body, so that what is refused by its headers never travels.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const waiting = new WeakSet<IncomingMessage>();
/** One listener a server, however many dialects it serves: each one more would handle the request once more. */
const heldPrefixes = new WeakMap<Server, string[]>();

/** Requests outside these prefixes are answered as Node would do it. */
export function holdContinue(server: Server, prefix: string): void {
  const known = heldPrefixes.get(server);
  if (known) {
    known.push(prefix);
    return;
  }
  const prefixes = [prefix];
  heldPrefixes.set(server, prefixes);
  server.prependListener('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // A base address that ends in a slash makes two of them.
    const path = (request.url ?? '').replace(/^\/+/, '/');
    if (prefixes.some((held) => path.startsWith(`${held}/`))) waiting.add(request);
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
