import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOperator } from '../authenticate-operator.ts';
import { registerOrganisationBySystem } from '../register-organisation-by-system.ts';
import { findSystem } from '../find-system.ts';
import { directoryRoutes } from './routes.ts';
import { createServer, type HttpServer } from '#foundation/http';
import { addSmallState } from '../../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../../test/support/platform.ts';

let platform: TestPlatform;
let server: HttpServer;
const secret = randomBytes(32).toString('base64url');
const operatorHeaders = { authorization: `Basic ${Buffer.from(`tester:${secret}`).toString('base64')}` };
let waitingMail = false;

beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
  await addOperator(platform, { id: 'tester', secret });
  server = await createServer();
  const hooks = { hasWaitingMail: async () => waitingMail };
  await server.register(directoryRoutes, { prefix: '/api/directory', platform, hooks });
});
afterAll(async () => {
  await server.close();
  await platform.drop();
});

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
const call = async (
  method: Method,
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
) => {
  const answer = await server.inject({
    method,
    url: `/api/directory${path}`,
    headers: { ...operatorHeaders, ...headers },
    ...(body !== undefined && { payload: body }),
  });
  return {
    status: answer.statusCode,
    body: answer.body === '' ? null : answer.json(),
    headers: answer.headers,
  };
};

test('the operator adds, renames, finds and ends an organisation', async () => {
  const added = await call('POST', '/organisations', { code: 'G09', name: 'Bộ Nội vụ' });
  expect(added).toMatchObject({ status: 201, body: { code: 'G09', level: 1, state: 'active' } });
  expect((await call('POST', '/organisations', { code: 'G09', name: 'Bộ Nội vụ' })).status).toBe(200);

  const renamed = await call('POST', '/organisations/G09/names', { name: 'Bộ Nội vụ và Lao động' });
  expect(renamed).toMatchObject({ status: 200, body: { name: 'Bộ Nội vụ và Lao động' } });
  const found = await call('GET', `/organisations?search=${encodeURIComponent('noi vu lao')}`);
  expect(found.body.organisations).toMatchObject([{ code: 'G09', matchedBy: 'words' }]);

  waitingMail = true;
  const refused = await call('POST', '/organisations/G09/ending', {});
  expect(refused).toMatchObject({ status: 409, body: { code: 'directory.mail_waiting' } });
  waitingMail = false;
  expect(await call('POST', '/organisations/G09/ending', { reason: 'Nghị quyết' })).toMatchObject({
    status: 200,
    body: { state: 'ended', stateReason: 'Nghị quyết' },
  });
  expect((await call('GET', '/organisations/G09')).body.names).toHaveLength(1);
});

test('a list is walked page by page', async () => {
  const codes: string[] = [];
  for (let after: string | null = ''; after !== null;) {
    const { body } = await call('GET', `/organisations?limit=2&after=${after}`);
    codes.push(...body.organisations.map(({ code }: { code: string }) => code));
    after = body.next;
  }
  expect(codes).toEqual([...new Set(codes)].sort());
  expect(codes.length).toBeGreaterThanOrEqual(6);
  const below = await call('GET', '/organisations?parent=H37');
  expect(below.body.organisations.map(({ code }: { code: string }) => code)).toEqual(['H37.02', 'H37.30']);
});

test('the secret of a new system is shown once, and again only to a repeat under the same key', async () => {
  const request = { externalId: 'vxp.test.07', name: 'Hệ thống thử' };
  const first = await call('POST', '/systems', request, { 'idempotency-key': 'one' });
  expect(first.status).toBe(201);
  expect(await call('POST', '/systems', request, { 'idempotency-key': 'one' })).toMatchObject({
    status: 201,
    body: first.body,
  });
  expect(await call('POST', '/systems', request)).toMatchObject({
    status: 409,
    body: { code: 'directory.system_exists' },
  });
  expect(JSON.stringify((await call('GET', '/systems/vxp.test.07')).body)).not.toContain(
    first.body.credential.secret,
  );
});

test('a system is assigned, suspended, resumed, rotated and withdrawn', async () => {
  await call('POST', '/systems', { externalId: 'vxp.test.08', name: 'Hệ thống thử' });
  await call('POST', '/systems', { externalId: 'vxp.former', name: 'Hệ thống trước' });
  await call('POST', '/systems/vxp.former/organisations', { code: 'G12' });
  expect(await call('POST', '/systems/vxp.test.08/organisations', { code: 'G12' })).toMatchObject({
    status: 200,
    body: { formerReceivingSystem: 'vxp.former' },
  });
  const listed = (await call('GET', '/systems')).body.systems as { externalId: string }[];
  expect(listed.find(({ externalId }) => externalId === 'vxp.former')).toMatchObject({
    organisations: [{ code: 'G12', receives: false }],
    organisationCount: 1,
  });
  expect((await call('GET', '/systems/vxp.test.08')).body.organisations).toEqual([
    { code: 'G12', name: 'Bộ Tài chính', receives: true },
  ]);
  expect((await call('POST', '/systems/vxp.test.08/suspension', {})).body.state).toBe('suspended');
  expect((await call('DELETE', '/systems/vxp.test.08/suspension')).body.state).toBe('active');
  expect((await call('POST', '/systems/vxp.test.08/credentials', {})).body.secret).toMatch(/^[\w-]{43}$/);
  const again = { 'idempotency-key': 'rotation' };
  for (const headers of [again, again]) {
    const rotated = await call('POST', '/systems/vxp.test.08/credentials', {}, headers);
    expect(rotated.body.others).toMatchObject([{ state: 'valid' }, { state: 'ended' }]);
  }
  expect((await call('PATCH', '/systems/vxp.test.08', { normalisesOutgoing: true })).body).toMatchObject({
    normalisesOutgoing: true,
  });
  expect((await call('DELETE', '/systems/vxp.test.08/organisations/G12')).status).toBe(204);
  expect(
    (await call('GET', '/systems')).body.systems.map((item: { externalId: string }) => item.externalId),
  ).toContain('vxp.test.08');
});

