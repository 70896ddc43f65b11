/**
 * X10 by the native API and by LGSP: a stranger with credentials of its own asks everything that there is to ask, with every
 * id of the others. The endpoints are those of the committed OpenAPI description, so a new one is asked as well.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeEvents } from '#exchange';
import { watchDeadlines } from '../../src/modules/exchange/duties/watch-deadlines.ts';
import { arbitraryOf } from '../support/arbitrary-of-schema.ts';
import type { JsonSchema } from '../support/arbitrary-of-schema.ts';
import { acceptedAt, followAll, rowsOf } from '../support/following.ts';
import { documentIdOf, writeLetter, writeReport } from '../support/letters.ts';
import type { LgspClient } from '../support/lgsp-client.ts';
import { receiveAll } from '../support/receive.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}
interface Description {
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const description = JSON.parse(
  readFileSync(new URL('../../../openapi/exchange.json', import.meta.url), 'utf8'),
) as Description;
const operations = Object.entries(description.paths)
  .filter(([path]) => path.startsWith('/api/exchange/'))
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
const ofOneThing = operations.filter(({ path }) => path.includes('{') && !path.includes('{code}'));

/** Words that only the two sides of the letters know. */
const secretWords = [
  'thanh-tra-dot-xuat',
  'noi-dung-ben-trong',
  'da-vao-so-mat-1907',
  'phu-luc-rieng.pdf',
  'duong-dan-rieng',
];
const [subject, content, reason, fileName] = secretWords as [string, string, string, string];

let world: World;
/** Every id that the others have anything under, and some that nobody has. */
let ids: string[];
let bearer: string;
let lgsp: LgspClient;

beforeAll(async () => {
  world = await createWorld([{ code: 'H64.31' }, { code: 'G10' }, { code: 'G99' }]);
  await world.serve();
  const commune = world.client('H64.31');
  const late = { from: 'H64.31', to: ['G10', 'X99'], number: '1', subject, content: Buffer.from(content) };
  const { answer } = await commune.sendEdoc(await writeLetter(late));
  await acceptedAt(world, answer.DocId!, { at: '2026-06-01T09:00:00+07', datedOn: '2026-03-02' });
  await receiveAll(world.client('G10'));
  const about = { from: 'H64.31', documentId: documentIdOf({ from: 'H64.31', number: '1' }) };
  const report = writeReport({ from: 'G10', about, code: '03', description: reason });
  await world.client('G10').sendEdoc(report, { kind: 'status' });
  await commune.sendEdoc(await writeLetter({ ...late, to: ['G10'], number: '2' }));
  const api = await world.api('H64.31');
  await api.upload(Buffer.from(content), { name: fileName });
  await api.POST('/api/exchange/webhooks', {
    body: { url: 'http://127.0.0.1:65000/duong-dan-rieng', description: reason },
  });
  await followAll(world);
  while ((await watchDeadlines(world.platform)) > 0);
  await makeEvents(world.exchange);

  const found = await rowsOf<{ id: string }>(
    world,
    `select id from exchange.envelope union select id from exchange.delivery union select id from evidence.entry
     union select package_id from exchange.envelope union select organisation_id from exchange.envelope
     union select subject_id from exchange.duty union select id from upload.upload
     union select id from exchange.webhook`,
  );
  ids = [...found.map(({ id }) => id), randomUUID(), 'khong-phai-ma', "' or true --"];
  bearer = await tokenOf('G99');
  lgsp = await world.lgspClient('G99');
});
afterAll(() => world.drop());

test('there are secrets to find: duties that are late, uploads, webhooks, events', async () => {
  const counts = await rowsOf<Record<string, number>>(
    world,
    `select (select count(*)::int from exchange.duty where is_late) as late,
       (select count(*)::int from upload.upload) as uploads,
       (select count(*)::int from exchange.webhook) as webhooks,
       (select count(*)::int from exchange.event) as events`,
  );
  for (const count of Object.values(counts[0]!)) expect(count).toBeGreaterThan(0);
  expect(ofOneThing.length).toBeGreaterThan(8);
});

