/**
 * A document's whole cycle with sender and receiver in whatever dialects: the letter, its status, the taking back and its
 * answer. A repeat is the same sending, by whichever way it comes.
 */
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dialects, openDesk } from '../support/desks.ts';
import type { Desk, DialectName } from '../support/desks.ts';
import { documentIdOf, writeLetter, writeReport } from '../support/letters.ts';
import { namedFile, secondXml, soapMessage, soapPackage } from '../support/soap-2012.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const commune = 'H64.31';
const ministry = 'G10';

let world: World;
let owner: Client;
beforeAll(async () => {
  world = await createWorld([{ code: commune }, { code: ministry }]);
  await world.serve();
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});

const pairs = dialects.flatMap((from) => dialects.map((to) => [from, to] as const));

describe.each(pairs)('from %s to %s', (from, to) => {
  let sender: Desk;
  let receiver: Desk;
  beforeAll(async () => {
    sender = await openDesk(world, commune, from);
    receiver = await openDesk(world, ministry, to);
  });

  test('a letter arrives as it was sent, and its status comes back', async () => {
    const number = `${from}-${to}`;
    const documentId = documentIdOf({ from: commune, number });
    const letter = await writeLetter({ from: commune, to: [ministry], number });
    const sent = await sender.send(letter);
    expect(sent.receipt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);

    expect(await collect(receiver)).toEqual([letter.toString()]);
    const report = writeReport({ from: ministry, about: { from: commune, documentId }, code: '03' });
    await receiver.send(report, 'status');
    expect(await collect(sender, 'status')).toEqual([report.toString()]);
    expect(await statusOf(sent.docId)).toMatchObject({ state: 'done', businessStatus: '03' });
  });

  test('the sender asks for it back (13), and the receiver agrees (15)', async () => {
    const number = `${from}-${to}-13`;
    const documentId = documentIdOf({ from: commune, number });
    const sent = await sender.send(await writeLetter({ from: commune, to: [ministry], number }));
    expect(await collect(receiver)).toHaveLength(1);

    const request = writeReport({ from: commune, about: { from: ministry, documentId }, code: '13' });
    await sender.send(request, 'status');
    expect(await collect(receiver, 'status')).toEqual([request.toString()]);
    const answer = writeReport({ from: ministry, about: { from: commune, documentId }, code: '15' });
    await receiver.send(answer, 'status');
    expect(await collect(sender, 'status')).toEqual([answer.toString()]);
    expect(await statusOf(sent.docId)).toMatchObject({ takingBack: 'take_back agreed' });
  });

  test('a recall (type 1) of what nobody fetched leaves nothing to fetch', async () => {
    const number = `${from}-${to}-1`;
    const documentId = documentIdOf({ from: commune, number });
    await sender.send(await writeLetter({ from: commune, to: [ministry], number }));
    expect(await receiver.waiting()).toHaveLength(1);
    await sender.send(await writeLetter({ from: commune, to: [ministry], documentId, docType: 1 }));
    expect(await receiver.waiting()).toEqual([]);
  });
});

test('what software of 2012 writes arrives byte for byte, and by LGSP with its files', async () => {
  const content = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(200_000)]);
  const message = soapMessage((text) =>
    text.replaceAll('000.00.31.H64', commune).replaceAll('000.00.00.G10', ministry),
  );
  const whole = soapPackage({ message, parts: [namedFile(content)] });
  const [vxp, lgsp] = [world.client(ministry), await world.lgspClient(ministry)];
  const first = await (await openDesk(world, commune, 'lgsp')).send(whole);
  // Rebuilt with the file in a second XML it is the same document.
  const rebuilt = soapPackage({ message, parts: [secondXml({ '131-UBND-KT.pdf': content })] });
  const again = await (await openDesk(world, commune, 'vxp')).send(rebuilt);
  expect(again).toEqual({ ...first, wasRepeat: true });

  const [row] = (await vxp.getReceivedEdocList()).answer.data as { docId: string; title: string }[];
  expect(row!.title).toBe('V/v đề nghị hỗ trợ giống cây lâm nghiệp');
  expect((await vxp.downloadEdoc(row!.docId)).body.equals(whole)).toBe(true);
  const { answer } = await lgsp.getEdoc(row!.docId);
  const edoc = answer.data as { edxml: string; attachments: { fileName: string; fileContent: string }[] };
  expect(edoc.edxml).toBe(message.toString());
  expect(edoc.attachments.map(({ fileName }) => fileName)).toEqual(['131-UBND-KT.pdf']);
  expect(Buffer.from(edoc.attachments[0]!.fileContent, 'base64').equals(content)).toBe(true);
  await lgsp.updateStatus(row!.docId, 'done');
});

