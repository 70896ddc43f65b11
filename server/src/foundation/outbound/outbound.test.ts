/** Calling addresses that others chose, with real servers that do what they should not. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo, Server as SocketServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createAddressRule, createOutbound, isNetwork } from './index.ts';
import type { OutboundOptions } from './index.ts';

const servers: (Server | SocketServer)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  }
});

const loopback = { listedNetworks: ['127.0.0.0/8', '::1'] };
const message = { headers: { 'content-type': 'application/json' }, body: Buffer.from('{"a":1}') };
const post = (url: string, options: OutboundOptions = loopback) => createOutbound(options).post(url, message);

describe('an address', () => {
  const kindOf = createAddressRule([
    '10.7.0.0/16',
    '127.0.0.1',
    'fd12:3456::/32',
    '::1',
    '0.0.0.0/0',
    '::/0',
  ]);
  const kindUnlisted = createAddressRule([]);

  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '::1',
    '::127.0.0.1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    '2001:db8::1',
    '4000::1',
  ])('%s is not called unless the operator lists its network', (address) => {
    expect(kindUnlisted(address)).toBe('forbidden');
    expect(kindOf(address)).toBe('listed');
  });

  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:8.8.8.8',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%lo',
    'ff02::1',
    'localhost',
    '',
  ])('%j is never called, whatever is listed', (address) => {
    expect(kindUnlisted(address)).toBe('forbidden');
    expect(kindOf(address)).toBe('forbidden');
  });

  test.each(['8.8.8.8', '103.9.196.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    '%s is anybody’s',
    (address) => expect(kindUnlisted(address)).toBe('public'),
  );

  test.each([
    ['10.0.0.0/8', true],
    ['::1', true],
    ['10.0.0.0/33', false],
    ['10.0.0/8', false],
    ['fe80::1%lo', false],
    ['10.0.0.0/8/8', false],
  ])('%s as a network: %s', (text, isOne) => expect(isNetwork(text)).toBe(isOne));
});

describe('what is written as an address', () => {
  test.each([
    ['ftp://example.vn/', 'address_malformed'],
    ['file:///etc/passwd', 'address_malformed'],
    ['example.vn', 'address_malformed'],
    ['https://user@example.vn/', 'address_malformed'],
    ['https://user:secret@example.vn/', 'address_malformed'],
    ['https://example.vn/#part', 'address_malformed'],
    ['https://example.vn:22/', 'port_forbidden'],
    ['https://example.vn:25/', 'port_forbidden'],
    ['https://127.0.0.1/', 'address_forbidden'],
    ['https://2130706433/', 'address_forbidden'],
    ['https://0x7f.1/', 'address_forbidden'],
    ['https://017700000001/', 'address_forbidden'],
    ['https://[::1]/', 'address_forbidden'],
    ['https://[::ffff:127.0.0.1]/', 'address_forbidden'],
    ['https://169.254.169.254/latest/meta-data', 'address_forbidden'],
    ['http://8.8.8.8/', 'https_needed'],
    ['https://name.invalid/', 'name_unknown'],
  ])('%s is not called: %s', async (url, fault) => {
    const resolve = async (name: string) => (name === 'name.invalid' ? [] : ['8.8.8.8']);
    const outbound = createOutbound({ listedNetworks: [], resolve });
    expect(await outbound.inspect(url)).toBe(fault);
    expect(await outbound.post(url, message)).toEqual({ ok: false, fault });
  });

  test('longer than 2,000 characters is none', async () => {
    const outbound = createOutbound({ listedNetworks: [], resolve: async () => ['8.8.8.8'] });
    expect(await outbound.inspect(`https://example.vn/${'a'.repeat(2_000)}`)).toBe('address_malformed');
  });

  test('of a name each address counts, so that one bad one among good ones is enough', async () => {
    const resolve = async () => ['8.8.8.8', '10.0.0.1'];
    const outbound = createOutbound({ listedNetworks: [], resolve });
    expect(await outbound.inspect('https://agency.example/')).toBe('address_forbidden');
  });

  test('that may be called, by name or number, has no fault', async () => {
    const outbound = createOutbound({ ...loopback, resolve: async () => ['8.8.8.8'] });
    expect(await outbound.inspect('https://agency.example:8443/hook?a=b')).toBeUndefined();
    expect(await outbound.inspect('http://127.0.0.1:8080/')).toBeUndefined();
  });
});

describe('a call', () => {
  test('carries the message, and brings status and answer', async () => {
    const got: unknown[] = [];
    const url = await serve((request, answer) => {
      got.push([request.method, request.url, request.headers.host, request.headers['accept-encoding']]);
      request.on('data', (chunk: Buffer) => got.push(chunk.toString()));
      request.on('end', () => answer.writeHead(202).end('received'));
    });
    expect(await post(`${url}/hook?x=1`)).toEqual({
      ok: true,
      status: 202,
      content: Buffer.from('received'),
    });
    expect(got).toEqual([['POST', '/hook?x=1', new URL(url).host, 'identity'], '{"a":1}']);
  });

  test('goes to the address that was checked, however often the name changes its mind', async () => {
    let asked = 0;
    const url = await serve((_request, answer) => answer.end());
    const { port } = new URL(url);
    // First the listed address, from then on one that must not be called.
    const resolve = async () => [asked++ === 0 ? '127.0.0.1' : '169.254.169.254'];
    const options = { ...loopback, resolve };
    expect(await post(`http://agency.example:${port}/`, options)).toMatchObject({ ok: true, status: 200 });
    expect(asked).toBe(1);
    expect(await post(`http://agency.example:${port}/`, options)).toEqual({
      ok: false,
      fault: 'address_forbidden',
    });
  });

  test('follows no redirect, neither to this machine nor to the metadata of a cloud', async () => {
    let reached = 0;
    const inner = await serve((_request, answer) => {
      reached += 1;
      answer.end('secret');
    });
    for (const location of [inner, 'http://169.254.169.254/latest/meta-data', '/elsewhere']) {
      for (const status of [301, 302, 303, 307, 308]) {
        const url = await serve((_request, answer) => answer.writeHead(status, { location }).end());
        expect(await post(url)).toEqual({ ok: false, fault: 'redirected' });
      }
    }
    expect(reached).toBe(0);
  });

  test.each([
    ['nothing at all', () => undefined],
    [
      'a header a second',
      (answer: import('node:net').Socket) => {
        answer.write('HTTP/1.1 200 OK\r\n');
        return setInterval(() => answer.write('X-More: 1\r\n'), 20);
      },
    ],
    [
      'a body byte by byte',
      (answer: import('node:net').Socket) => {
        answer.write('HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n');
        return setInterval(() => answer.write('a'), 20);
      },
    ],
  ])('that is answered with %s ends in its time', async (_what, trickle) => {
    const timers: (NodeJS.Timeout | undefined)[] = [];
    const url = await serveSocket((socket) => {
      socket.on('error', () => undefined);
      timers.push(trickle(socket));
    });
    const began = performance.now();
    expect(await post(url, { ...loopback, withinMillis: 300 })).toEqual({ ok: false, fault: 'too_slow' });
    expect(performance.now() - began).toBeLessThan(5_000);
    for (const timer of timers) clearInterval(timer);
  });

  test('whose name is never resolved ends in its time', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    const options = { ...loopback, resolve, withinMillis: 50 };
    expect(await post('https://agency.example/', options)).toEqual({ ok: false, fault: 'too_slow' });
    expect(await createOutbound(options).inspect('https://agency.example/')).toBe('too_slow');
  });

  test('is cut where the answer has no end: a body of 1 GB, headers of 1 GB', async () => {
    let sentBytes = 0;
    const url = await serve((_request, answer) => {
      const more = (): void => {
        while (sentBytes < 1024 ** 3 && !answer.destroyed && answer.write(Buffer.alloc(64 * 1024))) {
          sentBytes += 64 * 1024;
        }
      };
      answer.on('drain', more);
      more();
    });
    expect(await post(url)).toEqual({ ok: false, fault: 'too_large' });
    expect(sentBytes).toBeLessThan(64 * 1024 ** 2);
    const headers = await serveSocket((socket) => {
      socket.on('error', () => undefined);
      socket.write(`HTTP/1.1 200 OK\r\nX-Long: ${'a'.repeat(100_000)}\r\n\r\n`);
    });
    expect(await post(headers)).toEqual({ ok: false, fault: 'too_large' });
  });

  test('to where nobody listens, or to what is no HTTP, has no connection', async () => {
    const url = await serve(() => undefined);
    const closed = servers.pop() as Server;
    closed.close();
    await once(closed, 'close');
    expect(await post(url)).toEqual({ ok: false, fault: 'no_connection' });
    const rude = await serveSocket((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    expect(await post(rude)).toEqual({ ok: false, fault: 'no_connection' });
  });

  test('over TLS wants the certificate of the name that was written', async () => {
    const url = await serveSecurely();
    const { port } = new URL(url);
    const trusting = { ...loopback, certificateAuthority: certificate, resolve: async () => ['127.0.0.1'] };
    expect(await post(`https://localhost:${port}/`, trusting)).toMatchObject({ ok: true, status: 200 });
    const wrong = { ok: false, fault: 'certificate_untrusted' };
    expect(await post(`https://agency.example:${port}/`, trusting)).toEqual(wrong);
    expect(await post(`https://127.0.0.1:${port}/`, trusting)).toEqual(wrong);
    expect(await post(`https://localhost:${port}/`, { ...loopback })).toEqual(wrong);
  });

  test('ends when the server stops', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort());
    const answer = await createOutbound(loopback).post(url, { ...message, signal: stop.signal });
    expect(answer).toEqual({ ok: false, fault: 'stopped' });
  });
});

const fixture = (name: string) =>
  readFileSync(new URL(`../../../test/fixtures/tls/${name}`, import.meta.url), 'utf8');
const certificate = fixture('certificate.pem');

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}`;
}

async function serveSecurely(): Promise<string> {
  const server = createSecureServer({ cert: certificate, key: fixture('key.pem') }, (_request, answer) =>
    answer.end(),
  );
  return `https://127.0.0.1:${await listen(server)}`;
}

async function serveSocket(talk: (socket: import('node:net').Socket) => void): Promise<string> {
  return `http://127.0.0.1:${await listen(createSocketServer(talk))}`;
}

async function listen(server: Server | SocketServer): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
