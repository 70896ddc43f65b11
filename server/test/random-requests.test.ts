/**
 * Every endpoint of every OpenAPI file, asked with random requests made from its own description: right ones, spoiled ones,
 * with the right credentials, wrong ones and none. No answer is a 5xx, no status and no code is undocumented, and every
 * JSON answer is what the description says. A failure prints its seed: RANDOM_SEED=… runs it again, RANDOM_RUNS=… asks more.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOperator, addOrganisation, addSystem, assignOrganisation, rotateCredential } from '#directory';
import { listRefusals } from '#foundation/refusal';
import { arbitraryOf, spoiled, type JsonSchema } from './support/arbitrary-of-schema.ts';
import { composeApp, type ComposedApp } from './support/composed-app.ts';
import { writeLetter } from './support/letters.ts';

const seed = Number(process.env['RANDOM_SEED'] ?? 20_261_122);
const runsEach = Number(process.env['RANDOM_RUNS'] ?? 20);

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>
  >;
}
interface Description {
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const folder = fileURLToPath(new URL('../../openapi/', import.meta.url));
const descriptions = readdirSync(folder).map(
  (file) => [file, JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Description] as const,
);
const codes = new Set<string>();

let app: ComposedApp;
let token = '';
let letter: Buffer;
/** Ids that exist, so that a request gets further than "not found". */
let known: string[] = [];

const by = { method: 'axis' } as const;
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const systemId = 'random.01';
const apiSecret = 'bi-mat-cua-giao-dien-lap-trinh-0001-abcdefghij';
const operatorSecret = 'nguoi-van-hanh-thu-nghiem-0001';

beforeAll(async () => {
  app = await composeApp();
  const { platform, server } = app;
  await addOrganisation(platform, { code: '00.01.W00', name: 'Trục', kind: 'axis' }, by);
  for (const code of ['H37', 'G10']) await addOrganisation(platform, { code, name: `Cơ quan ${code}` }, by);
  await addSystem(platform, { externalId: systemId, name: 'Thử', parentCode: 'H37' }, by);
  for (const code of ['H37', 'G10']) {
    await assignOrganisation(platform, { system: systemId, code, receives: true }, by);
  }
  await rotateCredential(platform, { system: systemId, kind: 'api_secret', secret: apiSecret }, by);
  await addOperator(platform, { id: 'tester', secret: operatorSecret });
  const issued = await server.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: basic(systemId, apiSecret),
    },
    payload: 'grant_type=client_credentials',
  });
  token = issued.json<{ access_token: string }>().access_token;
  letter = await writeLetter({ from: 'H37', to: ['G10'] });
  const bearer = { authorization: `Bearer ${token}` };
  const sent = await server.inject({
    method: 'POST',
    url: '/api/exchange/packages',
    headers: { ...bearer, 'content-type': 'application/octet-stream' },
    payload: letter,
  });
  expect(sent.statusCode).toBe(201);
  const mailbox = await server.inject({ url: '/api/exchange/deliveries', headers: bearer });
  const { deliveries } = mailbox.json<{ deliveries: { id: string }[] }>();
  known = [sent.json<{ id: string }>().id, ...deliveries.map(({ id }) => id), 'H37', 'G10', systemId];
  for (const [code] of listRefusals()) codes.add(code);
});
afterAll(() => app.close());

describe.each(descriptions)('%s', (_file, description) => {
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  );
  test('there is something to ask', () => expect(operations.length).toBeGreaterThan(0));

  test.each(operations)('%s', async (name, operation) => {
    const [method = '', path = ''] = name.split(' ');
    await fc.assert(
      fc.asyncProperty(requestOf(description, operation), async (request) => {
        const answer = await ask(method, path, request);
        expectDocumented(description, operation, answer);
      }),
      { seed, numRuns: runsEach, endOnFailure: true },
    );
  });
});

interface RandomRequest {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly locations: Readonly<Record<string, string>>;
  readonly body: { readonly type: string; readonly value: unknown } | undefined;
  readonly credentials: 'right' | 'wrong' | 'none';
}

function requestOf(description: Description, operation: Operation): fc.Arbitrary<RandomRequest> {
  const resolve = (reference: string) =>
    description.components.schemas[reference.slice('#/components/schemas/'.length)]!;
  const parameters = operation.parameters ?? [];
  const each = parameters.map(({ name, in: location, required, schema }) => {
    const right = arbitraryOf(schema, resolve);
    const existing = fc.constantFrom(0, 1, 2, 3, 4).map((index) => known[index % known.length]);
    const value =
      location === 'path'
        ? fc.oneof(right, existing, spoiled(right))
        : fc.oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: spoiled(right) });
    return [name, required || location === 'path' ? value : fc.option(value, { nil: undefined })] as const;
  });
  const [content] = Object.entries(operation.requestBody?.content ?? {});
  return fc.record({
    parameters: fc.record(Object.fromEntries(each)),
    locations: fc.constant(Object.fromEntries(parameters.map(({ name, in: location }) => [name, location]))),
    body: content ? bodyOf(content[0], arbitraryOf(content[1].schema, resolve)) : fc.constant(undefined),
    credentials: fc.constantFrom('right', 'right', 'right', 'right', 'wrong', 'none'),
  });
}

