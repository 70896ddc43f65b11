/** Every endpoint of the composed application × every kind of caller. An endpoint without a row here fails the test. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOperator, addOrganisation, addSystem, assignOrganisation, rotateCredential } from '#directory';
import { refusalEntry } from '#foundation/refusal';
import { createVxpHeaders } from '../src/modules/exchange/vxp/client.ts';
import { composeApp, type ComposedApp } from './support/composed-app.ts';

/** Who is let in: what the endpoint then answers to nonsense is not the matter of this test. */
type Access = 'anyone' | 'operator' | 'system' | 'system by LGSP' | 'api';

const access: Readonly<Record<string, Access>> = {
  'GET /': 'anyone',
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
  'GET /metrics': 'anyone',
  'GET /trust.json': 'anyone',
  'POST /sandbox/time-stamps': 'anyone',
  'POST /api/erasures': 'operator',
  'GET /api/operation/webhooks': 'operator',
  'POST /api/operation/webhooks/:webhook/resumption': 'operator',
  'GET /api/operation/held-deliveries': 'operator',
  'POST /api/operation/redeliveries': 'operator',
  'GET /log/checkpoint': 'anyone',
  'GET /log/checkpoint/to-cosign': 'anyone',
  // Only what a configured witness signed is kept: nonsense is refused as malformed.
  'POST /log/cosignatures': 'anyone',
  'GET /log/proof/:digest': 'anyone',
  'GET /log/tile/*': 'anyone',
  'GET /log/tile/entries/*': 'anyone',

  'GET /api/directory/calendar-days': 'operator',
  'POST /api/directory/calendar-days': 'operator',
  'POST /api/directory/calendar-days/:day/withdrawal': 'operator',
  'GET /api/directory/operators': 'operator',
  'POST /api/directory/operators/:operator/retirement': 'operator',
  'POST /api/directory/operator/secrets': 'operator',
  'DELETE /api/directory/operator/secrets/former': 'operator',
  'GET /api/directory/organisations': 'operator',
  'POST /api/directory/organisations': 'operator',
  'GET /api/directory/organisations/:code': 'operator',
  'PATCH /api/directory/organisations/:code/contact': 'operator',
  'POST /api/directory/organisations/:code/ending': 'operator',
  'POST /api/directory/organisations/:code/names': 'operator',
  'POST /api/directory/organisation-imports': 'operator',
  'POST /api/directory/mergers': 'operator',
  'GET /api/directory/systems': 'operator',
  'POST /api/directory/systems': 'operator',
  'GET /api/directory/systems/:system': 'operator',
  'PATCH /api/directory/systems/:system': 'operator',
  'GET /api/directory/systems/:system/credentials': 'operator',
  'POST /api/directory/systems/:system/credentials': 'operator',
  'DELETE /api/directory/systems/:system/credentials/:credential': 'operator',
  'POST /api/directory/systems/:system/organisations': 'operator',
  'DELETE /api/directory/systems/:system/organisations/:code': 'operator',
  'GET /api/directory/systems/:system/quota': 'operator',
  'PATCH /api/directory/systems/:system/quota': 'operator',
  'POST /api/directory/systems/:system/suspension': 'operator',
  'DELETE /api/directory/systems/:system/suspension': 'operator',
  'GET /api/directory/registration-requests': 'operator',
  'POST /api/directory/registration-requests/:request/decision': 'operator',

  'GET /lgsp/v1/getAgenciesList': 'system by LGSP',
  'GET /lgsp/v1/getEdoc': 'system by LGSP',
  'GET /lgsp/v1/getReceivedEdocList': 'system by LGSP',
  'GET /lgsp/v1/syncReceivedEdocList': 'system by LGSP',
  // Who it is stands in its body.
  'POST /lgsp/v1/auth/login': 'anyone',
  'POST /lgsp/v1/sendEdoc': 'system by LGSP',
  'POST /lgsp/v1/updateStatus': 'system by LGSP',
  'GET /.well-known/oauth-authorization-server': 'anyone',
  'GET /api/docs': 'anyone',
  'GET /api/docs/:file': 'anyone',
  'GET /api/openapi/:file': 'anyone',
  'POST /oauth/token': 'anyone',
  'GET /api/ladders': 'operator',
  'PUT /api/ladders/:priority': 'operator',
  'GET /api/reports/traffic': 'operator',
  'GET /api/reports/lateness': 'operator',
  'GET /api/reports/savings': 'operator',
  'PUT /api/reports/savings-parameters/:name': 'operator',
  'GET /api/exchange/late-duties': 'api',
  'POST /api/exchange/late-duties/:duty/explanations': 'api',
  'GET /api/exchange/traffic': 'api',
  'GET /api/exchange/organisations': 'api',
  'GET /api/exchange/organisations/:code': 'api',
  'GET /api/exchange/envelopes': 'api',
  'POST /api/exchange/envelopes': 'api',
  'POST /api/exchange/packages': 'api',
  'GET /api/exchange/envelopes/:envelope': 'api',
  'GET /api/exchange/envelopes/:envelope/recipients': 'api',
  'GET /api/exchange/envelopes/:envelope/timeline': 'api',
  'GET /api/exchange/envelopes/:envelope/receipt': 'api',
  'GET /api/exchange/deliveries': 'api',
  'GET /api/exchange/deliveries/:delivery': 'api',
  'GET /api/exchange/deliveries/:delivery/message': 'api',
  'GET /api/exchange/deliveries/:delivery/content': 'api',
  'GET /api/exchange/deliveries/:delivery/attachments/:number': 'api',
  'POST /api/exchange/deliveries/:delivery/marks': 'api',
  'POST /api/exchange/statuses': 'api',
  'GET /api/exchange/events': 'api',
  'POST /api/exchange/envelopes/:envelope/recalls': 'api',
  'GET /api/exchange/envelopes/:envelope/onward': 'api',
  'POST /api/exchange/deliveries/:delivery/recall-answers': 'api',
  'POST /api/exchange/deliveries/:delivery/redelivery': 'api',
  'POST /api/exchange/connection-tests': 'api',
  'GET /api/exchange/connection-tests/:test': 'api',
  'GET /api/exchange/webhooks': 'api',
  'POST /api/exchange/webhooks': 'api',
  'GET /api/exchange/webhooks/:webhook': 'api',
  'DELETE /api/exchange/webhooks/:webhook': 'api',
  'POST /api/exchange/webhooks/:webhook/secrets': 'api',
  'POST /api/exchange/webhooks/:webhook/resumption': 'api',
  'OPTIONS /api/exchange/uploads': 'anyone',
  'POST /api/exchange/uploads': 'api',
  'HEAD /api/exchange/uploads/:upload': 'api',
  'PATCH /api/exchange/uploads/:upload': 'api',
  'DELETE /api/exchange/uploads/:upload': 'api',

  'POST /vxp/countReceiveEdoc': 'system',
  'GET /vxp/countReceiveEdoc': 'system',
  'POST /vxp/countReceiveStatus': 'system',
  'GET /vxp/countReceiveStatus': 'system',
  'POST /vxp/deleteAgency': 'system',
  'GET /vxp/downloadEdoc': 'system',
  'POST /vxp/getAgenciesList': 'system',
  'POST /vxp/getAgenciesListQD20': 'system',
  'POST /vxp/getEdoc': 'system',
  'POST /vxp/getReceivedEdocList': 'system',
  'POST /vxp/getSentEdocHistory': 'system',
  'POST /vxp/getSentEdocList': 'system',
  'POST /vxp/getSynchronizeUnit': 'system',
  'POST /vxp/registerAgency': 'system',
  'POST /vxp/sendEdoc': 'system',
  'POST /vxp/updateStatus': 'system',
};