describe('through the native API', () => {
  test.each(ofOneThing.map(({ method, path, operation }) => ({ method, path, operation })))(
    '$method $path gives a stranger nothing, whatever id is named',
    async ({ method, path, operation }) => {
      const before = await stateOfOthers();
      for (const id of ids) {
        const [request] = fc.sample(bodyOf(operation), 1);
        const answer = await ask(
          method,
          path.replace('{number}', '1').replace(/\{\w+\}/, escaped(id)),
          request,
        );
        // To remove what is not there is to find it removed.
        expect(method === 'DELETE' ? [204, 400, 404] : [400, 404, 422]).toContain(answer.status);
        expectNoSecret(answer.text);
      }
      expect(await stateOfOthers()).toEqual(before);
    },
  );

  test.each(operations.filter(({ method, path }) => method === 'GET' && !path.includes('{')))(
    '$path lists nothing of the others, whatever is asked for beside',
    async ({ path, operation }) => {
      if (path.endsWith('/organisations')) return;
      const names = (operation.parameters ?? [])
        .filter((each) => each.in === 'query')
        .map(({ name }) => name);
      const queries = ['', ...names.flatMap((name) => ids.map((id) => `?${name}=${escaped(id)}`))];
      if (names.includes('documentId')) {
        queries.push(`?documentId=${escaped(documentIdOf({ from: 'H64.31', number: '1' }))}`);
      }
      for (const query of queries) {
        const { status, text } = await ask('GET', `${path}${query}`);
        expect([200, 400, 404, 410]).toContain(status);
        expectNoSecret(text);
        if (status !== 200) continue;
        const lists = Object.values(JSON.parse(text) as Record<string, unknown>).filter(Array.isArray);
        expect(lists).toEqual(lists.map(() => []));
      }
    },
  );

  test('an upload of somebody else is neither seen, continued, dropped nor sent', async () => {
    const before = await stateOfOthers();
    const [upload] = await rowsOf<{ id: string }>(world, 'select id from upload.upload');
    const path = `/api/exchange/uploads/${upload!.id}`;
    const tus = { 'Tus-Resumable': '1.0.0' };
    const piece = { ...tus, 'Upload-Offset': '18', 'content-type': 'application/offset+octet-stream' };
    for (const [method, headers] of [
      ['HEAD', tus],
      ['DELETE', tus],
      ['PATCH', piece],
    ] as const) {
      const answer = await ask(method, path, method === 'PATCH' ? Buffer.from('x') : undefined, headers);
      expect(answer.status).toBe(404);
      expectNoSecret(answer.text);
    }
    expect((await ask('POST', `/api/exchange/packages?upload=${upload!.id}`)).status).toBe(404);
    expect(await stateOfOthers()).toEqual(before);
  });

  test('nobody speaks about the letter of others: neither as its sender nor as its receiver', async () => {
    const before = await stateOfOthers();
    const documentId = documentIdOf({ from: 'H64.31', number: '1' });
    for (const code of ['03', '13', '15', '16']) {
      for (const from of ['G99', 'H64.31', 'G10']) {
        const document = { organisation: from === 'G10' ? 'H64.31' : 'G10', documentId };
        const body = { from, document, code, text: 'thử' };
        const answer = await ask('POST', '/api/exchange/statuses', body);
        expect([403, 404, 409, 422]).toContain(answer.status);
        expectNoSecret(answer.text);
      }
    }
    expect(await stateOfOthers()).toEqual(before);
  });
});

test('through LGSP, no id gives a stranger anything, and nothing of the others changes', async () => {
  const before = await stateOfOthers();
  for (const id of ids) {
    for (const { answer, body } of [
      await lgsp.getEdoc(id),
      await lgsp.updateStatus(id, 'done'),
      await lgsp.updateStatus(id, 'fail'),
    ]) {
      expect(answer.success).toBe(false);
      expectNoSecret(body.toString());
    }
  }
  for (const kind of ['edoc', 'status']) {
    expect((await lgsp.getReceivedEdocList(kind)).answer.data ?? []).toEqual([]);
    expect((await lgsp.syncReceivedEdocList(kind)).answer.data ?? []).toEqual([]);
  }
  expect(await stateOfOthers()).toEqual(before);
});

/** Something that the description allows, so that the request reaches the question whose the thing is. */
function bodyOf(operation: Operation): fc.Arbitrary<unknown> {
  const json = operation.requestBody?.content['application/json'];
  const resolve = (reference: string) =>
    description.components.schemas[reference.slice('#/components/schemas/'.length)]!;
  return json ? arbitraryOf(json.schema, resolve) : fc.constant(undefined);
}

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${world.rootUrl()}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

function expectNoSecret(text: string): void {
  for (const word of secretWords) expect(text).not.toContain(word);
}

function escaped(id: string): string {
  return encodeURIComponent(id);
}

async function stateOfOthers(): Promise<unknown> {
  return Promise.all(
    [
      'select * from exchange.sent_recipient order by envelope_id, ordinal',
      'select * from exchange.delivery order by id',
      'select * from exchange.duty order by subject_id, rule',
      'select * from upload.upload order by id',
      'select id, url, description, secret, former_secret from exchange.webhook order by id',
    ].map((text) => rowsOf(world, text)),
  );
}

async function tokenOf(code: string): Promise<string> {
  const { secret } = await world.api(code);
  const answer = await fetch(`${world.rootUrl()}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: world.credentials(code).id,
      client_secret: secret,
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
