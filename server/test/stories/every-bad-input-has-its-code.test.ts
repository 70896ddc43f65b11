/**
 * What real and hostile clients send, each through VXP: the code that answers it, and that nothing is left of it but
 * its entry in the log. What the reader of edXML refuses in more ways than these is in its own tests.
 */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endOrganisation, mergeOrganisations, resumeSystem, suspendSystem } from '#directory';
import { refusalEntry } from '#foundation/refusal';
import { createVxpHeaders } from '../../src/modules/exchange/vxp/client.ts';
import { makeZip } from '../support/edxml.ts';
import { documentIdOf, writeLetter, writeReport } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import { createVxpClient } from '../support/vxp-client.ts';
import type { SendOptions, VxpAnswer, VxpClient } from '../support/vxp-client.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const sender = 'H64.31';
const receiver = 'G10';
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
  ]);
  const hooks = { hasWaitingMail: async () => false };
  await endOrganisation(world.platform, hooks, { code: 'H98' }, operator);
  await mergeOrganisations(world.platform, { codes: ['H97'], into: receiver }, operator);
  await world.serve();
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});

type Change = (text: string) => string | Buffer;
type Input = { readonly change?: Change; readonly options?: SendOptions } & Partial<
  Parameters<typeof writeLetter>[0]
>;

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
  'a header that names another sender than the message': [
    'exchange.from_differs',
    { options: { from: receiver } },
  ],
  'a digest of another file': ['exchange.digest_differs', { options: { hashFile: 'ab'.repeat(32) } }],
  'a document sent as a status': ['exchange.kind_differs', { options: { kind: 'status' } }],
  'a status about what was never received': [
    'exchange.original_unknown',
    {
      options: { kind: 'status' },
      change: () =>
        writeReport({ from: sender, about: { from: receiver, documentId: 'không có' }, code: '03' }),
    },
  ],
  'a status code that is none': [
    'exchange.status_code_unknown',
    {
      options: { kind: 'status' },
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
  'a header that differs from its signed value': [
    'vxp.header_differs',
    {
      options: {
        changeHeaders: (headers) =>
          headers.map(([name, value]) => [name, /messagetype/i.test(name) ? 'status' : value]),
      },
    },
  ],
  'a header that was added twice': [
    'vxp.header_repeated',
    {
      options: {
        changeHeaders: (headers) => [...headers, ...headers.filter(([name]) => /messagetype/i.test(name))],
      },
    },
  ],
};

test.each(Object.entries(inputs))('%s', async (_what, [code, { change, options, ...letter }]) => {
  const bytes = await writeLetter({ from: sender, to: [receiver], content: randomBytes(90_000), ...letter });
  const changed = change ? Buffer.from(change(bytes.toString())) : bytes;
  await refused(code, (client) => client.sendEdoc(changed, options));
});

test('a wrong secret, and an unknown system, in the same words', async () => {
  const letter = await writeLetter({ from: sender, to: [receiver] });
  const { id } = world.credentials(sender);
  const answers = [];
  for (const systemId of [id, 'khong.co']) {
    const client = createVxpClient({ baseUrl: world.baseUrl(), systemId, secret: 'sai-bi-mat' });
    answers.push(await refused('vxp.wrong_credentials', () => client.sendEdoc(letter), { entries: 0 }));
    client.close();
  }
  expect(answers[0]).toEqual(answers[1]);
});

test('a system that the operator suspended, until it goes on', async () => {
  const letter = await writeLetter({ from: 'H96', to: [receiver] });
  await suspendSystem(world.platform, { system: 'suspended' }, operator);
  const client = world.client('H96');
  await refused('vxp.system_suspended', () => client.sendEdoc(letter), { entries: 0 });
  await resumeSystem(world.platform, { system: 'suspended' }, operator);
  expect((await client.sendEdoc(letter)).answer.status).toBe('OK');
});

test('a package of 3 GB is refused before any of it travels', async () => {
  await refused('exchange.package_too_large', async () => {
    const headers = createVxpHeaders(
      { systemId: world.credentials(sender).id, secret: world.credentials(sender).secret },
      Temporal.PlainDateTime.from('2026-11-21T08:00:00'),
    );
    headers.set('servicetype', 'eDoc');
    headers.set('messagetype', 'edoc');
    headers.set('hash-file', 'ab'.repeat(32));
    const answer = await new Promise<VxpAnswer>((resolve, reject) => {
      const request = httpRequest(`${world.baseUrl()}/sendEdoc`, {
        method: 'POST',
        headers: {
          ...Object.fromEntries(headers.sign('application/octet-stream')),
          'content-length': 3 * 1024 ** 3,
          expect: '100-continue',
        },
      });
      request.on('error', reject);
      request.on('continue', () => reject(new Error('was asked for the body')));
      request.on('response', (response) => {
        response.once('data', (chunk: Buffer) => {
          resolve(JSON.parse(chunk.toString()) as VxpAnswer);
          request.destroy();
        });
      });
      request.flushHeaders();
    });
    return { answer, httpStatus: 200 };
  });
});

test('junk of up to 1 KB before the declaration is no reason to refuse, and is kept', async () => {
  const letter = await writeLetter({ from: sender, to: [receiver], number: 'rác' });
  const bytes = Buffer.concat([Buffer.alloc(1_024, '1'), letter]);
  expect((await world.client(sender).sendEdoc(bytes)).answer.status).toBe('OK');
  const received = await receiveAll(world.client(receiver));
  expect(received.some((mail) => mail.bytes.equals(bytes))).toBe(true);
  const { rows } = await owner.query(`select warnings from exchange.envelope where document_id = $1`, [
    documentIdOf({ from: sender, number: 'rác' }),
  ]);
  expect(JSON.stringify(rows)).toMatch(/junk|offset|prolog/i);
});

/** Refuses with that code, leaves nothing but its entry, and hurts nobody after it. */
async function refused(
  code: string,
  send: (client: VxpClient) => Promise<{ answer: VxpAnswer; httpStatus: number }>,
  { entries = code.startsWith('vxp.') ? 0 : 1 } = {},
): Promise<VxpAnswer> {
  const before = await leavings();
  const { answer, httpStatus } = await send(world.client(sender));
  expect({ httpStatus, status: answer.status, code: answer.ErrorDesc?.split(':')[0] }).toEqual({
    httpStatus: 200,
    status: 'FAIL',
    code,
  });
  expect(Number(answer.ErrorCode)).toBeGreaterThan(0);
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
