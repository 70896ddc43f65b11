/**
 * What real and hostile clients send, through each dialect: the code that answers it, and that nothing is left of it but
 * its entry in the log. What the reader of edXML refuses in more ways than these is in its own tests.
 */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  assignOrganisation,
  endOrganisation,
  mergeOrganisations,
  resumeSystem,
  suspendSystem,
} from '#directory';
import { assert, refusalEntry } from '#foundation/refusal';
import { createVxpHeaders } from '../../src/modules/exchange/vxp/client.ts';
import { makeZip } from '../support/edxml.ts';
import { documentIdOf, writeLetter, writeReport } from '../support/letters.ts';
import { createLgspClient } from '../support/lgsp-client.ts';
import type { LgspAnswer, LgspFault, LgspResponse, LgspSendOptions } from '../support/lgsp-client.ts';
import { receiveAll } from '../support/receive.ts';
import { createVxpClient } from '../support/vxp-client.ts';
import type { SendOptions, VxpAnswer } from '../support/vxp-client.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const sender = 'H64.31';
const receiver = 'G10';
/** The system that speaks for the sender by LGSP: refusals are recorded up to a number for each system. */
const lgspHome = 'H95';
const operator = { method: 'operator', credential: 'tester' } as const;

let world: World;
let owner: Client;
beforeAll(async () => {
  world = await createWorld([
    { code: sender },
    { code: receiver },
    { code: 'H98' },
    { code: 'H97' },
    { code: 'H96', system: 'suspended' },
    { code: lgspHome, system: 'lgsp' },
  ]);
  const hooks = { hasWaitingMail: async () => false };
  await endOrganisation(world.platform, hooks, { code: 'H98' }, operator);
  await mergeOrganisations(world.platform, { codes: ['H97'], into: receiver }, operator);
  await assignOrganisation(world.platform, { system: 'lgsp', code: sender, receives: false }, operator);
  await world.serve();
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});

type Change = (text: string) => string | Buffer;
type Kind = 'edoc' | 'status';
type Input = { readonly change?: Change; readonly kind?: Kind } & Partial<Parameters<typeof writeLetter>[0]>;

/** How a dialect's answer says no. */
interface Refused {
  readonly httpStatus: number;
  readonly code: string;
  readonly number: number;
  readonly sentence: string;
}

interface Dialect {
  readonly name: 'vxp' | 'lgsp';
  send(code: string, file: Buffer, kind?: Kind): Promise<Refused | 'accepted'>;
  /** With another id or secret. */
  sendAs(credentials: { systemId: string; secret: string }, file: Buffer): Promise<Refused | 'accepted'>;
  /** The HTTP status of who proved nothing. */
  readonly unauthenticated: number;
  readonly suspended: { readonly httpStatus: number; readonly code: string };
}

const byVxp = ({ answer, httpStatus }: { answer: VxpAnswer; httpStatus: number }): Refused | 'accepted' =>
  answer.status === 'OK'
    ? 'accepted'
    : { httpStatus, ...readDescription(answer.ErrorDesc ?? ''), number: Number(answer.ErrorCode) };

const byLgsp = ({ answer, httpStatus }: LgspResponse): Refused | 'accepted' => {
  if (answer.success) return 'accepted';
  const fault = answer.data as LgspFault;
  expect(answer.message).toBe(fault.errorDesc);
  return { httpStatus, ...readDescription(fault.errorDesc), number: Number(fault.errorCode) };
};

function readDescription(text: string): { code: string; sentence: string } {
  const colon = text.indexOf(': ');
  return { code: text.slice(0, colon), sentence: text.slice(colon + 2) };
}

const dialects: readonly Dialect[] = [
  {
    name: 'vxp',
    send: async (code, file, kind = 'edoc') => byVxp(await world.client(code).sendEdoc(file, { kind })),
    async sendAs(credentials, file) {
      const client = createVxpClient({ baseUrl: world.baseUrl(), ...credentials });
      const answered = byVxp(await client.sendEdoc(file));
      client.close();
      return answered;
    },
    unauthenticated: 200,
    suspended: { httpStatus: 200, code: 'vxp.system_suspended' },
  },
  {
    name: 'lgsp',
    send: async (code, file, kind = 'edoc') =>
      byLgsp(await (await world.lgspClient(code === sender ? lgspHome : code)).sendEdoc(file, { kind })),
    async sendAs(credentials, file) {
      const client = createLgspClient({ baseUrl: `${world.rootUrl()}/lgsp/v1`, ...credentials });
      const answered = byLgsp(await client.sendEdoc(file));
      client.close();
      return answered;
    },
    unauthenticated: 401,
    suspended: { httpStatus: 403, code: 'exchange.system_suspended' },
  },
];

