/** The client against a server of the test, and both sides against OpenSSL where it is installed. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { anchorOf, createTestAuthority, hasOpenssl } from '../../../test/support/time-stamps.ts';
import { digestOf } from './algorithms.ts';
import { requestTimeStamp } from './request-time-stamp.ts';
import { answerTimeStampRequest } from './time-stamp-authority.ts';
import { readTimeStampResponse, writeRejection, writeTimeStampRequest } from './time-stamp-protocol.ts';
import { verifyTimeStampToken } from './time-stamp-token.ts';
import { readPemCertificates } from './trust-anchor.ts';

const authority = createTestAuthority();
const anchors = [authority.anchor];
const content = Buffer.from('what is stamped');
const sha256 = digestOf('sha256', content);
let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
});

describe('a time-stamp that is asked for over HTTP', () => {
  test('comes verified, with its token', async () => {
    const before = Temporal.Now.instant();
    const url = await serve((request, response) => {
      void readBody(request).then((body) => {
        expect(request.headers['content-type']).toBe('application/timestamp-query');
        response.setHeader('content-type', 'application/timestamp-reply');
        response.end(answerTimeStampRequest(authority, body, Temporal.Now.instant()));
      });
    });
    const stamped = await requestTimeStamp({ url, anchors, policy: authority.policy }, sha256);
    expect(stamped).toMatchObject({ ok: true, authority: 'Dịch vụ dấu thời gian' });
    if (!stamped.ok) return;
    expect(stamped.at.since(before).total('seconds')).toBeGreaterThan(-1);
    expect(verifyTimeStampToken(stamped.token, { sha256, anchors })).toMatchObject({
      ok: true,
      at: stamped.at,
    });
  });

  test.each([
    ['an answer to another question', 'nonce_differs', () => answerTo({ nonce: 1n })],
    [
      'a stamp of something else',
      'imprint_differs',
      () => answerTo({ sha256: digestOf('sha256', Buffer.of(1)) }),
    ],
    ['a rejection', 'not_granted', () => writeRejection('badRequest', 'not today')],
    ['a page of the wrong server', 'malformed', () => Buffer.from('<html></html>')],
    ['nothing', 'malformed', () => Buffer.alloc(0)],
    ['more than a stamp can be', 'too_long', () => Buffer.alloc(200_000, 0x30)],
  ] as const)('is refused when it is %s', async (_name, code, answer) => {
    const url = await serve((_request, response) => response.end(answer()));
    expect(await requestTimeStamp({ url, anchors }, sha256)).toMatchObject({ ok: false, code });
  });

  test('says what the authority said', async () => {
    const url = await serve((_request, response) =>
      response.end(writeRejection('unacceptedPolicy', 'not\u0007 today')),
    );
    const { reason } = (await requestTimeStamp({ url, anchors }, sha256)) as { reason: string };
    expect(reason).toBe('status 2 (not  today; failure 15)');
  });

  test('under another policy than configured is refused', async () => {
    const url = await serve((request, response) => {
      void readBody(request).then((body) =>
        response.end(answerTimeStampRequest(authority, body, Temporal.Now.instant())),
      );
    });
    expect(await requestTimeStamp({ url, anchors, policy: '2.999.1' }, sha256)).toMatchObject({
      ok: false,
      code: 'not_granted',
    });
  });

  test.each([
    ['answers with an error', (_request, response) => response.writeHead(500).end('no')],
    [
      'leads elsewhere',
      (_request, response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
    ],
    ['never ends', (_request, response) => response.write('x')],
    ['breaks off', (_request, response) => response.destroy()],
  ] satisfies [string, RequestListener][])('does not come when the authority %s', async (_name, listener) => {
    const url = await serve(listener);
    expect(await requestTimeStamp({ url, anchors, timeoutMillis: 200 }, sha256)).toMatchObject({
      ok: false,
      code: 'unreachable',
    });
  });

  test('does not come when there is no authority', async () => {
    const url = await serve(() => undefined);
    server?.close();
    expect(await requestTimeStamp({ url, anchors }, sha256)).toMatchObject({
      ok: false,
      code: 'unreachable',
    });
  });
});

const folder = mkdtempSync(join(tmpdir(), 'lienthong-tsa-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasOpenssl)('with OpenSSL on the other side (openssl ts)', () => {
  const at = (name: string): string => join(folder, name);
  const openssl = (...parameters: string[]): string =>
    execFileSync('openssl', parameters, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });

  test('it finds our authority’s response and token right, and prints what it stamps', () => {
    const request = writeTimeStampRequest({ sha256, nonce: 0x7766_5544_3322_1100n });
    const response = answerTimeStampRequest(authority, request, Temporal.Now.instant());
    writeFileSync(at('content'), content);
    writeFileSync(at('request.tsq'), request);
    writeFileSync(at('response.tsr'), response);
    writeFileSync(at('token'), readTimeStampResponse(response));
    writeFileSync(at('anchor.pem'), pemOf(authority.anchorCertificate));
    expect(openssl('ts', '-query', '-in', 'request.tsq', '-text')).toContain('0x7766554433221100');
    const anchor = ['-CAfile', 'anchor.pem'];
    expect(openssl('ts', '-verify', '-queryfile', 'request.tsq', '-in', 'response.tsr', ...anchor)).toContain(
      'OK',
    );
    expect(openssl('ts', '-verify', '-data', 'content', '-in', 'token', '-token_in', ...anchor)).toContain(
      'OK',
    );
  });

  test.each([
    ['RSA, SHA-256', ['rsa:2048'], 'sha256'],
    ['RSA, SHA-512', ['rsa:3072'], 'sha512'],
    ['ECDSA on P-256', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], 'sha256'],
    ['ECDSA on P-384', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], 'sha384'],
  ])('its tokens are found right: %s', (_name, newKey, digest) => {
    const anchor = prepareOpensslAuthority(newKey, digest);
    writeFileSync(at('query.tsq'), writeTimeStampRequest({ sha256, nonce: 5n }));
    openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query.tsq', '-out', 'reply.tsr');
    const token = readTimeStampResponse(readFileSync(at('reply.tsr')));
    expect(verifyTimeStampToken(token, { sha256, anchors: [anchor] })).toMatchObject({
      ok: true,
      authority: 'TSA of OpenSSL',
      policy: '1.2.3.4.1',
      nonce: 5n,
    });
    expect(verifyTimeStampToken(token, { sha256, anchors })).toMatchObject({ code: 'certificate_untrusted' });
  });

  test('its refusal is read', () => {
    prepareOpensslAuthority(['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], 'sha256');
    writeFileSync(at('query.tsq'), writeTimeStampRequest({ sha256, nonce: 5n, policy: '2.999.1' }));
    openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query.tsq', '-out', 'reply.tsr');
    expect(() => readTimeStampResponse(readFileSync(at('reply.tsr')))).toThrow(
      /^status 2 .*policy.*failure 15\)$/,
    );
  });

  function prepareOpensslAuthority(newKey: readonly string[], digest: string) {
    writeFileSync(at('serial'), '01\n');
    writeFileSync(at('tsa.cnf'), opensslConfiguration(digest));
    const fresh = ['req', '-config', 'tsa.cnf', '-newkey', ...newKey, '-nodes', `-${digest}`];
    openssl(...fresh, '-x509', '-subj', '/CN=CA', '-keyout', 'ca.key', '-out', 'ca.pem', '-extensions', 'ca');
    openssl(...fresh, '-subj', '/CN=TSA of OpenSSL', '-keyout', 'tsa.key', '-out', 'tsa.csr');
    const signed = [
      '-req',
      '-in',
      'tsa.csr',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      `-${digest}`,
    ];
    openssl('x509', ...signed, '-extfile', 'tsa.cnf', '-extensions', 'tsa_certificate', '-out', 'tsa.pem');
    return anchorOf(readPemCertificates(readFileSync(at('ca.pem'), 'utf8'))![0]!);
  }
});

function opensslConfiguration(digest: string): string {
  return `
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[tsa_certificate]
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = authority
[authority]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = ${digest}
certs = ca.pem
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1, millisecs:500
ordering = yes
tsa_name = yes
ess_cert_id_chain = yes
`;
}

function pemOf(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function answerTo(changes: { readonly sha256?: Buffer; readonly nonce?: bigint }): Buffer {
  const request = writeTimeStampRequest({ sha256, nonce: 2n, ...changes });
  return answerTimeStampRequest(authority, request, Temporal.Now.instant());
}

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/tsa`;
}

async function readBody(request: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(request));
}
