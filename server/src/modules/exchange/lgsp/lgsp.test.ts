/** The provincial dialect over a real server and database: what its clients see. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setQuota } from '#directory';
import { makeZip } from '../../../../test/support/edxml.ts';
import { documentIdOf, writeLetter, writeReport } from '../../../../test/support/letters.ts';
import type { LgspClient, LgspResponse } from '../../../../test/support/lgsp-client.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';

const commune = 'H64.31';
const ministry = 'G10';

let world: World;
let sender: LgspClient;
let receiver: LgspClient;
beforeAll(async () => {
  world = await createWorld([{ code: commune }, { code: ministry, name: 'Bộ "N&N" \u{1F33E}' }]);
  await world.serve();
  sender = await world.lgspClient(commune);
  receiver = await world.lgspClient(ministry);
});
afterAll(() => world.drop());

interface Row {
  readonly docId: string;
  readonly from: string;
  readonly to: string;
  readonly status: string;
}

interface Edoc {
  readonly docId: string;
  readonly edxml: string;
  readonly from: string;
  readonly fromName: string;
  readonly edocCode: string;
  readonly edocAbstract: string;
  readonly attachments: readonly { fileName: string; fileContent: string }[];
}

test('a letter travels: sent, listed, fetched with its files, marked done, answered by a status', async () => {
  const content = randomBytes(3_000_001);
  const letter = await writeLetter({
    from: commune,
    to: [ministry],
    number: '7',
    content,
    subject: 'V/v "trích" yếu\\ 🌾',
  });
  const sent = await sender.sendEdoc(letter);
  expect(sent.httpStatus).toBe(200);
  expect(sent.answer).toMatchObject({
    success: true,
    message: 'OK',
    data: { docId: sent.answer.docId, status: 'OK', errorCode: '0', errorDesc: '' },
  });
  expect(sent.receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);

  const listed = await receiver.syncReceivedEdocList();
  expect(listed.answer).toMatchObject({ success: true, count: 1 });
  const [row] = listed.answer.data as Row[];
  expect(row).toMatchObject({
    from: commune,
    to: ministry,
    status: 'INITIAL',
    serviceType: 'eDoc',
    messageType: 'edoc',
  });

  const fetched = await receiver.getEdoc(row!.docId);
  const edoc = fetched.answer.data as Edoc;
  expect(Buffer.from(edoc.edxml)).toEqual(letter);
  expect(edoc).toMatchObject({
    docId: row!.docId,
    from: commune,
    fromName: `Cơ quan ${commune}`,
    edocCode: '7/UBND-VP',
    edocAbstract: 'V/v "trích" yếu\\ 🌾',
  });
  expect(edoc.attachments.map(({ fileName }) => fileName)).toEqual(['7-UBND-VP.pdf']);
  expect(sha256(Buffer.from(edoc.attachments[0]!.fileContent, 'base64'))).toBe(sha256(content));
  expect(fetched.receipt).toBeDefined();

  expect((await receiver.updateStatus(row!.docId, 'done')).answer).toMatchObject({ success: true });
  expect((await receiver.getReceivedEdocList()).answer).toMatchObject({ count: 0, data: [] });

  const about = { from: commune, documentId: documentIdOf({ from: commune, number: '7' }) };
  const reported = await receiver.sendEdoc(writeReport({ from: ministry, about, code: '03' }), {
    kind: 'status',
  });
  expect(reported.answer.success).toBe(true);
  const [status] = (await sender.syncReceivedEdocList('status')).answer.data as Row[];
  const report = (await sender.getEdoc(status!.docId)).answer.data as Edoc;
  expect(report).toMatchObject({
    from: ministry,
    edocCode: '1/UBND-VP',
    edocAbstract: 'Trạng thái 03',
    attachments: [],
  });
  expect(report.edxml).toContain('<edXML:StatusCode>03</edXML:StatusCode>');
});

test('wrapped files come out unwrapped, in the order of the package, and junk before the XML is left out', async () => {
  const inner = randomBytes(70_000);
  const letter = await writeLetter({
    from: commune,
    to: [ministry],
    content: makeZip([{ name: 'x.pdf', content: inner }]),
  });
  const attachment = /  <Attachment>[^]*<\/Attachment>\r\n/.exec(letter.toString())![0];
  const twoFiles = letter
    .toString()
    .replace(
      attachment,
      () =>
        attachment +
        attachment.replaceAll(/<ContentId>[^<]*/g, '<ContentId>cid:2').replaceAll('.pdf', '-2.pdf'),
    );
  const sent = await sender.sendEdoc(Buffer.concat([Buffer.from([0x31, 0xff, 0x32]), Buffer.from(twoFiles)]));
  expect(sent.answer).toMatchObject({ success: true });
  const [row] = (await receiver.syncReceivedEdocList()).answer.data as Row[];
  const { edxml, attachments } = (await receiver.getEdoc(row!.docId)).answer.data as Edoc;
  expect(edxml).toBe(twoFiles);
  expect(attachments).toHaveLength(2);
  for (const { fileContent } of attachments) {
    expect(sha256(Buffer.from(fileContent, 'base64'))).toBe(sha256(inner));
  }
  await receiver.updateStatus(row!.docId, 'done');
});

