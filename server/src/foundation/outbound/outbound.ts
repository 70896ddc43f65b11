/**
 * The one way to call an address that somebody else chose. Its name is resolved once and every address behind it checked
 * before one is connected to, so that the name cannot mean another machine a moment later. Redirects are not followed, the
 * answer is bounded in size and time, nothing is unpacked, and no cookie or credential of ours goes along.
 */
import { lookup } from 'node:dns/promises';
import { request as requestPlain } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import { createAddressRule } from './address-rule.ts';
import type { AddressKind } from './address-rule.ts';

export interface OutboundOptions {
  /** Networks that are not public and may be called, over plain http as well. */
  readonly listedNetworks: readonly string[];
  /** Whose certificates count beside those that Node trusts; for a test. */
  readonly certificateAuthority?: string;
  readonly withinMillis?: number;
  readonly resolve?: Resolve;
}

/** All addresses of a name; throws where there is none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * - `address_malformed`: no http(s) address, or one with credentials or a fragment in it.
 * - `port_forbidden`: a port below 1024 that is not that of the scheme.
 * - `address_forbidden`: not public and not listed; `https_needed`: plain http to a public one.
 * - `redirected`: a 3xx. `too_slow`, `too_large`: the bounds of an answer.
 */
export type OutboundFault =
  | 'address_malformed'
  | 'port_forbidden'
  | 'name_unknown'
  | 'address_forbidden'
  | 'https_needed'
  | 'no_connection'
  | 'certificate_untrusted'
  | 'redirected'
  | 'too_slow'
  | 'too_large'
  | 'stopped';

export type OutboundAnswer =
  | { readonly ok: true; readonly status: number; readonly content: Buffer }
  | { readonly ok: false; readonly fault: OutboundFault };

export interface Outbound {
  /** What keeps the address from being called now; undefined where nothing does. Connects to nothing. */
  inspect(url: string): Promise<OutboundFault | undefined>;
  /** Never throws for what the other side does. */
  post(url: string, message: OutboundMessage): Promise<OutboundAnswer>;
}

export interface OutboundMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly signal?: AbortSignal;
}

const defaultWithinMillis = 10_000;
const maxAnswerBytes = 64 * 1024;
const maxHeaderBytes = 16 * 1024;
const maxUrlLength = 2_000;
/** Below it are the services of machines, some of which can be talked to by what looks like HTTP. */
const firstFreePort = 1_024;

export function createOutbound(options: OutboundOptions): Outbound {
  const kindOf = createAddressRule(options.listedNetworks);
  const resolve = options.resolve ?? resolveBySystem;
  const withinMillis = options.withinMillis ?? defaultWithinMillis;
  const locate = (text: string, signal: AbortSignal): Promise<Target> =>
    locateTarget(text, { kindOf, resolve: (name) => orAborted(resolve(name), signal) });

  return {
    async inspect(url) {
      try {
        await locate(url, AbortSignal.timeout(withinMillis));
        return undefined;
      } catch (error) {
        return faultOf(error);
      }
    },
    async post(url, { headers, body, signal: stop }) {
      // One bound for the name, the connection, and the answer to its last byte: neither may be stretched by trickling.
      const deadline = AbortSignal.timeout(withinMillis);
      const signal = stop ? AbortSignal.any([deadline, stop]) : deadline;
      try {
        const target = await locate(url, signal);
        const answer = await exchange(target, { headers, body, signal, options });
        return { ok: true, ...answer };
      } catch (error) {
        if (stop?.aborted) return { ok: false, fault: 'stopped' };
        return { ok: false, fault: deadline.aborted ? 'too_slow' : faultOf(error) };
      }
    },
  };
}

class Fault extends Error {
  readonly fault: OutboundFault;

  constructor(fault: OutboundFault) {
    super(fault);
    this.fault = fault;
  }
}

interface Target {
  readonly url: URL;
  readonly address: string;
}

async function locateTarget(
  text: string,
  { kindOf, resolve }: { readonly kindOf: (address: string) => AddressKind; readonly resolve: Resolve },
): Promise<Target> {
  const url = parseAddress(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await resolveName(host, resolve) : [host];
  const kinds = addresses.map(kindOf);
  // One bad address among good ones is no accident: whoever connects would be sent there sooner or later.
  if (kinds.includes('forbidden')) throw new Fault('address_forbidden');
  if (url.protocol === 'http:' && kinds.includes('public')) throw new Fault('https_needed');
  return { url, address: addresses[0]! };
}

function parseAddress(text: string): URL {
  const url = text.length <= maxUrlLength ? URL.parse(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new Fault('address_malformed');
  // What stands before an @ would be a password in our table and in the logs of both sides.
  if (url.username !== '' || url.password !== '' || text.includes('#')) throw new Fault('address_malformed');
  if (url.port !== '' && Number(url.port) < firstFreePort && !['80', '443'].includes(url.port)) {
    throw new Fault('port_forbidden');
  }
  return url;
}

async function resolveName(name: string, resolve: Resolve): Promise<readonly string[]> {
  let addresses: readonly string[];
  try {
    addresses = await resolve(name);
  } catch (error) {
    if (isTimeout(error)) throw error;
    throw new Fault('name_unknown');
  }
  if (addresses.length === 0) throw new Fault('name_unknown');
  return addresses;
}

/** As the machine resolves names, its hosts file included. Node lets slow names wait in half of its threads only. */
async function resolveBySystem(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

interface Exchange {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
  readonly options: Pick<OutboundOptions, 'certificateAuthority'>;
}

async function exchange(
  { url, address }: Target,
  { headers, body, signal, options }: Exchange,
): Promise<{ status: number; content: Buffer }> {
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  const family = isIP(address);
  const sent = request(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': String(body.length), 'accept-encoding': 'identity' },
    // A connection of its own, to the address that was checked: the name still makes the Host header and is what the
    // certificate must be for.
    agent: false,
    lookup: (_name, asked, callback) =>
      asked.all ? callback(null, [{ address, family }]) : callback(null, address, family),
    maxHeaderSize: maxHeaderBytes,
    signal,
    ...(options.certificateAuthority !== undefined && { ca: options.certificateAuthority }),
  } satisfies RequestOptions & { readonly ca?: string });
  try {
    sent.end(body);
    const answer = await answerTo(sent);
    const status = answer.statusCode ?? 0;
    if (status >= 300 && status < 400) throw new Fault('redirected');
    return { status, content: await readWithin(answer) };
  } finally {
    sent.destroy();
  }
}

function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  sent.once('response', resolve);
  // Kept for as long as the request lives: what breaks after the answer began is told by reading it.
  sent.on('error', reject);
  return promise;
}

async function readWithin(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxAnswerBytes) throw new Fault('too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function faultOf(error: unknown): OutboundFault {
  if (error instanceof Fault) return error.fault;
  if (isTimeout(error)) return 'too_slow';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'HPE_HEADER_OVERFLOW') return 'too_large';
  return /CERT|_SIGNATURE|ALTNAME|^ERR_TLS|^ERR_SSL|^EPROTO$/.test(code)
    ? 'certificate_untrusted'
    : 'no_connection';
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (signal.aborted) abort();
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => undefined);
  }
}