function bodyOf(type: string, right: fc.Arbitrary<unknown>): fc.Arbitrary<RandomRequest['body']> {
  if (type === 'application/octet-stream') {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 500 }).map((content) => Buffer.from(content)),
      fc.nat().map((place) => changedLetter(place)),
    );
    return bytes.map((value) => ({ type, value }));
  }
  return fc
    .oneof({ weight: 3, arbitrary: right }, { weight: 2, arbitrary: spoiled(right) })
    .map((value) => ({ type, value }));
}

function changedLetter(place: number): Buffer {
  const changed = Buffer.from(letter);
  changed[place % changed.length]! ^= place % 8;
  return changed;
}

let address = 0;

async function ask(method: string, path: string, request: RandomRequest) {
  const of = (location: string) =>
    Object.entries(request.parameters).filter(
      ([name, value]) => request.locations[name] === location && value !== undefined,
    );
  let url = path;
  for (const [name, value] of of('path')) url = url.replace(`{${name}}`, encode(value));
  const query = of('query').map(([name, value]) => `${name}=${encode(value)}`);
  const headers = Object.fromEntries(
    of('header').map(([name, value]) => [
      name,
      textOf(value)
        .replaceAll(/[^ -~]/g, '')
        .slice(0, 300),
    ]),
  );
  const { body } = request;
  return app.server.inject({
    method: method as 'GET' | 'POST',
    url: query.length > 0 ? `${url}?${query.join('&')}` : url,
    // From elsewhere each time: failures of one address are answered more and more slowly.
    remoteAddress: `198.51.${Math.floor(++address / 250) % 250}.${address % 250}`,
    headers: {
      ...headers,
      ...(body && { 'content-type': body.type }),
      ...authorizationOf(path, request.credentials),
    },
    ...(body && { payload: payloadOf(body) }),
  });
}

function authorizationOf(path: string, credentials: RandomRequest['credentials']): Record<string, string> {
  if (credentials === 'none' || path.startsWith('/oauth')) return {};
  const isRight = credentials === 'right';
  return path.startsWith('/api/exchange')
    ? { authorization: `Bearer ${isRight ? token : 'eyJ.x.y'}` }
    : { authorization: basic('tester', isRight ? operatorSecret : 'x') };
}

function payloadOf({ type, value }: NonNullable<RandomRequest['body']>): string | Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (type === 'application/json') return JSON.stringify(value) ?? '';
  if (type !== 'application/x-www-form-urlencoded' || typeof value !== 'object') return textOf(value);
  return new URLSearchParams(
    Object.entries(value ?? {}).map(([name, each]): [string, string] => [name, textOf(each).toWellFormed()]),
  ).toString();
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
const encode = (value: unknown): string => encodeURIComponent(textOf(value).toWellFormed()) || '%20';

function expectDocumented(
  description: Description,
  operation: Operation,
  answer: Awaited<ReturnType<typeof ask>>,
): void {
  const status = answer.statusCode;
  const told = `${status} ${answer.body.slice(0, 300)}`;
  expect(status, told).toBeLessThan(500);
  const documented = operation.responses[status] ?? operation.responses[`${Math.floor(status / 100)}XX`];
  expect(documented, `not documented: ${told}`).toBeDefined();
  const type = (answer.headers['content-type'] ?? '').split(';')[0]!;
  if (type.startsWith('application/problem')) {
    expect(codes, told).toContain(answer.json<{ code: string }>().code);
  }
  const content = documented!.content;
  if (!content || answer.body === '') return;
  expect(Object.keys(content), told).toContain(type);
  if (!type.endsWith('json')) return;
  const validate = validatorOf(description, content[type]!.schema);
  expect(validate(answer.json()), `${told}\n${JSON.stringify(validate.errors)}`).toBe(true);
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const validators = new WeakMap<JsonSchema, ReturnType<typeof ajv.compile>>();

function validatorOf({ components }: Description, schema: JsonSchema): ReturnType<typeof ajv.compile> {
  const made = validators.get(schema) ?? ajv.compile({ ...schema, components });
  validators.set(schema, made);
  return made;
}