const systemId = 'vxp.test.01';
const systemSecret = 'he-thong-thu-nghiem-0001';
/** 256 random bits in form, as LGSP wants its secrets. */
const lgspSecret = 'thu-nghiem-lgsp'.repeat(3);
const apiSecret = 'bi-mat-cua-giao-dien-lap-trinh-0001-abcdefghij';
let token = '';
const operatorSecret = 'nguoi-van-hanh-thu-nghiem-0001';
/** The signed keys that any operation of VXP asks for. */
const parameters = {
  servicetype: 'eDoc',
  messagetype: 'edoc',
  docId: '0190c000-0000-7000-8000-000000000000',
  status: 'done',
  AgencyCode: 'X99',
  'hash-file': '00',
};

type Headers = Record<string, string>;
const basic = (id: string, secret: string): Headers => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const signed = (secret: string): Headers => {
  const headers = createVxpHeaders({ systemId, secret }, Temporal.PlainDateTime.from('2026-11-21T08:00:00'));
  for (const [key, value] of Object.entries(parameters)) headers.set(key, value);
  return Object.fromEntries(headers.sign('application/json'));
};

const byLgsp = (secret: string): Headers => ({ 'x-systemid': systemId, 'x-secretkey': secret });

const callers: readonly { name: string; is: Access | 'nobody'; headers: () => Headers }[] = [
  { name: 'nobody', is: 'nobody', headers: () => ({}) },
  {
    name: 'an operator with a wrong secret',
    is: 'nobody',
    headers: () => basic('tester', `${operatorSecret}x`),
  },
  { name: 'a system with a wrong secret', is: 'nobody', headers: () => signed(`${systemSecret}x`) },
  {
    name: "a system's id and secret as an operator's",
    is: 'nobody',
    headers: () => basic(systemId, systemSecret),
  },
  {
    name: 'a client of the native API with a token that somebody changed',
    is: 'nobody',
    headers: () => ({ authorization: `Bearer ${token.slice(0, -4)}AAAA` }),
  },
  {
    name: 'a client of the native API with its secret instead of a token',
    is: 'nobody',
    headers: () => basic(systemId, apiSecret),
  },
  {
    name: 'a client of the native API',
    is: 'api',
    headers: () => ({ authorization: `Bearer ${token}` }),
  },
  { name: 'a system', is: 'system', headers: () => signed(systemSecret) },
  { name: "a system with VXP's secret by LGSP", is: 'nobody', headers: () => byLgsp(systemSecret) },
  { name: 'a system by LGSP', is: 'system by LGSP', headers: () => byLgsp(lgspSecret) },
  { name: 'an operator', is: 'operator', headers: () => basic('tester', operatorSecret) },
];

