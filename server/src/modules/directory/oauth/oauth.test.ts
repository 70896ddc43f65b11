/** Tokens as clients get and lose them. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addOrganisation,
  addSystem,
  assignOrganisation,
  findSystem,
  resumeSystem,
  retireCredential,
  rotateCredential,
  suspendSystem,
} from '#directory';
import { inTransaction } from '#foundation/db';
import { readEntries } from '#foundation/evidence';
import { createServer } from '#foundation/http';
import type { HttpServer } from '#foundation/http';
import { createSecretBox } from '#foundation/secrets';
import { createTestPlatform, type TestPlatform } from '../../../../test/support/platform.ts';
import { issueAccessToken, readAccessToken } from './access-token.ts';
import { apiClientOf, authenticateApiRequests } from './authenticate-request.ts';
import { oauthRoutes } from './routes.ts';

const by = { method: 'operator', credential: 'tester' } as const;
const publicUrl = 'https://truc.example.gov.vn';
const client = 'sys.H64.31';

let platform: TestPlatform;
let server: HttpServer;
let secret: string;
const ed25519 = generateKeyPairSync('ed25519');
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

beforeAll(async () => {
  platform = await createTestPlatform();
  const axis = await addOrganisation(platform, { code: '00.00.W00', name: 'Trục', kind: 'axis' }, by);
  axisId = axis.organisation.id;
  await addOrganisation(platform, { code: 'H64.31', name: 'Xã Minh Sơn' }, by);
  await addSystem(platform, { externalId: client, name: 'Một cửa', parentCode: 'H64.31' }, by);
  await assignOrganisation(platform, { system: client, code: 'H64.31', receives: true }, by);
  secret = (await rotateCredential(platform, { system: client, kind: 'api_secret' }, by)).secret!;
  for (const [kid, { publicKey }] of Object.entries({ ed: ed25519, ec, rsa })) {
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid };
    await rotateCredential(platform, { system: client, kind: 'api_key', publicKey: jwk }, by);
  }
  server = await createServer();
  await server.register(oauthRoutes, { platform, publicUrl, trustsRequestAddress: false });
  await server.register(async (scope) => {
    scope.decorateRequest('apiClient', null);
    scope.addHook('onRequest', authenticateApiRequests(platform));
    scope.get('/whoami', async (request) => ({ is: apiClientOf(request).system.externalId }));
  });
});
afterAll(async () => {
  await server.close();
  await platform.drop();
});
let axisId: Awaited<ReturnType<typeof addOrganisation>>['organisation']['id'];

const ask = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  server.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
  });
const whoami = (token: string) =>
  server.inject({ url: '/whoami', headers: { authorization: `Bearer ${token}` } });
const bySecret = async () =>
  (await ask({ client_id: client, client_secret: secret })).json<{ access_token: string }>().access_token;

interface Assertion {
  readonly key?: KeyObject;
  readonly header?: object;
  readonly claims?: object;
  readonly expiresIn?: string | undefined;
}
const assertion = ({ key = ed25519.privateKey, header, claims, expiresIn = '2m' }: Assertion = {}) =>
  new SignJWT({ iss: client, sub: client, aud: publicUrl, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'Ed25519', kid: 'ed', ...header })
    .setIssuedAt()
    .setExpirationTime(expiresIn)
    .sign(key);
const askBy = (text: string, more: Record<string, string> = {}) =>
  ask({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: text,
    ...more,
  });

describe('a client is let in', () => {
  test.each([
    ['by its secret in the body', () => ask({ client_id: client, client_secret: secret })],
    [
      'by its secret in the header',
      () => ask({}, { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` }),
    ],
    ['by a signature of Ed25519', async () => askBy(await assertion())],
    ['as EdDSA, too', async () => askBy(await assertion({ header: { alg: 'EdDSA' } }))],
    [
      'of ES256',
      async () => askBy(await assertion({ key: ec.privateKey, header: { alg: 'ES256', kid: 'ec' } })),
    ],
    [
      'of RS256',
      async () => askBy(await assertion({ key: rsa.privateKey, header: { alg: 'RS256', kid: 'rsa' } })),
    ],
    [
      'for the token endpoint',
      async () => askBy(await assertion({ claims: { aud: `${publicUrl}/oauth/token` } })),
    ],
  ])('%s', async (_how, request) => {
    const answer = await request();
    expect(answer.statusCode).toBe(200);
    const { access_token: token, ...rest } = answer.json<{ access_token: string }>();
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 600 });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(decodeJwt(token)).toMatchObject({
      iss: publicUrl,
      aud: publicUrl,
      sub: client,
      client_id: client,
    });
    expect((await whoami(token)).json()).toEqual({ is: client });
  });

  test('and finds the endpoint by the metadata', async () => {
    const { issuer, token_endpoint } = (await server.inject('/.well-known/oauth-authorization-server')).json<{
      issuer: string;
      token_endpoint: string;
    }>();
    expect([issuer, token_endpoint]).toEqual([publicUrl, `${publicUrl}/oauth/token`]);
  });
});

describe('a client is turned away', () => {
  const wrong: [string, () => Promise<Awaited<ReturnType<typeof ask>>>, number, string][] = [
    [
      'with a wrong secret',
      () => ask({ client_id: client, client_secret: `${secret}x` }),
      401,
      'invalid_client',
    ],
    ['when nobody knows it', () => ask({ client_id: 'x', client_secret: secret }), 401, 'invalid_client'],
    ['with nothing', () => ask({ client_id: client }), 400, 'invalid_request'],
    [
      'with two ways at once',
      async () => askBy(await assertion(), { client_id: client, client_secret: secret }),
      400,
      'invalid_request',
    ],
    [
      'with another grant',
      () => ask({ grant_type: 'password', client_id: client, client_secret: secret }),
      400,
      'unsupported_grant_type',
    ],
    [
      'signed for another server',
      async () => askBy(await assertion({ claims: { aud: 'https://other.vn' } })),
      401,
      'invalid_client',
    ],
    [
      'signed in the name of another',
      async () => askBy(await assertion({ claims: { iss: 'sys.G10' } })),
      401,
      'invalid_client',
    ],
    [
      'without a jti',
      async () => askBy(await assertion({ claims: { jti: undefined } })),
      401,
      'invalid_client',
    ],
    [
      'with an assertion that ended',
      async () => askBy(await assertion({ expiresIn: '-2m' })),
      401,
      'invalid_client',
    ],
    [
      'with one that lasts an hour',
      async () => askBy(await assertion({ expiresIn: '1h' })),
      401,
      'invalid_client',
    ],
    [
      'signed by another key',
      async () => askBy(await assertion({ key: generateKeyPairSync('ed25519').privateKey })),
      401,
      'invalid_client',
    ],
    [
      'with the algorithm of another key',
      async () => askBy(await assertion({ key: ec.privateKey, header: { alg: 'ES256', kid: 'ed' } })),
      401,
      'invalid_client',
    ],
    [
      'with a header that is none',
      async () => {
        const [, claims, signature] = (await assertion()).split('.');
        return askBy(`@@.${claims}.${signature}`);
      },
      401,
      'invalid_client',
    ],
    [
      'unsigned',
      async () => {
        const [, claims] = (await assertion()).split('.');
        const header = Buffer.from('{"alg":"none","kid":"ed"}').toString('base64url');
        return askBy(`${header}.${claims}.`);
      },
      401,
      'invalid_client',
    ],
    [
      'with a public key as if it were a secret (RS256 as HS256)',
      async () => {
        const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' });
        const text = await new SignJWT({ iss: client, sub: client, aud: publicUrl, jti: randomUUID() })
          .setProtectedHeader({ alg: 'HS256', kid: 'rsa' })
          .setExpirationTime('2m')
          .sign(Buffer.from(pem));
        return askBy(text);
      },
      401,
      'invalid_client',
    ],
  ];
  test.each(wrong)('%s', async (_how, request, status, error) => {
    const answer = await request();
    expect([answer.statusCode, answer.json<{ error: string }>().error]).toEqual([status, error]);
    expect(answer.json()).toEqual({
      error,
      error_description: expect.any(String),
      code: expect.stringMatching(/^oauth\./),
    });
  });

  test('the second time it presents one assertion, also when both come at once', async () => {
    const text = await assertion();
    const answers = await Promise.all([askBy(text), askBy(text), askBy(text)]);
    expect(answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b)).toEqual([200, 401, 401]);
  });

  test('where the axis was not told its address, rather than trust the one of the request', async () => {
    const unnamed = await createServer();
    await unnamed.register(oauthRoutes, { platform, publicUrl: undefined, trustsRequestAddress: false });
    const answer = await unnamed.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `grant_type=client_credentials&client_id=${client}&client_secret=${secret}`,
    });
    await unnamed.close();
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([503, 'oauth.address_unknown']);
  });
});

test('a client that asks for a token again and again has to wait, and its answers fill no log', async () => {
  const other = 'sys.H64.32';
  await addSystem(platform, { externalId: other, name: 'Hỏi mãi', parentCode: 'H64.31' }, by);
  const jwk = { ...ed25519.publicKey.export({ format: 'jwk' }), kid: 'ed' };
  await rotateCredential(platform, { system: other, kind: 'api_key', publicKey: jwk }, by);
  const claims = { iss: other, sub: other };
  let asked = 0;
  let answer: Awaited<ReturnType<typeof ask>>;
  do answer = await askBy(await assertion({ claims }));
  while (answer.statusCode === 200 && ++asked < 1_000);
  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([429, 'oauth.tokens_too_many']);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect((await askBy(await assertion())).statusCode).toBe(200);
});

describe('a token', () => {
  test('ends at once with its credential', async () => {
    const other = await rotateCredential(platform, { system: client, kind: 'api_secret' }, by);
    const answer = await ask({ client_id: client, client_secret: other.secret! });
    const { access_token: token } = answer.json<{ access_token: string }>();
    expect((await whoami(token)).statusCode).toBe(200);
    await retireCredential(platform, { system: client, credential: other.credentialId }, by);
    const after = await whoami(token);
    expect([after.statusCode, after.json<{ code: string }>().code]).toEqual([401, 'oauth.token_invalid']);
    expect(after.headers['www-authenticate']).toMatch(/^Bearer /);
  });

  test('ends at once with a suspension, and works again after it', async () => {
    const token = await bySecret();
    await suspendSystem(platform, { system: client, reason: null }, by);
    const suspended = await whoami(token);
    const asked = await ask({ client_id: client, client_secret: secret });
    await resumeSystem(platform, { system: client }, by);
    expect([suspended.statusCode, suspended.json<{ code: string }>().code]).toEqual([
      401,
      'oauth.client_suspended',
    ]);
    expect(asked.json<{ code: string }>().code).toBe('oauth.client_suspended');
    expect((await whoami(token)).statusCode).toBe(200);
  });

  test('with any character changed is nobody’s', async () => {
    const token = await bySecret();
    for (const position of [5, 60, token.length - 20]) {
      const changed =
        token.slice(0, position) + (token[position] === 'A' ? 'B' : 'A') + token.slice(position + 1);
      expect((await whoami(changed)).statusCode).toBe(401);
    }
  });

  test('of the master key before a rotation is still read, one of a stranger never', async () => {
    const [former, present] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const system = await findSystem(platform, client);
    const { credentialId } = system!.credentials.api_secret[0]!;
    const content = { externalId: client, credentialId };
    const token = await issueAccessToken(createSecretBox([former]), { ...content, issuer: publicUrl });
    expect(await readAccessToken(createSecretBox([present, former]), token)).toMatchObject(content);
    expect(await readAccessToken(createSecretBox([present]), token)).toBeUndefined();
  });
});

test('what the client signed is kept with the entry of its token', async () => {
  const text = await assertion();
  const answer = await askBy(text);
  const { assertion: digest } = decodeJwt<{ assertion: string }>(
    answer.json<{ access_token: string }>().access_token,
  );
  const { systemId } = (await findSystem(platform, client))!;
  const entries = await inTransaction(platform.database.app, { organisations: [axisId] }, (tx) =>
    readEntries(tx, { organisationId: axisId, subjectId: systemId }),
  );
  const last = entries.findLast(({ kind }) => kind === 'directory.token_issued')!;
  expect(JSON.parse(last.payload.toString())).toMatchObject({
    actor: { method: 'oauth', assertion: digest },
  });
  expect(JSON.parse(last.detail!.toString())).toMatchObject({ assertion: text });
});
