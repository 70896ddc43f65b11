/** What `docs/protocols/lgsp.md` shows is sent as it stands, and what it shows as an answer is what is answered. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rotateCredential } from '#directory';
import { createLgspClient } from '../../../../test/support/lgsp-client.ts';
import type { LgspClient } from '../../../../test/support/lgsp-client.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';

const root = new URL('../../../../../', import.meta.url);
const lgsp = readFileSync(new URL('docs/protocols/lgsp.md', root), 'utf8');
const edxml = readFileSync(new URL('docs/protocols/edxml.md', root), 'utf8');
const document = Buffer.from(/^```xml\n([^]+?)\n```$/m.exec(edxml)![1]!);
const [loginBody, loginAnswer, refusal, sentAnswer, listAnswer, edocAnswer, marking] = [
  ...lgsp.matchAll(/^```json\n([^]+?)\n```$/gm),
].map((match) => JSON.parse(match[1]!) as Example) as [
  Example,
  Example,
  Example,
  Example,
  Example,
  Example,
  Example,
];

type Example = Readonly<Record<string, unknown>>;

let world: World;
let sender: LgspClient;
let receiver: LgspClient;
beforeAll(async () => {
  world = await createWorld([{ code: 'H64.31' }, { code: 'G10' }]);
  await world.serve();
  sender = await world.lgspClient('H64.31');
  receiver = await world.lgspClient('G10');
});
afterAll(() => world.drop());

test('the document of edxml.md travels, and each answer is the one of lgsp.md', async () => {
  const sent = await sender.sendEdoc(document);
  expect(shapeOf(sent.answer)).toEqual(shapeOf(sentAnswer));
  const listed = await receiver.syncReceivedEdocList('edoc', {
    fromDate: '2020/01/01',
    toDate: '9999/12/31',
  });
  expect(shapeOf(listed.answer)).toEqual(shapeOf(listAnswer));
  const [{ docId }] = listed.answer.data as [{ docId: string }];

  const fetched = await receiver.getEdoc(docId);
  const shown = edocAnswer['data'] as Example;
  expect(fetched.answer).toEqual({
    ...edocAnswer,
    data: { ...shown, docId, edxml: document.toString() },
  });
  expect(Object.keys(fetched.answer.data as object)).toEqual(Object.keys(shown));
  expect((await receiver.json('/updateStatus', { ...marking, docId })).answer).toEqual({
    success: true,
    message: 'OK',
  });
  expect((await receiver.syncReceivedEdocList()).answer).toMatchObject({ count: 0 });
});

test('the documented login gives a token of the documented shape', async () => {
  const { id } = world.credentials('H64.31');
  expect(loginBody['username']).toBe(id);
  const { secret } = await rotateCredential(world.platform, { system: id, kind: 'lgsp' }, { method: 'axis' });
  const client = createLgspClient({ baseUrl: `${world.rootUrl()}/lgsp/v1`, systemId: id, secret: secret! });
  const { answer } = await client.json('/auth/login', { ...loginBody, password: secret });
  client.close();
  expect(shapeOf(answer)).toEqual(shapeOf(loginAnswer));
});

test('the documented refusal is the one that is answered', async () => {
  expect((await sender.getEdoc('1')).answer).toEqual(refusal);
});

test('the table of operations is what is served', async () => {
  const rows = [...lgsp.matchAll(/^\| (`(?:GET|POST) \/.+?) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(GET|POST) (\/[\w/]+)`/g)].map(([, method, path]) => ({ method, path: path! })),
  );
  expect(rows.map(({ path }) => path)).toContain('/auth/login');
  for (const { method, path } of rows) {
    const { httpStatus } = await sender.call(path, { method: method as 'GET' | 'POST' });
    expect(httpStatus, path).toBe(200);
    const other = await sender.call(path, { method: method === 'GET' ? 'POST' : 'GET' });
    expect(other.httpStatus, path).toBe(404);
    expect(other.answer.message).toMatch(/^lgsp\.operation_unknown: /);
  }
});

/** Names and kinds of the values, with a list standing for its first row. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.entries(value).map(([name, field]) => [name, shapeOf(field)]);
}