test('an import answers with counts and the refused lines, in the reader’s language', async () => {
  const file = 'code\tname\tlevel\nQ01\tMột\t1\nQ01\tHai\t1\n';
  const report = await call('POST', '/organisation-imports', file, {
    'content-type': 'text/tab-separated-values',
    'accept-language': 'en',
  });
  expect(report).toMatchObject({
    status: 200,
    body: {
      added: 1,
      refused: [
        {
          line: 3,
          code: 'Q01',
          reason: 'directory.code_repeated',
          title: 'The code Q01 is already on line 2.',
        },
      ],
    },
  });
});

test.each([
  ['application/json', '{}', 415, 'http.media_type_unsupported'],
  ['text/tab-separated-values', undefined, 400, 'directory.import_columns_missing'],
])('an import as %s with the body %j is refused with %i', async (type, body, status, code) => {
  const answer = await call('POST', '/organisation-imports', body, { 'content-type': type });
  expect(answer).toMatchObject({ status, body: { code } });
});

test('what a system asks to register waits for the operator, who approves it', async () => {
  await call('POST', '/systems', { externalId: 'vxp.test.09', name: 'Hệ thống tỉnh', parentCode: 'H37' });
  const { systemId } = (await findSystem(platform, 'vxp.test.09'))!;
  await registerOrganisationBySystem(
    platform,
    { systemId, registration: { code: 'H37.99', parentCode: 'H37', name: 'Trung tâm mới' } },
    { method: 'vxp', system: systemId },
  );
  const { body } = await call('GET', '/registration-requests?state=pending');
  expect(body.requests).toMatchObject([{ system: 'vxp.test.09', act: 'register', code: 'H37.99' }]);
  const path = `/registration-requests/${body.requests[0].id}/decision`;
  expect(await call('POST', path, { decision: 'approved' })).toMatchObject({ body: { state: 'approved' } });
  expect(await call('GET', '/organisations/H37.99')).toMatchObject({ body: { name: 'Trung tâm mới' } });
});

test('a refusal speaks the language that is asked for and tells the code and parameters', async () => {
  const vietnamese = await call('GET', '/organisations/X99');
  expect(vietnamese).toMatchObject({
    status: 404,
    body: {
      title: 'Không có cơ quan nào mang mã X99.',
      code: 'directory.organisation_unknown',
      parameters: { code: 'X99' },
    },
  });
  expect(vietnamese.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const english = await call('GET', '/organisations/X99', undefined, {
    'accept-language': 'fr, en;q=0.8, vi;q=0.1',
  });
  expect(english.body.title).toBe('No organisation has the code X99.');
});

test.each([
  [{ code: 'G50' }, 'http.request_invalid'],
  [{ code: 'G50', name: 'x', colour: 'red' }, 'http.request_invalid'],
  ['{', 'http.body_not_json'],
])('the body %j is refused as %s', async (body, code) => {
  const answer = await call('POST', '/organisations', body, { 'content-type': 'application/json' });
  expect(answer).toMatchObject({ status: 400, body: { code } });
});

test('after ten wrong secrets an address waits, and is told how long', async () => {
  const wrong = () =>
    server.inject({
      url: '/api/directory/systems',
      remoteAddress: '192.0.2.7',
      headers: { authorization: `Basic ${Buffer.from('tester:wrong').toString('base64')}` },
    });
  for (let attempt = 0; attempt < 10; attempt++) expect((await wrong()).statusCode).toBe(401);
  const answer = await wrong();
  expect(answer.statusCode).toBe(429);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect((await call('GET', '/systems')).status).toBe(200);
});

test('operators rotate their own secret, see each other, and retire who left', async () => {
  const other = { id: 'nghi-viec', secret: randomBytes(32).toString('base64url') };
  await addOperator(platform, other);
  const as = (present: string) => ({
    authorization: `Basic ${Buffer.from(`${other.id}:${present}`).toString('base64')}`,
  });
  const fresh = randomBytes(32).toString('base64url');
  const rotated = await call('POST', '/operator/secrets', { secret: fresh }, as(other.secret));
  expect(rotated).toMatchObject({ status: 201, body: { id: other.id, hasFormerSecret: true } });
  expect(JSON.stringify(rotated.body)).not.toContain(fresh);
  const hasty = await call('DELETE', '/operator/secrets/former', undefined, as(other.secret));
  expect(hasty).toMatchObject({ status: 409, body: { code: 'directory.operator_secret_former' } });
  const ended = await call('DELETE', '/operator/secrets/former', undefined, as(fresh));
  expect(ended).toMatchObject({ status: 200, body: { hasFormerSecret: false } });
  expect((await call('GET', '/systems', undefined, as(other.secret))).status).toBe(401);

  expect((await call('POST', `/operators/${other.id}/retirement`)).status).toBe(200);
  expect((await call('GET', '/systems', undefined, as(fresh))).status).toBe(401);
  expect((await call('POST', '/operators/tester/retirement')).status).toBe(409);
  expect((await call('POST', '/operators/khong-co/retirement')).status).toBe(404);
  const page = await call('GET', '/operators?limit=1');
  expect(page.body).toMatchObject({ operators: [{ id: other.id }], next: other.id });
  expect(page.body.operators[0].retiredAt).not.toBeNull();
});
