/**
 * The shape of the conversation, with an axis of this file's own behind it; that documents really travel is tested
 * with the real one in `vxp.test.ts`.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultQuota } from '#directory';
import { createServer } from '#foundation/http';
import { newId } from '#foundation/ids';
import { createVxpClient } from '../../../../test/support/vxp-client.ts';
import type { VxpClient } from '../../../../test/support/vxp-client.ts';
import { refuse as refuseInExchange } from '../refusals.ts';
import type { Axis } from '../axis.ts';
import { createQuotaGate } from '../quota-gate.ts';
import { serveVxp } from './routes.ts';

const secret = 'khoa-bi-mat-thu-nghiem-0001';
const madeAt = Temporal.PlainDateTime.from('2026-03-09T07:05:03.041');
const systemId = newId<'system'>();
const deliveryId = newId<'delivery'>();
const content = Buffer.from('<edXML>Văn bản</edXML>');
const at = Temporal.Instant.from('2026-03-09T00:05:03.041Z');

/** Takes what comes and notes it. */
const sends: { from: string | undefined; body: Buffer; isAsAnnounced: boolean }[] = [];
let cutUploads = 0;
const gate = createQuotaGate({ assertAccepting: () => Promise.resolve() });
const axis: Axis = {
  takeRequest: (caller) => gate.takeRequest(caller),
  findSystem: (externalId) =>
    Promise.resolve(
      externalId === 'vxp.thu.01'
        ? {
            systemId,
            externalId,
            name: 'Hệ thống thử',
            state: 'active',
            credentials: {
              vxp: [{ credentialId: newId<'credential'>(), secret }],
              lgsp: [],
              api_secret: [],
              api_key: [],
            },
            speaksFor: [],
            receivesFor: [],
            normalisesOutgoing: false,
            parentCode: null,
            quota: defaultQuota,
          }
        : undefined,
    ),
  async send(_caller, request) {
    if (request.from === 'H99') throw refuseInExchange('not_your_organisation', { code: 'H99' });
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request.body) {
        chunks.push(chunk);
        if (request.from === 'H97') throw refuseInExchange('state_secret');
      }
    } catch (error) {
      cutUploads += 1;
      throw error;
    }
    const body = Buffer.concat(chunks);
    const isAsAnnounced = request.expectedDigest!(createHash('sha256').update(body).digest());
    sends.push({ from: request.from, body, isAsAnnounced });
    return {
      envelopeId: newId<'envelope'>(),
      receipt: 'e30.e30.c2ln',
      repeated: false,
      refused: [{ code: 'H98', reason: 'exchange.recipient_unknown' }],
    };
  },
  countWaiting: (_caller, kind) => Promise.resolve(kind === 'document' ? 2 : 1),
  listWaiting: () =>
    Promise.resolve([
      {
        deliveryId,
        envelopeId: newId<'envelope'>(),
        kind: 'document',
        fromCode: 'G12',
        toCode: '000.00.13.H53',
        documentId: 'd',
        subject: null,
        priority: 0,
        state: 'fetched',
        acceptedAt: at,
        changedAt: at,
        sizeBytes: content.length,
        digest: Buffer.alloc(32, 1),
      },
    ]),
  fetchDelivery(_caller, id) {
    const failure = id === 'gone' ? new Error('the disk is gone') : undefined;
    return Promise.resolve({
      deliveryId,
      kind: 'document',
      sizeBytes: content.length,
      digest: Buffer.alloc(32),
      receipt: 'r.r.r',
      content: (async function* () {
        if (failure) throw failure;
        yield content;
      })(),
    });
  },
  markDelivery: () => Promise.resolve({ state: 'done', receipt: 'm.m.m' }),
  readTimeline: () => Promise.resolve([]),
  readOnward: () => Promise.resolve({ recipients: 0, reached: 0, counts: [] }),
  listSent: () =>
    Promise.resolve([
      {
        envelopeId: newId<'envelope'>(),
        deliveryId,
        kind: 'document',
        fromCode: 'G12',
        toCode: 'H53',
        toName: 'Sở',
        documentId: 'd',
        subject: 'V/v kết nối',
        number: '12',
        notation: 'BTC-VP',
        promulgatedOn: '2026/11/20',
        acceptedAt: at,
        fetchedAt: at,
        doneAt: null,
        state: 'fetched',
        refusal: null,
        businessStatus: '03',
        businessStatusAt: at,
        businessStatusText: 'Đã tiếp nhận',
        overdueAt: null,
        takingBack: null,
      },
      {
        envelopeId: newId<'envelope'>(),
        deliveryId: null,
        kind: 'document',
        fromCode: 'G12',
        toCode: 'H98',
        toName: '',
        documentId: 'd',
        subject: null,
        number: null,
        notation: null,
        promulgatedOn: null,
        acceptedAt: at,
        fetchedAt: null,
        doneAt: null,
        state: 'refused',
        refusal: { code: 'exchange.recipient_unknown', sentence: 'Không có.' },
        businessStatus: null,
        businessStatusAt: null,
        businessStatusText: null,
        overdueAt: null,
        takingBack: null,
      },
    ]),
  listOrganisations: () => Promise.resolve([]),
  registerOrganisation: () =>
    Promise.resolve({ outcome: 'pending', requestId: newId<'registration-request'>() }),
  endOrganisation: () => Promise.resolve({ outcome: 'ended', organisationId: newId<'organisation'>() }),
};