test('a state secret in the words of 2012 is refused', async () => {
  const message = soapMessage((text) =>
    text
      .replaceAll('000.00.31.H64', commune)
      .replaceAll('000.00.00.G10', ministry)
      .replace('Thường', 'Tối mật'),
  );
  const { answer } = await (await world.lgspClient(commune)).sendEdoc(soapPackage({ message }));
  expect(answer.message).toMatch(/^exchange\.state_secret: /);
});

test(
  'n repeats in any interleaving and dialect are one envelope with one receipt',
  { timeout: 60_000 },
  async () => {
    const sending = fc.record({ dialect: fc.constantFrom(...dialects), isRebuilt: fc.boolean() });
    const waves = fc.array(fc.array(sending, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 });
    const desks = Object.fromEntries(
      await Promise.all(dialects.map(async (name) => [name, await openDesk(world, commune, name)] as const)),
    ) as Record<DialectName, Desk>;
    let number = 100;
    await fc.assert(
      fc.asyncProperty(waves, async (all) => {
        const letter = { from: commune, to: [ministry], number: String(++number) };
        const first = await writeLetter(letter);
        let minute = 0;
        const answers = [];
        for (const wave of all) {
          const sent = wave.map(async ({ dialect, isRebuilt }) => {
            const sentAt = Temporal.Instant.from('2026-11-20T09:30:00Z').add({ minutes: ++minute });
            return desks[dialect].send(isRebuilt ? await writeLetter({ ...letter, sentAt }) : first);
          });
          answers.push(...(await Promise.all(sent)));
        }
        expect(new Set(answers.map(({ receipt }) => receipt)).size).toBe(1);
        expect(new Set(answers.map(({ docId }) => docId)).size).toBe(1);
        expect(answers.filter(({ wasRepeat }) => !wasRepeat)).toHaveLength(1);
        const documentId = documentIdOf(letter);
        const { rows } = await owner.query(
          `select (select count(*)::int from exchange.envelope where document_id = $1) as envelopes,
           (select count(*)::int from exchange.delivery where document_id = $1) as deliveries`,
          [documentId],
        );
        expect(rows).toEqual([{ envelopes: 1, deliveries: 1 }]);
      }),
      { numRuns: 10 },
    );
  },
);

/** Everything that waits, fetched and marked as a client does it. */
async function collect(desk: Desk, kind: 'edoc' | 'status' = 'edoc'): Promise<string[]> {
  const collected: string[] = [];
  for (const id of await desk.waiting(kind)) {
    const { xml, receipt } = await desk.fetch(id);
    expect(receipt).not.toBe('');
    collected.push(xml);
    await desk.mark(id, 'done');
  }
  return collected;
}

async function statusOf(
  envelopeId: string,
): Promise<{ state: string; businessStatus: string | null; takingBack: string | null }> {
  const { rows } = await owner.query<{
    state: string;
    businessStatus: string | null;
    takingBack: string | null;
  }>(
    `select state, business_status as "businessStatus", taking_back_act || ' ' || taking_back as "takingBack"
     from exchange.sent_recipient
     where envelope_id = $1`,
    [envelopeId],
  );
  return rows[0]!;
}