const without =
  (element: string): Change =>
  (text) =>
    text.replace(new RegExp(`<edXML:${element}>[^]*?</edXML:${element}>`), '');
const twice =
  (element: string): Change =>
  (text) =>
    text.replace(new RegExp(`<edXML:${element}>[^]*?</edXML:${element}>`), '$&$&');
const attached =
  (content: Buffer | string): Change =>
  (text) =>
    text.replace(
      /(<edXML:ContentTransferEncoded [^>]*>)[^<]*/,
      (_, tag: string) => tag + (typeof content === 'string' ? content : content.toString('base64')),
    );
const entities = (count: number): string => '<!ENTITY a "&b;&b;">'.repeat(count);
const zip = makeZip([{ name: 'a.pdf', content: randomBytes(5_000) }]);

const inputs: Readonly<Record<string, readonly [code: string, input: Input]>> = {
  'what is no XML': ['edxml.not_xml', { change: () => '%PDF-1.7 không phải XML'.repeat(100) }],
  'an empty file': ['edxml.not_xml', { change: () => '' }],
  'more than 1 KB of junk before the declaration': [
    'edxml.not_xml',
    { change: (text) => 'x'.repeat(1_025) + text },
  ],
  'a DOCTYPE': [
    'edxml.doctype',
    { change: (text) => text.replace('?>', `?><!DOCTYPE edXML [${entities(9)}]>`) },
  ],
  // It is not read to the end that would tell what it is.
  'a DOCTYPE of 20 MB': [
    'edxml.markup_too_long',
    { change: (text) => text.replace('?>', `?><!DOCTYPE edXML [${entities(1_000_000)}]>`) },
  ],
  'an entity': ['edxml.entity_undeclared', { change: (text) => text.replace('Minh Sơn', '&lol9;') }],
  'a file that ends too early': ['edxml.truncated', { change: (text) => text.slice(0, -60) }],
  'another root': ['edxml.root_unknown', { change: () => '<?xml version="1.0"?><html/>' }],
  'the namespace http://www.go.vn/eDoc': [
    'edxml.root_unknown',
    { change: (text) => text.replaceAll(/http:\/\/www\.mic\.gov\.vn[^"]*/g, 'http://www.go.vn/eDoc') },
  ],
  'two subjects': ['edxml.element_repeated', { change: twice('Subject') }],
  'two senders': ['edxml.element_repeated', { change: twice('From') }],
  'two document ids': ['edxml.element_repeated', { change: twice('DocumentId') }],
  'text that is not UTF-8': [
    'edxml.not_utf8',
    { change: (text) => Buffer.from(text.replace('Minh Sơn', 'Minh S\u00f5n'), 'latin1') },
  ],
  'UTF-16': ['edxml.encoding_unsupported', { change: (text) => Buffer.from(`\ufeff${text}`, 'utf16le') }],
  'no From': ['edxml.field_missing', { change: without('From') }],
  'no To': ['edxml.field_missing', { change: without('To') }],
  'no Code': ['edxml.field_missing', { change: without('Code') }],
  'no Subject': ['edxml.field_missing', { change: without('Subject') }],
  'no DocumentId': ['edxml.field_missing', { change: without('DocumentId') }],
  'base64 with a stray character': ['edxml.base64_invalid', { change: attached('QUJD*UJD') }],
  'base64 that is cut': ['edxml.base64_invalid', { change: attached('QUJDQ') }],
  'a ZIP bomb': [
    'edxml.zip_bomb',
    { change: attached(makeZip([{ name: 'a.pdf', content: Buffer.alloc(64 * 1024 * 1024) }])) },
  ],
  'a ZIP bomb that says it is small': [
    'edxml.zip_damaged',
    {
      change: attached(
        makeZip([
          {
            name: 'a.pdf',
            content: Buffer.from('a'),
            data: deflateRawSync(Buffer.alloc(64 * 1024 * 1024)),
            claims: { size: 10 },
          },
        ]),
      ),
    },
  ],
  'a ZIP that is cut': ['edxml.zip_truncated', { change: attached(zip.subarray(0, -30)) }],
  'elements 1,000 deep': [
    'edxml.too_deep',
    { change: (text) => text.replace('<edXML:From>', `${'<a>'.repeat(1_000)}<edXML:From>`) },
  ],
  'more elements than a message has': [
    'edxml.too_many',
    { change: (text) => text.replace('<edXML:From>', `${'<a/>'.repeat(100_001)}<edXML:From>`) },
  ],
  'more recipients than the directory has': [
    'edxml.too_many',
    {
      change: (text) =>
        text.replace(
          '<edXML:To>',
          `${'<edXML:To><edXML:OrganId>G10</edXML:OrganId></edXML:To>'.repeat(10_001)}<edXML:To>`,
        ),
    },
  ],
  'a header of more than 8 MB': [
    'edxml.structure_too_large',
    {
      change: (text) =>
        text.replace('<edXML:From>', `${`<a>${'x'.repeat(60_000)}</a>`.repeat(150)}<edXML:From>`),
    },
  ],
  'an unknown recipient': ['exchange.recipient_unknown', { to: ['X99'] }],
  'a recipient that has ended': ['exchange.recipient_ended', { to: ['H98'] }],
  'a recipient that was merged into another': ['exchange.recipient_ended', { to: ['H97'] }],
  'a sender that nobody knows': ['exchange.sender_unknown', { from: 'X98' }],
  "another's organisation as sender": ['exchange.not_your_organisation', { from: receiver }],
  'a document sent as a status': ['exchange.kind_differs', { kind: 'status' }],
  'a status about what was never received': [
    'exchange.original_unknown',
    {
      kind: 'status',
      change: () =>
        writeReport({ from: sender, about: { from: receiver, documentId: 'không có' }, code: '03' }),
    },
  ],
  'a status code that is none': [
    'exchange.status_code_unknown',
    {
      kind: 'status',
      change: () => writeReport({ from: sender, about: { from: receiver, documentId: 'x' }, code: '99' }),
    },
  ],
  'a document marked secret': [
    'exchange.state_secret',
    {
      change: (text) =>
        text.replace('<edXML:OtherInfo>', '<edXML:OtherInfo><edXML:Secret>Mật</edXML:Secret>'),
    },
  ],
  'a document id without end': [
    'exchange.document_id_too_long',
    { documentId: `${sender},2026/11/20,${'1'.repeat(250)}/UB` },
  ],
};

const vxpInputs: Readonly<Record<string, readonly [code: string, options: SendOptions]>> = {
  'a header that names another sender than the message': ['exchange.from_differs', { from: receiver }],
  'a digest of another file': ['exchange.digest_differs', { hashFile: 'ab'.repeat(32) }],
  'a header that differs from its signed value': [
    'vxp.header_differs',
    {
      changeHeaders: (headers) =>
        headers.map(([name, value]) => [name, /messagetype/i.test(name) ? 'status' : value]),
    },
  ],
  'a header that was added twice': [
    'vxp.header_repeated',
    {
      changeHeaders: (headers) => [...headers, ...headers.filter(([name]) => /messagetype/i.test(name))],
    },
  ],
};

const file = { name: 'edocFile', content: 'x', fileName: 'a.edxml' };
const type = { name: 'messageType', content: 'edoc' };
const lgspInputs: Readonly<Record<string, readonly [code: string, options: LgspSendOptions]>> = {
  'no file': ['lgsp.multipart_invalid', { parts: [type] }],
  'two files': ['lgsp.multipart_invalid', { parts: [file, type, file] }],
  'a file under the name that VXP has for it': [
    'lgsp.multipart_invalid',
    { parts: [{ ...file, name: 'file_doc' }, type] },
  ],
  'the type twice': ['lgsp.multipart_invalid', { parts: [type, file, { ...type, content: 'status' }] }],
  'a file that says it is encoded': [
    'lgsp.multipart_invalid',
    { parts: [{ ...file, headers: ['Content-Transfer-Encoding: base64'] }, type] },
  ],
  'a field as large as a file': [
    'lgsp.multipart_invalid',
    { parts: [{ name: 'ghi-chu', content: Buffer.alloc(100_000) }, file, type] },
  ],
  'a form without end': [
    'lgsp.multipart_invalid',
    { parts: Array.from({ length: 50 }, () => ({ name: 'ghi-chu', content: '' })) },
  ],
  'a form with another boundary than it says': [
    'lgsp.multipart_invalid',
    { headers: { 'Content-Type': 'multipart/form-data; boundary=khac' } },
  ],
};

/** Refused before there is a message to refuse: nothing is recorded. */
const lgspInputsUnrecorded: Readonly<Record<string, readonly [code: string, options: LgspSendOptions]>> = {
  'no form at all': ['lgsp.multipart_invalid', { headers: { 'Content-Type': 'application/xml' } }],
  'a header that was added twice': [
    'lgsp.header_repeated',
    { headers: { 'X-SystemId': ['lgsp', 'sys.G10'] } },
  ],
};

describe.each(dialects)('by $name', (dialect) => {
  const own = (code: string): string => `${dialect.name}.${code}`;

  test.each(Object.entries(inputs))('%s', async (_what, [code, { change, kind, ...letter }]) => {
    const bytes = await writeLetter({
      from: sender,
      to: [receiver],
      content: randomBytes(90_000),
      ...letter,
    });
    const changed = change ? Buffer.from(change(bytes.toString())) : bytes;
    await refused(code, () => dialect.send(sender, changed, kind));
  });

  test('a wrong secret, and an unknown system, in the same words', async () => {
    const letter = await writeLetter({ from: sender, to: [receiver] });
    const { id } = world.credentials(sender);
    const answers = [];
    for (const systemId of [id, 'khong.co']) {
      const send = () => dialect.sendAs({ systemId, secret: 'sai-bi-mat' }, letter);
      const { unauthenticated: httpStatus } = dialect;
      answers.push(await refused(own('wrong_credentials'), send, { entries: 0, httpStatus }));
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  test('a system that the operator suspended, until it goes on', async () => {
    const letter = await writeLetter({ from: 'H96', to: [receiver] });
    const { code, httpStatus } = dialect.suspended;
    // So that the first request by LGSP has its secret.
    expect(await dialect.send('H96', await writeLetter({ from: 'H96', to: [receiver] }))).toBe('accepted');
    await suspendSystem(world.platform, { system: 'suspended' }, operator);
    await refused(code, () => dialect.send('H96', letter), { entries: 0, httpStatus });
    await resumeSystem(world.platform, { system: 'suspended' }, operator);
    expect(await dialect.send('H96', letter)).toBe('accepted');
  });

  test('junk of up to 1 KB before the declaration is no reason to refuse, and is kept', async () => {
    const number = `rác-${dialect.name}`;
    const letter = await writeLetter({ from: sender, to: [receiver], number });
    const bytes = Buffer.concat([Buffer.alloc(1_024, '1'), letter]);
    expect(await dialect.send(sender, bytes)).toBe('accepted');
    const received = await receiveAll(world.client(receiver));
    expect(received.some((mail) => mail.bytes.equals(bytes))).toBe(true);
    const { rows } = await owner.query(`select warnings from exchange.envelope where document_id = $1`, [
      documentIdOf({ from: sender, number }),
    ]);
    expect(JSON.stringify(rows)).toMatch(/junk|offset|prolog/i);
  });
});

test.each(Object.entries(vxpInputs))('by vxp alone: %s', async (_what, [code, options]) => {
  const letter = await writeLetter({ from: sender, to: [receiver], content: randomBytes(90_000) });
  await refused(code, async () => byVxp(await world.client(sender).sendEdoc(letter, options)));
});

test.each(Object.entries(lgspInputs))('by lgsp alone: %s', async (_what, [code, options]) => {
  const letter = await writeLetter({ from: sender, to: [receiver], content: randomBytes(90_000) });
  const client = await world.lgspClient(lgspHome);
  await refused(code, async () => byLgsp(await client.sendEdoc(letter, options)), { entries: 1 });
});

test.each(Object.entries(lgspInputsUnrecorded))('by lgsp alone: %s', async (_what, [code, options]) => {
  const letter = await writeLetter({ from: sender, to: [receiver], content: randomBytes(90_000) });
  const client = await world.lgspClient(lgspHome);
  const httpStatus = code === 'lgsp.header_repeated' ? 401 : 200;
  await refused(code, async () => byLgsp(await client.sendEdoc(letter, options)), { entries: 0, httpStatus });
});

test('by lgsp alone: a type that is none, and none', async () => {
  const letter = await writeLetter({ from: sender, to: [receiver] });
  const client = await world.lgspClient(lgspHome);
  for (const parts of [
    [{ ...file, content: letter }],
    [
      { ...file, content: letter },
      { ...type, content: 'khac' },
    ],
  ]) {
    const send = async () => byLgsp(await client.sendEdoc(letter, { parts }));
    await refused('lgsp.parameter_invalid', send, { entries: 1 });
  }
});

test('by lgsp alone: an upload that breaks off leaves nothing, and the same letter goes through after it', async () => {
  const letter = await writeLetter({ from: sender, to: [receiver], content: randomBytes(400_000) });
  const client = await world.lgspClient(lgspHome);
  const before = await leavings();
  await expect(client.sendEdoc(letter, { cutAfterBytes: 200_000 })).rejects.toThrow(/hang up|ECONNRESET/);
  await expect.poll(() => world.exchange.gate.underWay).toBe(0);
  await expect.poll(leavings).toEqual({ ...before, refusals: before.refusals + 1 });
  expect((await client.sendEdoc(letter)).answer.success).toBe(true);
});

test('a package of 3 GB is refused before any of it travels', async () => {
  const { id, secret } = world.credentials(sender);
  const vxp = createVxpHeaders({ systemId: id, secret }, Temporal.PlainDateTime.from('2026-11-21T08:00:00'));
  vxp.set('servicetype', 'eDoc');
  vxp.set('messagetype', 'edoc');
  vxp.set('hash-file', 'ab'.repeat(32));
  await refused('exchange.package_too_large', async () => {
    const headers = Object.fromEntries(vxp.sign('application/octet-stream'));
    return byVxp(await askToSendThreeGigabytes(`${world.baseUrl()}/sendEdoc`, headers));
  });
  const lgsp = await world.lgspClient(lgspHome);
  await refused('exchange.package_too_large', async () => {
    const headers = { ...lgsp.proof, 'content-type': 'multipart/form-data; boundary=x' };
    return byLgsp(await askToSendThreeGigabytes(`${world.rootUrl()}/lgsp/v1/sendEdoc`, headers));
  });
});

async function askToSendThreeGigabytes(
  url: string,
  headers: OutgoingHttpHeaders,
): Promise<LgspResponse & { answer: VxpAnswer }> {
  const { promise, resolve, reject } = Promise.withResolvers<LgspResponse & { answer: VxpAnswer }>();
  const request = httpRequest(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': 3 * 1024 ** 3, expect: '100-continue' },
  });
  request.on('error', reject);
  request.on('continue', () => reject(new Error('was asked for the body')));
  request.on('response', (response) => {
    response.once('data', (body: Buffer) => {
      resolve({
        answer: JSON.parse(body.toString()) as LgspAnswer & VxpAnswer,
        httpStatus: response.statusCode ?? 0,
        headers: response.headers,
        receipt: undefined,
        body,
      });
      request.destroy();
    });
  });
  request.flushHeaders();
  return promise;
}

/** Refuses with that code, leaves nothing but its entry, and hurts nobody after it. */
async function refused(
  code: string,
  send: () => Promise<Refused | 'accepted'>,
  { entries = /^(vxp|lgsp)\./.test(code) ? 0 : 1, httpStatus = 200 } = {},
): Promise<Refused> {
  const before = await leavings();
  const answer = await send();
  expect(answer).toMatchObject({ httpStatus, code });
  assert(answer !== 'accepted', 'it was refused');
  expect(answer.number).toBeGreaterThan(0);
  expect(answer.sentence).not.toBe('');
  expect(refusalEntry(code).next).not.toBe('');
  await expect.poll(() => world.exchange.gate.underWay).toBe(0);
  const after = await leavings();
  expect(after).toEqual({ ...before, refusals: before.refusals + entries });
  return answer;
}

async function leavings(): Promise<{ rows: number; refusals: number; files: number }> {
  const { rows } = await owner.query<{ rows: number; refusals: number }>(`
    select (select count(*) from exchange.envelope) + (select count(*) from exchange.delivery)
        + (select count(*) from exchange.sent_recipient) + (select count(*) from blob.small) as rows,
      (select count(*) from evidence.entry where kind = 'exchange.refused') as refusals`);
  const files = await readdir(join(world.folder, 'blobs'), { recursive: true, withFileTypes: true });
  return { ...rows[0]!, files: files.filter((entry) => entry.isFile()).length };
}