async function listen(answers: Partial<Axis> = {}): Promise<{ baseUrl: string; close(): Promise<unknown> }> {
  const server = await createServer();
  const altered = { ...axis, ...answers };
  await server.register((scope) => Promise.resolve(serveVxp(scope, altered)), { prefix: '/vxp' });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/vxp`, close: () => server.close() };
}

let baseUrl = '';
let server: Awaited<ReturnType<typeof listen>>;
let client: VxpClient;

beforeAll(async () => {
  server = await listen();
  ({ baseUrl } = server);
  client = createVxpClient({ baseUrl, systemId: 'vxp.thu.01', secret, madeAt });
});

afterAll(async () => {
  client.close();
  await server.close();
});

test('one client object makes all its calls, and what earlier calls left in its headers disturbs none', async () => {
  const answers = [
    await client.getAgenciesList(),
    await client.getAgenciesListQD20('1'),
    await client.getSynchronizeUnit(),
    await client.registerAgency({
      id: '',
      pcode: 'H22',
      code: 'H22.01',
      name: 'Xã thử',
      mail: '',
      mobile: '',
      fax: '',
    }),
    await client.deleteAgency('H22.01'),
    await client.getReceivedEdocList('edoc'),
    await client.sendEdoc(content, { from: 'G12' }),
    await client.getSentEdocList('edoc'),
    await client.getEdoc(deliveryId),
    await client.downloadEdoc(deliveryId),
    await client.updateStatus(deliveryId, 'done'),
    await client.countReceiveEdoc('POST'),
    await client.countReceiveStatus('GET'),
  ];
  for (const { httpStatus, answer, headers } of answers) {
    expect(httpStatus).toBe(200);
    if (headers['content-type'] === 'application/octet-stream') continue;
    expect(answer).toMatchObject({ status: 'OK', ErrorCode: '0' });
  }
});

describe('sendEdoc', () => {
  test('hands over the raw file, answers with the id and carries the receipt in a header', async () => {
    const { answer, receipt } = await client.sendEdoc(content, { from: 'G12' });
    expect(sends.at(-1)).toEqual({ from: 'G12', body: content, isAsAnnounced: true });
    expect(answer.DocId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer['refused']).toEqual([{ code: 'H98', reason: 'exchange.recipient_unknown' }]);
    expect(receipt).toBe('e30.e30.c2ln');
  });

  test('streams what is larger than any buffer', async () => {
    const large = Buffer.alloc(3_000_000, 'Việt ');
    await client.sendEdoc(large, { from: 'G12', asForm: true });
    expect(sends.at(-1)?.body.equals(large)).toBe(true);
    expect(sends.at(-1)?.isAsAnnounced).toBe(true);
  });

  test('takes the file from the part file_doc of a form; the digest is of the file', async () => {
    await client.sendEdoc(content, { from: 'G12', asForm: true });
    expect(sends.at(-1)).toEqual({ from: 'G12', body: content, isAsAnnounced: true });
  });

  test('refuses by the headers without asking for the body', async () => {
    const refused = await client.sendEdoc(content, { from: 'H99', expectContinue: true });
    expect(refused.wasAskedToContinue).toBe(false);
    expect(refused.headers.connection).toBe('close');
    expect(refused.answer).toMatchObject({ status: 'FAIL', ErrorCode: '19' });
    const accepted = await client.sendEdoc(content, { from: 'G12', expectContinue: true });
    expect(accepted.wasAskedToContinue).toBe(true);
    expect(accepted.answer.status).toBe('OK');
  });

  test('a client that writes all before it reads still gets the refusal of a large upload', async () => {
    const refused = await client.sendEdoc(Buffer.alloc(20_000_000), { from: 'H99' });
    expect(refused.answer.ErrorDesc).toMatch(/^exchange\.not_your_organisation: /);
  });

  test.each([60_000, 5_000_000])(
    'a refusal in the middle of %i bytes hurts no later request',
    async (sizeBytes) => {
      const single = createVxpClient({ baseUrl, systemId: 'vxp.thu.01', secret, madeAt, connections: 1 });
      for (let round = 0; round < 3; round++) {
        const { answer } = await single.sendEdoc(Buffer.alloc(sizeBytes), { from: 'H97' });
        expect(answer.ErrorDesc).toMatch(/^exchange\.state_secret: /);
        expect((await single.countReceiveEdoc()).answer.status).toBe('OK');
      }
      single.close();
    },
  );

  test('an upload that is cut ends at once, and the next one is unhurt', async () => {
    const before = cutUploads;
    await expect(
      client.sendEdoc(Buffer.alloc(500_000), { from: 'G12', cutAfterBytes: 100_000 }),
    ).rejects.toThrow();
    await expect.poll(() => cutUploads).toBe(before + 1);
    expect((await client.sendEdoc(content, { from: 'G12' })).answer.status).toBe('OK');
  });
});

test('lists speak in the words of the SDK, in Vietnam time', async () => {
  const received = (await client.getReceivedEdocList('edoc')).answer.data;
  expect(received).toEqual([
    {
      docId: deliveryId,
      serviceType: 'eDoc',
      messageType: 'edoc',
      created_time: '2026/03/09 07:05:03',
      updated_time: '2026/03/09 07:05:03',
      from: 'G12',
      to: '000.00.13.H53',
      status: 'PROCESSING',
      status_desc: 'Bên nhận đã lấy về, chưa xác nhận',
      contentSha256: '01'.repeat(32),
      contentLength: content.length,
      title: '',
    },
  ]);
  const [reached, refused] = (await client.getSentEdocList('edoc')).answer.data as Record<string, string>[];
  expect(reached).toMatchObject({
    receiverDocId: deliveryId,
    title: 'V/v kết nối',
    notation: '12/BTC-VP',
    sentTime: '2026/03/09 07:05:03',
    receivedTime: '2026/03/09 07:05:03',
    sendStatus: 'DONE',
    receiveStatus: 'PROCESSING',
    businessStatus: '03',
    businessStatusDesc: 'Đã tiếp nhận',
    businessStatusTime: '2026/03/09 07:05:03',
  });
  expect(refused).toMatchObject({
    receiverDocId: '',
    sendStatus: 'FAIL',
    receiveStatus: 'FAIL',
    receiveStatusDesc: 'exchange.recipient_unknown: Không có.',
  });
});

test('a package is fetched in base64 or raw, with the receipt of the handing out', async () => {
  const inJson = await client.getEdoc(deliveryId);
  expect(Buffer.from(String(inJson.answer.data), 'base64')).toEqual(content);
  expect(inJson.receipt).toBe('r.r.r');
  const raw = await client.downloadEdoc(deliveryId);
  expect(raw.body).toEqual(content);
  expect(raw.receipt).toBe('r.r.r');
  expect((await client.updateStatus(deliveryId, 'done')).receipt).toBe('m.m.m');
});

describe('refused, with 200 and FAIL, the code first in ASCII', () => {
  test('a wrong secret exactly as an unknown system', async () => {
    const stranger = createVxpClient({ baseUrl, systemId: 'khong.co', secret, madeAt });
    const impostor = createVxpClient({ baseUrl, systemId: 'vxp.thu.01', secret: 'sai', madeAt });
    const [one, other] = [await stranger.countReceiveEdoc(), await impostor.countReceiveEdoc()];
    expect(one.httpStatus).toBe(200);
    expect(one.answer).toMatchObject({ status: 'FAIL', ErrorCode: '15' });
    expect(one.answer.ErrorDesc).toMatch(/^vxp\.wrong_credentials: Sai/);
    expect(other.body).toEqual(one.body);
    expect(Object.keys(other.headers)).toEqual(Object.keys(one.headers));
    stranger.close();
    impostor.close();
  });

  test('an address that failed too often, while others are served', async () => {
    const other = await listen();
    const impostor = createVxpClient({
      baseUrl: other.baseUrl,
      systemId: 'vxp.thu.01',
      secret: 'sai',
      madeAt,
    });
    for (let attempt = 0; attempt < 200; attempt++) await impostor.countReceiveEdoc();
    const { answer, headers } = await impostor.countReceiveEdoc();
    expect(answer.ErrorDesc).toMatch(/^http\.too_many_attempts: /);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    impostor.close();
    await other.close();
  });

  test('a system that asks faster than its quota', async () => {
    let left = 2;
    const other = await listen({
      takeRequest: () => (left-- > 0 ? { ok: true } : { ok: false, retryAfterSeconds: 10 }),
    });
    const eager = createVxpClient({ baseUrl: other.baseUrl, systemId: 'vxp.thu.01', secret, madeAt });
    expect((await eager.countReceiveEdoc()).answer.status).toBe('OK');
    expect((await eager.countReceiveEdoc()).answer.status).toBe('OK');
    const { httpStatus, answer, headers } = await eager.countReceiveEdoc();
    expect(httpStatus).toBe(503);
    expect(answer.ErrorDesc).toMatch(/^vxp\.too_many_requests: .* 10 giây/);
    expect(headers['retry-after']).toBe('10');
    eager.close();
    await other.close();
  });

  test('a repeated header', async () => {
    const { answer } = await client.call(
      'getAgenciesList',
      {},
      {
        changeHeaders: (headers) => [...headers, ['XroadVnpt-systemid', 'vxp.thu.02']],
      },
    );
    expect(answer.ErrorDesc).toMatch(/^vxp\.header_repeated: /);
  });

  test('parameters that are none of the allowed', async () => {
    expect((await client.updateStatus(deliveryId, 'read')).answer).toMatchObject({
      ErrorCode: '22',
      ErrorDesc: 'vxp.parameter_invalid: Giá trị của status không hợp lệ; chấp nhận: processing, done, fail.',
    });
    const page = await client.getReceivedEdocList('edoc', { pageSize: '0', pageIndex: '1' });
    expect(page.answer.ErrorDesc).toMatch(/^vxp\.parameter_invalid: /);
    const fresh = createVxpClient({ baseUrl, systemId: 'vxp.thu.01', secret, madeAt });
    const dated = await fresh.getReceivedEdocList('edoc', { fromDate: '2026/02/31' });
    expect(dated.answer.ErrorDesc).toMatch(/^vxp\.parameter_invalid: /);
    fresh.close();
  });

  test('a registration that is no JSON of an agency', async () => {
    const { answer } = await client.registerAgency({ pcode: 'H22' });
    expect(answer.ErrorDesc).toMatch(/^vxp\.body_invalid: .*code, name/);
  });

  test('a path or method that is none', async () => {
    const { answer } = await client.call('deleteAll', {});
    expect(answer.ErrorDesc).toMatch(/^vxp\.operation_unknown/);
    // Not 20, the trouble of the axis: that would be tried again for ever.
    expect(answer.ErrorCode).toBe('22');
    const got = await client.call('sendEdoc', {}, { method: 'GET' });
    expect(got.httpStatus).toBe(404);
    expect(got.answer.status).toBe('FAIL');
  });

  test('a Content-Type that is none', async () => {
    const { httpStatus, answer } = await client.call(
      'updateStatus',
      { docId: 'x', status: 'done' },
      {
        contentType: 'khong',
        body: Buffer.from('{}'),
      },
    );
    expect(httpStatus).toBe(200);
    expect(answer.ErrorDesc).toMatch(/^vxp\.request_malformed: /);
  });

  test('a body where none belongs', async () => {
    const { answer } = await client.call('getAgenciesList', {}, { body: Buffer.alloc(1_000_000) });
    expect(answer.ErrorDesc).toMatch(/^vxp\.body_too_large/);
  });
});

test('what is registered but waits for an operator is answered so', async () => {
  const { answer } = await client.registerAgency({ pcode: 'H22', code: 'H22.02', name: 'Xã thử' });
  expect(answer).toMatchObject({ status: 'OK', ErrorCode: '0' });
  expect(answer.ErrorDesc).toMatch(/chờ quản trị trục/);
});

test('our own trouble is 503 and says when to come back', async () => {
  const { httpStatus, answer, headers } = await client.getEdoc('gone');
  expect(httpStatus).toBe(503);
  expect(headers['retry-after']).toBe('30');
  expect(answer).toMatchObject({ status: 'FAIL', ErrorCode: '20' });
  expect(answer.ErrorDesc).toMatch(/^vxp\.unavailable: /);
});

test('64 KB of left-over headers are read', async () => {
  const old = createVxpClient({ baseUrl, systemId: 'vxp.thu.01', secret, madeAt });
  const { answer } = await old.call(
    'getAgenciesList',
    Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`cu${index}`, 'x'.repeat(400)])),
  );
  expect(answer.status).toBe('OK');
  old.close();
});

test('an answer before the body does not confuse the next request of a connection', async () => {
  const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /vxp/updateStatus HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}');
  socket.write('POST /vxp/countReceiveEdoc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});