let app: ComposedApp;
beforeAll(async () => {
  app = await composeApp();
  const byAxis = { method: 'axis' } as const;
  await addOrganisation(app.platform, { code: '00.01.W00', name: 'Trục', kind: 'axis' }, byAxis);
  await addOrganisation(app.platform, { code: 'H37', name: 'Tỉnh' }, byAxis);
  await addSystem(
    app.platform,
    { externalId: systemId, name: 'Thử', secret: systemSecret, parentCode: 'H37' },
    byAxis,
  );
  await assignOrganisation(app.platform, { system: systemId, code: 'H37', receives: true }, byAxis);
  await rotateCredential(app.platform, { system: systemId, kind: 'lgsp', secret: lgspSecret }, byAxis);
  await rotateCredential(app.platform, { system: systemId, kind: 'api_secret', secret: apiSecret }, byAxis);
  const answer = await app.server.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...basic(systemId, apiSecret) },
    payload: 'grant_type=client_credentials',
  });
  token = answer.json<{ access_token: string }>().access_token;
  await addOperator(app.platform, { id: 'tester', secret: operatorSecret });
});
afterAll(() => app.close());

test('every endpoint has its row, and every row its endpoint', () => {
  expect(app.endpoints).toEqual(Object.keys(access).sort());
});

describe.each(callers)('$name', ({ is, headers }) => {
  test.each(Object.entries(access))('at %s, which is for %s', async (endpoint, who) => {
    expect(await isLetIn(endpoint, headers())).toBe(who === 'anyone' || who === is);
  });
});

let address = 0;

async function isLetIn(endpoint: string, headers: Headers): Promise<boolean> {
  const [method, url] = endpoint.split(' ') as [
    'GET' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS',
    string,
  ];
  const answer = await app.server.inject({
    method,
    url: url.replaceAll(/:\w+|\*/g, 'nothing'),
    // From elsewhere each time: failures of one address are answered more and more slowly.
    remoteAddress: `192.0.2.${++address % 250}`,
    headers: { ...(method !== 'GET' && { 'content-type': 'application/json' }), ...headers },
    ...(method !== 'GET' && { payload: '{}' }),
  });
  expect(answer.statusCode).not.toBe(429);
  expect(answer.statusCode).not.toBe(500);
  if (answer.statusCode === 401 || answer.statusCode === 403) return false;
  return !url.startsWith('/vxp') || !isRefusedByVxp(answer.body);
}

/** VXP refuses within HTTP 200; its text begins with our stable code. */
function isRefusedByVxp(body: string): boolean {
  const { ErrorDesc } = JSON.parse(body) as { ErrorDesc?: string };
  const code = /^[a-z]+\.[a-z_]+/.exec(ErrorDesc ?? '')?.[0];
  return code !== undefined && ['unauthenticated', 'forbidden'].includes(refusalEntry(code).kind);
}
