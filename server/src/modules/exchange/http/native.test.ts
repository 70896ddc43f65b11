/** The native API as a client of its own sees it. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Axis } from '../../../../../clients/typescript/src/index.ts';
import { writeLetter, writeReport } from '../../../../test/support/letters.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';

let world: World;
let commune: Axis & { readonly secret: string };
let ministry: Axis & { readonly secret: string };

beforeAll(async () => {
  world = await createWorld([
    { code: 'H64.31', oldCode: '000.00.31.H64', name: 'Ủy ban nhân dân xã Minh Sơn' },
    { code: 'G10', oldCode: '000.00.00.G10', name: 'Bộ Nông nghiệp và Môi trường' },
    { code: 'G12' },
  ]);
  await world.serve();
  [commune, ministry] = await Promise.all([world.api('H64.31'), world.api('G10')]);
});
afterAll(() => world.drop());

let number = 0;
const letter = (more: object = {}) => ({
  from: 'H64.31',
  to: ['G10'],
  number: String(++number),
  notation: 'UBND-VX',
  promulgatedOn: '2026-11-20',
  subject: 'V/v báo cáo tình hình tháng 11 năm 2026',
  attachments: [] as { upload: string; name?: string }[],
  ...more,
});
const pdf = Buffer.from('%PDF-1.7\n% công văn\n%%EOF\n');

describe('a document of fields and files', () => {
  test('reaches its receiver, who reads fields and files, and whose statuses the sender sees', async () => {
    const upload = await commune.upload(pdf, { name: 'công văn.pdf' });
    const docx = await commune.upload(Buffer.alloc(70_000, 'x'), { name: 'phụ lục.docx' });
    const sent = await commune.POST('/api/exchange/envelopes', {
      body: letter({ priority: 2, attachments: [{ upload }, { upload: docx, name: 'Phụ lục 1.docx' }] }),
    });
    expect(sent.response.status).toBe(201);
    const { id, receipt } = sent.data!;
    expect(receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);

    const { data: mailbox } = await ministry.GET('/api/exchange/deliveries');
    const [waiting] = mailbox!.deliveries.filter(({ envelopeId }) => envelopeId === id);
    expect(waiting).toMatchObject({ from: 'H64.31', to: 'G10', state: 'waiting', priority: 2 });
    const path = { delivery: waiting!.id };

    const { data: message } = await ministry.GET('/api/exchange/deliveries/{delivery}/message', {
      params: { path },
    });
    expect(message).toMatchObject({
      from: { code: 'H64.31', name: 'Ủy ban nhân dân xã Minh Sơn' },
      to: [{ code: 'G10', name: 'Bộ Nông nghiệp và Môi trường' }],
      subject: 'V/v báo cáo tình hình tháng 11 năm 2026',
      attachments: [
        { number: 1, name: 'công văn.pdf', type: 'application/pdf', sizeBytes: pdf.length },
        { number: 2, name: 'Phụ lục 1.docx', sizeBytes: 70_000 },
      ],
    });
    const file = await ministry.GET('/api/exchange/deliveries/{delivery}/attachments/{number}', {
      params: { path: { ...path, number: 1 } },
      parseAs: 'arrayBuffer',
    });
    expect(Buffer.from(file.data!)).toEqual(pdf);
    expect(file.response.headers.get('content-disposition')).toContain("UTF-8''c%C3%B4ng%20v%C4%83n.pdf");
    expect(file.response.headers.get('content-security-policy')).toContain('sandbox');

    const marked = await ministry.POST('/api/exchange/deliveries/{delivery}/marks', {
      params: { path },
      body: { mark: 'done' },
    });
    expect(marked.data).toMatchObject({ state: 'done', receipt: expect.any(String) });
    const status = await ministry.POST('/api/exchange/statuses', {
      body: { deliveryId: waiting!.id, code: '03', text: 'Đã vào sổ số 77' },
    });
    expect(status.response.status).toBe(201);

    const { data: seen } = await commune.GET('/api/exchange/envelopes/{envelope}', {
      params: { path: { envelope: id } },
    });
    expect(seen).toMatchObject({
      receipt,
      recipients: [
        {
          organisation: 'G10',
          state: 'done',
          status: { code: '03', name: 'Đã tiếp nhận', text: 'Đã vào sổ số 77' },
        },
      ],
    });
    const { data: timeline } = await commune.GET('/api/exchange/envelopes/{envelope}/timeline', {
      params: { path: { envelope: id } },
    });
    expect(timeline!.events.map(({ kind }) => kind)).toEqual([
      'exchange.accepted',
      'exchange.fetched',
      'exchange.done',
      'exchange.status_reported',
    ]);
  });

  test('looking at its parts ten times is one fetch', async () => {
    const upload = await commune.upload(pdf);
    const { data: sent } = await commune.POST('/api/exchange/envelopes', {
      body: letter({ attachments: [{ upload, name: 'a.pdf' }] }),
    });
    const { data: mailbox } = await ministry.GET('/api/exchange/deliveries');
    const { id } = mailbox!.deliveries.find(({ envelopeId }) => envelopeId === sent!.id)!;
    for (let times = 0; times < 10; times++) {
      const { response } = await ministry.GET('/api/exchange/deliveries/{delivery}/message', {
        params: { path: { delivery: id } },
      });
      expect(response.status).toBe(200);
    }
    const { rows } = await queryAsOwner('select fetch_count from exchange.delivery where id = $1', [id]);
    expect(rows).toEqual([{ fetch_count: 1 }]);
  });

  test.each([
    ['an upload of another system', 404, 'upload.unknown', async () => ministry.upload(pdf)],
    ['an upload that nobody made', 404, 'upload.unknown', async () => '0190c000-0000-7000-8000-000000000000'],
  ])('with %s is refused', async (_what, status, code, upload) => {
    const answer = await commune.POST('/api/exchange/envelopes', {
      body: letter({ attachments: [{ upload: await upload(), name: 'a.pdf' }] }),
    });
    expect([answer.response.status, answer.error?.code]).toEqual([status, code]);
  });

  test.each([
    ['in the name of somebody else', { from: 'G10' }, 403, 'exchange.not_your_organisation'],
    ['to nobody that is known', { to: ['X99'] }, 404, 'exchange.recipient_unknown'],
    ['with a subject of control characters', { subject: 'a\u0001' }, 400, 'http.request_invalid'],
    ['with a number longer than the rules allow', { number: '123456789012' }, 400, 'http.request_invalid'],
  ])('%s is refused, and leaves no envelope', async (_what, more, status, code) => {
    const before = await countEnvelopes();
    const answer = await commune.POST('/api/exchange/envelopes', { body: letter(more) });
    expect([answer.response.status, answer.error?.code]).toEqual([status, code]);
    expect(await countEnvelopes()).toBe(before);
  });

  test('names the recipients that could not be reached, and reaches the others', async () => {
    const { data } = await commune.POST('/api/exchange/envelopes', {
      body: letter({ to: ['G10', 'X99'] }),
      headers: { 'Accept-Language': 'en' },
    });
    expect(data!.refused).toEqual([
      { code: 'X99', reason: 'exchange.recipient_unknown', title: expect.stringContaining('directory') },
    ]);
  });
});

describe('a package of edXML', () => {
  test('goes as it is, and comes out byte for byte, also from the middle on', async () => {
    const bytes = await writeLetter({ from: 'H64.31', to: ['G10'], content: Buffer.alloc(100_000, '%PDF ') });
    const sent = await sendPackage(bytes);
    expect(sent.status).toBe(201);
    const { id } = (await sent.json()) as { id: string };
    const { data: mailbox } = await ministry.GET('/api/exchange/deliveries');
    const delivery = mailbox!.deliveries.find(({ envelopeId }) => envelopeId === id)!;
    const path = `/api/exchange/deliveries/${delivery.id}/content`;
    const whole = await call(ministry, path);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    expect(whole.headers.get('repr-digest')).toBe(
      `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`,
    );
    const rest = await call(ministry, path, { headers: { range: 'bytes=70000-' } });
    expect([rest.status, rest.headers.get('content-range')]).toEqual([
      206,
      `bytes 70000-${bytes.length - 1}/${bytes.length}`,
    ]);
    expect(Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(70_000))).toBe(true);
  });

  test('may come as a finished upload', async () => {
    const upload = await commune.upload(await writeLetter({ from: 'H64.31', to: ['G10'] }));
    const sent = await call(commune, `/api/exchange/packages?upload=${upload}`, { method: 'POST' });
    expect(sent.status).toBe(201);
  });

  test('of another media type is refused before it is read', async () => {
    const answer = await sendPackage(Buffer.from('{}'), { 'content-type': 'application/json' });
    expect([answer.status, await codeOf(answer)]).toEqual([415, 'api.media_type_unknown']);
  });

  test('may be a status', async () => {
    const bytes = await writeLetter({
      from: 'H64.31',
      to: ['G10'],
      documentId: 'H64.31,2026/11/20,s1/UBND-VP',
    });
    await sendPackage(bytes);
    const about = { from: 'H64.31', documentId: 'H64.31,2026/11/20,s1/UBND-VP' };
    const report = writeReport({ from: 'G10', about, code: '01', description: 'Đã đến' });
    const answer = await call(ministry, '/api/exchange/packages?kind=status', {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: report,
    });
    expect(answer.status).toBe(201);
  });
});

describe('Idempotency-Key', () => {
  const send = (key: string, body: object) =>
    call(commune, '/api/exchange/envelopes', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });

  test('a repeat gets the very bytes of the first answer', async () => {
    const body = letter();
    const [first, second] = [await send('k1', body), await send('k1', body)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(await second.text()).toBe(await first.text());
  });

  test('another request under it is refused with 422', async () => {
    await send('k2', letter());
    const other = await send('k2', letter());
    expect([other.status, await codeOf(other)]).toEqual([422, 'api.request_key_reused']);
  });

  test('of ten at once one is performed; the others hear "still at work" or its answer', async () => {
    const body = letter();
    const before = await countEnvelopes();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('k3', body)));
    expect(new Set(answers.map(({ status }) => status)).isSubsetOf(new Set([201, 409]))).toBe(true);
    const texts = await Promise.all(
      answers.filter(({ status }) => status === 201).map((each) => each.text()),
    );
    expect(new Set(texts).size).toBe(1);
    expect(await countEnvelopes()).toBe(before + 1);
  });

  test('a refusal does not use it up', async () => {
    const wrong = await send('k4', letter({ to: ['X99'] }));
    expect(wrong.status).toBe(404);
    expect((await send('k4', letter())).status).toBe(201);
  });

  test('of a system means nothing to another one', async () => {
    await send('k5', letter());
    const answer = await call(ministry, '/api/exchange/envelopes', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k5' },
      body: JSON.stringify(letter({ from: 'G10', to: ['H64.31'] })),
    });
    expect(answer.status).toBe(201);
  });

  test('a streamed package is known again by its bytes', async () => {
    const bytes = await writeLetter({ from: 'H64.31', to: ['G10'] });
    const headers = { 'idempotency-key': 'k6' };
    const [first, second] = [await sendPackage(bytes, headers), await sendPackage(bytes, headers)];
    expect(await second.text()).toBe(await first.text());
    const other = await sendPackage(await writeLetter({ from: 'H64.31', to: ['G10'] }), headers);
    expect([other.status, await codeOf(other)]).toEqual([422, 'api.request_key_reused']);
  });

  test('after 14 days it is free again', async () => {
    await send('k8', letter());
    await queryAsOwner(
      `update exchange.request_key set started_at = started_at - interval '13 days' where key = 'k8'`,
    );
    expect((await send('k8', letter())).status).toBe(422);
    await queryAsOwner(
      `update exchange.request_key set started_at = started_at - interval '2 days' where key = 'k8'`,
    );
    expect((await send('k8', letter())).status).toBe(201);
  });

  test('a claim whose process died is taken over after a minute', async () => {
    const body = letter();
    await send('k7', body);
    await queryAsOwner(
      `update exchange.request_key set answer = null, answer_status = null where key = 'k7'`,
    );
    expect((await send('k7', body)).status).toBe(409);
    await queryAsOwner(
      `update exchange.request_key set started_at = started_at - interval '2 minutes' where key = 'k7'`,
    );
    const again = await send('k7', body);
    expect([again.status, ((await again.json()) as { repeated: boolean }).repeated]).toEqual([200, true]);
  });
});

describe('pages', () => {
  test('of the mailbox follow each other without a gap, urgent mail first', async () => {
    const receiver = await world.api('G12');
    for (const priority of [0, 3, 0, 1, 0]) {
      await commune.POST('/api/exchange/envelopes', { body: letter({ to: ['G12'], priority }) });
    }
    const seen: { id: string; priority: number }[] = [];
    let after: string | undefined;
    do {
      const { data } = await receiver.GET('/api/exchange/deliveries', {
        params: { query: { limit: 2, ...(after !== undefined && { after }) } },
      });
      seen.push(...data!.deliveries);
      after = data!.next ?? undefined;
    } while (after !== undefined);
    expect(seen.map(({ priority }) => priority)).toEqual([3, 1, 0, 0, 0]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(5);
  });

  test('of what was sent come newest first, each once', async () => {
    const all: string[] = [];
    let after: string | undefined;
    do {
      const { data } = await commune.GET('/api/exchange/envelopes', {
        params: { query: { limit: 3, ...(after !== undefined && { after }) } },
      });
      all.push(...data!.envelopes.map(({ id }) => id));
      after = data!.next ?? undefined;
    } while (after !== undefined);
    expect(all.length).toBe(new Set(all).size);
    expect(all.length).toBe(await countEnvelopes("kind = 'document' and from_code like '%H64%'"));
  });

  test.each(['/api/exchange/envelopes', '/api/exchange/deliveries'])(
    '%s refuses a made-up place',
    async (path) => {
      const answer = await call(commune, `${path}?after=abc`);
      expect([answer.status, await codeOf(answer)]).toEqual([400, 'api.cursor_malformed']);
    },
  );
});

test('recipients are found by name and by any code', async () => {
  const { data } = await commune.GET('/api/exchange/organisations', {
    params: { query: { search: 'nong nghiep' } },
  });
  expect(data!.organisations).toMatchObject([{ code: 'G10', oldCode: '000.00.00.G10' }]);
  const one = await commune.GET('/api/exchange/organisations/{code}', {
    params: { path: { code: '000.00.00.G10' } },
  });
  expect(one.data).toMatchObject({ code: 'G10', name: 'Bộ Nông nghiệp và Môi trường' });
});

test('13 goes from the sender to a receiver by naming the document', async () => {
  const body = letter();
  await commune.POST('/api/exchange/envelopes', { body });
  const documentId = `H64.31,2026/11/20,${body.number}/UBND-VX`;
  const asked = await commune.POST('/api/exchange/statuses', {
    body: { from: 'H64.31', document: { organisation: 'G10', documentId }, code: '13', text: 'Gửi nhầm' },
  });
  expect(asked.response.status).toBe(201);
  const unclear = await commune.POST('/api/exchange/statuses', { body: { code: '13' } });
  expect(unclear.error?.code).toBe('api.status_about_unclear');
});

async function call(client: Axis & { readonly secret: string }, path: string, init: RequestInit = {}) {
  const token = await tokenOf(client);
  return fetch(`${world.rootUrl()}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as object) },
  });
}

function sendPackage(bytes: Buffer, headers: object = {}) {
  return call(commune, '/api/exchange/packages', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', ...headers },
    body: new Uint8Array(bytes),
  });
}

const tokens = new Map<string, string>();

async function tokenOf(client: { readonly secret: string }): Promise<string> {
  const known = tokens.get(client.secret);
  if (known !== undefined) return known;
  const { id } = world.credentials(client === ministry ? 'G10' : 'H64.31');
  const answer = await fetch(`${world.rootUrl()}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: client.secret,
    }),
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  tokens.set(client.secret, access_token);
  return access_token;
}

async function codeOf(answer: Response): Promise<string> {
  return ((await answer.json()) as { code: string }).code;
}

async function countEnvelopes(where = "kind = 'document'"): Promise<number> {
  const { rows } = await queryAsOwner(
    `select count(*)::integer as count from exchange.envelope where ${where}`,
  );
  return (rows[0] as { count: number }).count;
}

async function queryAsOwner(text: string, values: unknown[] = []): Promise<{ rows: unknown[] }> {
  const { Client } = await import('pg');
  const owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
  try {
    return await owner.query(text, values);
  } finally {
    await owner.end();
  }
}