test('the type may stand before the file, and days bound the list', async () => {
  const letter = await writeLetter({ from: commune, to: [ministry] });
  const parts = [
    { name: 'messageType', content: 'edoc' },
    { name: 'ghi-chu', content: 'bỏ qua' },
    { name: 'edocFile', content: letter, fileName: 'a; name=messageType.edxml' },
  ];
  expect((await sender.sendEdoc(letter, { parts })).answer.success).toBe(true);
  const count = async (more: Record<string, string>): Promise<unknown> =>
    (await receiver.syncReceivedEdocList('edoc', more)).answer.count;
  expect(await count({ fromDate: '2020/01/01', toDate: '9999/12/31' })).toBe(1);
  expect(await count({ fromDate: '2020/01/01', toDate: '2020/01/02' })).toBe(0);
});

test('the directory is given to who has a token alone', async () => {
  const { answer } = await receiver.login();
  const { token } = answer.data as { token: string };
  const bare = { 'X-SystemId': undefined, 'X-SecretKey': undefined };
  const agencies = await receiver.call('/getAgenciesList', {
    headers: { ...bare, Authorization: `Bearer ${token}` },
  });
  expect(agencies.answer.data).toContainEqual({
    orgCode: ministry,
    orgName: 'Bộ "N&N" \u{1F33E}',
    parentCode: '',
    address: '',
    email: '',
    phone: '',
  });
});

describe('what belongs to another', () => {
  test('is not listed, fetched or marked, whatever id is named', async () => {
    await sender.sendEdoc(await writeLetter({ from: commune, to: [ministry] }));
    const [row] = (await receiver.syncReceivedEdocList()).answer.data as Row[];
    expect((await sender.syncReceivedEdocList()).answer).toMatchObject({ count: 0 });
    const unknown = /^exchange\.delivery_unknown: /;
    expect((await sender.getEdoc(row!.docId)).answer.message).toMatch(unknown);
    expect((await sender.updateStatus(row!.docId, 'done')).answer.message).toMatch(unknown);
    expect((await receiver.syncReceivedEdocList()).answer.data).toContainEqual(row);
  });

  test('is not sent: the From of the message decides, there is none beside it', async () => {
    const { answer } = await sender.sendEdoc(await writeLetter({ from: ministry, to: [commune] }));
    expect(answer.message).toMatch(/^exchange\.not_your_organisation: /);
    expect(answer.data).toMatchObject({ errorCode: '19' });
  });
});

test.each<[string, (client: LgspClient) => Promise<LgspResponse>, string]>([
  ['a list of no type', (client) => client.call('/syncReceivedEdocList'), 'lgsp.parameter_invalid'],
  ['a list of another type', (client) => client.syncReceivedEdocList('khac'), 'lgsp.parameter_invalid'],
  [
    'a day that is none',
    (client) => client.syncReceivedEdocList('edoc', { fromDate: '2026/02/30' }),
    'lgsp.parameter_invalid',
  ],
  ['a parameter twice', (client) => client.call('/getEdoc?docId=1&DocId=2'), 'lgsp.parameter_invalid'],
  ['no docId', (client) => client.call('/getEdoc'), 'lgsp.parameter_invalid'],
  ['a docId that is none', (client) => client.getEdoc("1' or '1'='1"), 'exchange.delivery_unknown'],
  [
    'a business code as transport state',
    (client) => client.updateStatus('1', '03'),
    'lgsp.parameter_invalid',
  ],
  ['a body that is no object', (client) => client.json('/updateStatus', ['x']), 'lgsp.body_invalid'],
  [
    'a body of another type',
    (client) => client.json('/updateStatus', { docId: 1, status: 'done' }),
    'lgsp.body_invalid',
  ],
  [
    'a body that is too large',
    (client) => client.json('/updateStatus', { x: 'x'.repeat(70_000) }),
    'lgsp.body_too_large',
  ],
  ['another operation', (client) => client.call('/registerAgency'), 'lgsp.operation_unknown'],
])('%s is refused', async (_what, ask, code) => {
  const { answer, httpStatus } = await ask(sender);
  expect(answer).toMatchObject({ success: false, message: expect.stringMatching(`^${code}: `) as string });
  expect(httpStatus).toBe(code === 'lgsp.operation_unknown' ? 404 : 200);
});

test('a login with a wrong secret is 401, and what was learnt from it is nothing', async () => {
  const { secret: ofVxp } = world.credentials(commune);
  const answers = await Promise.all([
    sender.login('khong.co'),
    sender.login(undefined, 'sai'),
    sender.login(undefined, ofVxp),
  ]);
  expect(answers.map(({ httpStatus }) => httpStatus)).toEqual([401, 401, 401]);
  expect(new Set(answers.map(({ body }) => body.toString())).size).toBe(1);
});

test('an expired or forged token is 401 as JSON, so that the client logs in again', async () => {
  const headers = { 'X-SystemId': undefined, 'X-SecretKey': undefined, Authorization: 'Bearer AAAA' };
  const { httpStatus, answer } = await sender.call('/getAgenciesList', { headers });
  expect(httpStatus).toBe(401);
  expect(answer.message).toMatch(/^lgsp\.token_invalid: /);
});

test('a system over its quota is told when to come again, in words that its client repeats after', async () => {
  await setQuota(
    world.platform,
    { system: 'sys.H64.31', quota: { requestsPerSecond: 1 } },
    { method: 'operator', credential: 'tester' },
  );
  const answers = [];
  for (let call = 0; call < 5; call++) answers.push(await sender.syncReceivedEdocList());
  const last = answers.at(-1)!;
  expect(last.httpStatus).toBe(503);
  expect(last.headers['retry-after']).toMatch(/^\d+$/);
  expect(last.body.toString()).toMatch(/^lgsp\.too_many_requests: /);
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
