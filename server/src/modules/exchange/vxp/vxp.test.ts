/** The protocol from a client of the SDK's habits to the database and back. */
import type { AddressInfo } from 'node:net';
import { readdir } from 'node:fs/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer } from '#foundation/http';
import type { HttpServer } from '#foundation/http';
import { createVxpClient } from '../../../../test/support/vxp-client.ts';
import type { SendOptions, VxpClient } from '../../../../test/support/vxp-client.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';
import { writeDocument, writeStatus } from '../edxml/index.ts';
import { vxpRoutes } from './routes.ts';

const commune = 'H61.28.15';
const ministry = 'G12';
const neighbour = 'H61.28.16';

let world: World;
let server: HttpServer;
let baseUrl: string;

beforeAll(async () => {
  world = await createWorld([
    { code: ministry, oldCode: '000.00.00.G12', name: 'Bộ Tài chính' },
    { code: commune, oldCode: '015.28.00.H61', name: 'UBND xã Bình Minh' },
    { code: neighbour, name: 'UBND xã Tân Phú', system: `sys.${commune}` },
  ]);
  server = await createServer();
  await server.register(vxpRoutes, {
    prefix: '/vxp',
    exchange: world.exchange,
    platform: world.platform,
    hooks: { hasWaitingMail: () => Promise.resolve(false) },
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  baseUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/vxp`;
});

afterAll(async () => {
  await server.close();
  await world.drop();
});

async function withClients(work: (sender: VxpClient, receiver: VxpClient) => Promise<void>): Promise<void> {
  const [sender, receiver] = [clientOf(commune), clientOf(ministry)];
  try {
    await work(sender, receiver);
  } finally {
    sender.close();
    receiver.close();
  }
}

function clientOf(code: string): VxpClient {
  const { id, secret } = world.credentials(code);
  return createVxpClient({ baseUrl, systemId: id, secret });
}

interface Listed {
  readonly docId: string;
  readonly from: string;
  readonly to: string;
  readonly status: string;
  readonly contentLength: number;
}

async function listOf(client: VxpClient, kind: 'edoc' | 'status' = 'edoc'): Promise<Listed[]> {
  return (await client.getReceivedEdocList(kind)).answer.data as Listed[];
}

let lastNumber = 0;

async function letter({
  from = commune,
  to = [ministry],
  attachmentBytes = 1_000,
  number = ++lastNumber,
} = {}) {
  const on = Temporal.PlainDate.from('2026-03-09');
  const notation = 'UBND-VP';
  const documentId = `${from},2026/03/09,${number}/${notation}`;
  const chunks = await Array.fromAsync(
    writeDocument({
      from: { organId: from, organName: 'UBND xã Bình Minh' },
      to: to.map((organId) => ({ organId, organName: organId })),
      documentId,
      code: { number: String(number), notation },
      promulgation: { place: 'Bình Minh', on },
      type: { type: 2, name: 'Công văn' },
      subject: 'V/v kết nối, liên thông phần mềm quản lý văn bản',
      sentAt: Temporal.Instant.from('2026-03-09T01:00:00Z'),
      attachments: [
        { contentId: 'tep-1', name: 'cong-van.pdf', content: Buffer.alloc(attachmentBytes, '%PDF-1.7 ') },
      ],
    }),
  );
  return { file: Buffer.concat(chunks), documentId, code: `${number}/${notation}` };
}

test('a letter travels from a commune to a ministry, byte for byte, and both see where it is', async () => {
  await withClients(async (sender, receiver) => {
    const { file } = await letter({ to: ['000.00.00.G12'] });
    const sent = await sender.sendEdoc(file, { from: '015.28.00.H61' });
    expect(sent.answer).toMatchObject({ status: 'OK', ErrorCode: '0', ErrorDesc: '' });
    expect(sent.receipt!.split('.')).toHaveLength(3);
    expect(sent.receipt!.length).toBeLessThanOrEqual(2_048);

    expect((await receiver.countReceiveEdoc('GET')).answer.count).toBe(1);
    const [waiting] = await listOf(receiver);
    expect(waiting).toMatchObject({
      from: commune,
      to: '000.00.00.G12',
      status: 'INITIAL',
      title: 'V/v kết nối, liên thông phần mềm quản lý văn bản',
    });
    expect(waiting!.contentLength).toBe(file.length);

    const fetched = await receiver.getEdoc(waiting!.docId);
    expect(Buffer.from(String(fetched.answer.data), 'base64').equals(file)).toBe(true);
    expect(fetched.receipt).toBeDefined();
    expect((await receiver.downloadEdoc(waiting!.docId)).body.equals(file)).toBe(true);
    expect((await listOf(receiver))[0]).toMatchObject({ docId: waiting!.docId, status: 'PROCESSING' });

    const done = await receiver.updateStatus(waiting!.docId, 'done');
    expect(done.answer.status).toBe('OK');
    expect((await receiver.updateStatus(waiting!.docId, 'done')).receipt).toBe(done.receipt);
    expect(await listOf(receiver)).toEqual([]);

    const rows = (await sender.getSentEdocList('edoc', sent.answer.DocId)).answer.data;
    expect(rows).toMatchObject([
      {
        senderDocId: sent.answer.DocId,
        receiverDocId: waiting!.docId,
        sendStatus: 'DONE',
        receiveStatus: 'DONE',
      },
    ]);
  });
});

test('the ministry answers with its business status, and the commune reads it in two ways', async () => {
  await withClients(async (sender, receiver) => {
    const { file, documentId, code } = await letter();
    const sent = await sender.sendEdoc(file, { from: commune });
    const [waiting] = await listOf(receiver);
    await receiver.getEdoc(waiting!.docId);
    await receiver.updateStatus(waiting!.docId, 'done');
    const status = writeStatus({
      from: { organId: ministry },
      responseFor: { organId: commune, code, promulgationDate: '2026/03/09', documentId },
      statusCode: '03',
      description: 'Đã tiếp nhận',
      timestamp: Temporal.Instant.from('2026-03-09T02:00:00Z'),
    });
    expect((await receiver.sendEdoc(status, { from: ministry, kind: 'status' })).answer.status).toBe('OK');

    expect((await sender.countReceiveStatus()).answer.count).toBe(1);
    const [arrived] = await listOf(sender, 'status');
    const fetched = await sender.getEdoc(arrived!.docId);
    expect(Buffer.from(String(fetched.answer.data), 'base64').equals(status)).toBe(true);
    await sender.updateStatus(arrived!.docId, 'done');
    expect((await sender.getSentEdocList('edoc', sent.answer.DocId)).answer.data).toMatchObject([
      { businessStatus: '03', businessStatusDesc: 'Đã tiếp nhận' },
    ]);
  });
});

test('a repeat after a lost answer, raw or as a form, gets the same id and the identical receipt', async () => {
  await withClients(async (sender, receiver) => {
    const { file } = await letter();
    const first = await sender.sendEdoc(file, { from: commune });
    for (const asForm of [false, true]) {
      const again = await sender.sendEdoc(file, { from: commune, asForm });
      expect(again.answer).toMatchObject({ DocId: first.answer.DocId, repeated: true });
      expect(again.receipt).toBe(first.receipt);
    }
    expect(await listOf(receiver)).toHaveLength(1);
    await receiver.getEdoc((await listOf(receiver))[0]!.docId);
    await receiver.updateStatus((await listOf(receiver))[0]!.docId, 'done');
  });
});

test('one system that speaks for two organisations sends for each and receives for both', async () => {
  await withClients(async (shared, other) => {
    await shared.sendEdoc((await letter()).file, { from: commune });
    await shared.sendEdoc((await letter({ from: neighbour })).file, { from: neighbour });
    await other.sendEdoc((await letter({ from: ministry, to: [commune, neighbour] })).file, {
      from: ministry,
    });
    expect((await listOf(shared)).map(({ to }) => to).toSorted()).toEqual([commune, neighbour]);
    expect((await listOf(other)).map(({ from }) => from)).toEqual([commune, neighbour]);
  });
});

describe('refused, and nothing is left of it', () => {
  async function leavings(): Promise<{ envelopes: number; files: number }> {
    const { envelopes } = (
      await ownerQuery<{ envelopes: number }>('select count(*)::int as envelopes from exchange.envelope')
    )[0]!;
    const files = (await readdir(world.folder, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    return { envelopes, files: files.length };
  }

  interface Fault {
    readonly content?: Parameters<typeof letter>[0];
    readonly change?: (file: Buffer) => Buffer;
    readonly options?: SendOptions;
  }
  test.each<[what: string, fault: Fault, code: string, number: string]>([
    ['a header that names another sender', { options: { from: neighbour } }, 'exchange.from_differs', '22'],
    [
      'a sender that the system does not speak for',
      { content: { from: ministry } },
      'exchange.not_your_organisation',
      '19',
    ],
    ['an unknown recipient alone', { content: { to: ['X99'] } }, 'exchange.recipient_unknown', '18'],
    ['a digest of another file', { options: { hashFile: 'ab'.repeat(32) } }, 'exchange.digest_differs', '10'],
    ['a document sent as a status', { options: { kind: 'status' } }, 'exchange.kind_differs', '22'],
    ['what is no XML', { change: () => Buffer.from('%PDF-1.7 không phải XML'.repeat(100)) }, 'edxml.', '22'],
    ['half a document', { change: (file) => file.subarray(0, 900) }, 'edxml.', '22'],
  ])('%s', async (_, { content, change = (file) => file, options }, code, number) => {
    const file = change((await letter(content)).file);
    const before = await leavings();
    await withClients(async (sender) => {
      const { httpStatus, answer } = await sender.sendEdoc(file, options);
      expect(httpStatus).toBe(200);
      expect(answer.ErrorDesc?.startsWith(code)).toBe(true);
      expect(answer).toMatchObject({ status: 'FAIL', ErrorCode: number });
    });
    expect(await leavings()).toEqual(before);
  });

  test('an upload that is cut in the middle', async () => {
    const before = await leavings();
    await withClients(async (sender) => {
      const { file } = await letter({ attachmentBytes: 2_000_000 });
      await expect(sender.sendEdoc(file, { from: commune, cutAfterBytes: 1_000_000 })).rejects.toThrow();
      await expect.poll(() => world.exchange.gate.underWay).toBe(0);
      expect(await leavings()).toEqual(before);
      expect((await sender.sendEdoc(file, { from: commune })).answer.status).toBe('OK');
    });
  });

  test("another's message, as if it did not exist", async () => {
    await withClients(async (sender, receiver) => {
      await sender.sendEdoc((await letter()).file, { from: commune });
      const { docId } = (await listOf(receiver)).at(-1)!;
      for (const answer of [
        (await sender.getEdoc(docId)).answer,
        (await sender.downloadEdoc(docId)).answer,
        (await sender.updateStatus(docId, 'done')).answer,
      ]) {
        expect(answer.ErrorDesc).toMatch(/^exchange\.delivery_unknown: /);
      }
    });
  });
});

test('a package of 20 MB comes whole, its length told beforehand', async () => {
  await withClients(async (sender, receiver) => {
    const { file } = await letter({ attachmentBytes: 15_000_000 });
    expect((await sender.sendEdoc(file, { from: commune })).answer.status).toBe('OK');
    const { docId } = (await listOf(receiver)).find(({ contentLength }) => contentLength === file.length)!;
    const fetched = await receiver.getEdoc(docId);
    expect(Number(fetched.headers['content-length'])).toBe(fetched.body.length);
    expect(Buffer.from(String(fetched.answer.data), 'base64').equals(file)).toBe(true);
  });
});

test('a receiver that hangs up in the middle of a fetch still finds the message in its list', async () => {
  await withClients(async (sender, receiver) => {
    const { file } = await letter({ attachmentBytes: 5_000_000 });
    await sender.sendEdoc(file, { from: commune });
    const { docId } = (await listOf(receiver)).find(({ contentLength }) => contentLength === file.length)!;
    await expect(
      receiver.call('downloadEdoc', { docId }, { method: 'GET', hangsUp: true }),
    ).rejects.toThrow();
    expect((await listOf(receiver)).some((waiting) => waiting.docId === docId)).toBe(true);
  });
});

test('the three lists of organisations name both code forms', async () => {
  await withClients(async (client) => {
    const agencies = (await client.getAgenciesList()).answer.data as { code: string }[];
    expect(agencies.find(({ code }) => code === ministry)).toMatchObject({
      name: 'Bộ Tài chính',
      oldCode: '000.00.00.G12',
      pid: '',
    });
    const byLevel = (await client.getAgenciesListQD20('1')).answer.data as { code: string }[];
    expect(byLevel.find(({ code }) => code === ministry)).toMatchObject({ code102: '000.00.00.G12' });
    expect((await client.getAgenciesListQD20('4')).answer.data).toEqual([]);
    const units = (await client.getSynchronizeUnit()).answer.data as { code: string }[];
    expect(units.find(({ code }) => code === ministry)).toMatchObject({ deleted: false, isAgency: true });
  });
});

test('a system registers an agency in its own subtree, updates it and ends it; elsewhere it is refused', async () => {
  await withClients(async (client) => {
    const agency = {
      id: '',
      pcode: commune,
      code: `${commune}.01`,
      name: 'Trạm y tế xã',
      mail: 'tyt@binhminh.invalid',
      mobile: '',
      fax: '',
    };
    expect((await client.registerAgency(agency)).answer).toMatchObject({ status: 'OK', ErrorDesc: '' });
    expect((await client.registerAgency({ ...agency, name: 'Trạm Y tế xã Bình Minh' })).answer.status).toBe(
      'OK',
    );
    const listed = (await client.getAgenciesList()).answer.data as { code: string; name: string }[];
    expect(listed.find(({ code }) => code === agency.code)?.name).toBe('Trạm Y tế xã Bình Minh');
    expect(
      (await client.registerAgency({ ...agency, pcode: ministry, code: 'G12.99' })).answer.ErrorDesc,
    ).toMatch(/^directory\.outside_subtree/);
    expect((await client.deleteAgency(ministry)).answer).toMatchObject({ status: 'FAIL', ErrorCode: '19' });
    expect((await client.deleteAgency(agency.code)).answer.status).toBe('OK');
    const units = (await client.getSynchronizeUnit()).answer.data as { code: string; deleted: boolean }[];
    expect(units.find(({ code }) => code === agency.code)?.deleted).toBe(true);
  });
});

async function ownerQuery<Row>(text: string): Promise<Row[]> {
  const client = new Client({ connectionString: world.test.ownerUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}
