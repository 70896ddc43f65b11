/** The straight path through the six commands, on a real database. */
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, documentIdOf, writeLetter, writeReport } from '../../../test/support/letters.ts';
import type { Letter, Report } from '../../../test/support/letters.ts';
import { createWorld } from '../../../test/support/world.ts';
import type { World } from '../../../test/support/world.ts';
import {
  countWaiting,
  fetchDelivery,
  listSent,
  listWaiting,
  markDelivery,
  readTimeline,
  send,
} from './index.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld([
    { code: 'G10', oldCode: '000.00.00.G10' },
    { code: 'H64', oldCode: '000.00.00.H64' },
    { code: 'H64.31', oldCode: '000.00.31.H64' },
    { code: 'A64', system: 'shared' },
    { code: 'A65', system: 'shared' },
  ]);
});
afterAll(() => world.drop());
afterEach(async () => {
  for (const code of ['G10', 'H64', 'H64.31', 'A64']) {
    await drain(code);
    await drain(code, 'status');
  }
});

describe('a letter', () => {
  test('reaches the mailbox of its recipient and comes out byte for byte', async () => {
    const bytes = await writeLetter({ from: 'H64.31', to: ['G10'], number: '1' });
    const sent = await sendBytes('H64.31', bytes);
    expect(sent).toMatchObject({ repeated: false, refused: [] });

    const [mail] = await waitingOf('G10');
    expect(mail).toMatchObject({
      fromCode: 'H64.31',
      toCode: 'G10',
      documentId: documentIdOf({ from: 'H64.31', number: '1' }),
    });
    const fetched = await fetchDelivery(world.exchange, await world.caller('G10'), mail!.deliveryId);
    expect(Buffer.concat(await Array.fromAsync(fetched.content)).equals(bytes)).toBe(true);
  });

  test('is seen by its sender: waiting, fetched, done, and what the receiver does about it', async () => {
    const sent = await sendLetter({ from: 'H64.31', to: ['G10'], number: '2' });
    expect(await rowOf('H64.31', sent.envelopeId)).toMatchObject({ state: 'waiting', fetchedAt: null });

    const receiver = await world.caller('G10');
    const [mail] = await waitingOf('G10');
    await fetchDelivery(world.exchange, receiver, mail!.deliveryId);
    expect(await rowOf('H64.31', sent.envelopeId)).toMatchObject({ state: 'fetched' });
    await markDelivery(world.exchange, receiver, { id: mail!.deliveryId, mark: 'done' });
    expect(await rowOf('H64.31', sent.envelopeId)).toMatchObject({ state: 'done', businessStatus: null });

    const about = { from: 'H64.31', documentId: documentIdOf({ from: 'H64.31', number: '2' }) };
    await report({ from: 'G10', about, code: '01' });
    await report({ from: 'G10', about, code: '03', description: 'Số đến 1525' });
    expect(await rowOf('H64.31', sent.envelopeId)).toMatchObject({
      businessStatus: '03',
      businessStatusText: 'Số đến 1525',
    });
    const timeline = await readTimeline(world.exchange, await world.caller('H64.31'), sent.envelopeId);
    expect(timeline.map(({ kind }) => kind)).toEqual([
      'exchange.accepted',
      'exchange.fetched',
      'exchange.done',
      'exchange.status_reported',
      'exchange.status_reported',
    ]);
    expect(await countWaiting(world.exchange, await world.caller('H64.31'), 'status')).toBe(2);
  });

  test('marked done leaves the mailbox for good; repeats change nothing and get the same receipt', async () => {
    await sendLetter({ from: 'H64.31', to: ['G10'] });
    const receiver = await world.caller('G10');
    const [mail] = await waitingOf('G10');
    const id = mail!.deliveryId;
    await expect(markDelivery(world.exchange, receiver, { id, mark: 'done' })).rejects.toThrow(
      /mark_before_fetch/,
    );
    await fetchDelivery(world.exchange, receiver, id);
    const done = await markDelivery(world.exchange, receiver, { id, mark: 'done' });
    expect(await markDelivery(world.exchange, receiver, { id, mark: 'done' })).toEqual(done);
    await expect(markDelivery(world.exchange, receiver, { id, mark: 'fail' })).rejects.toThrow(
      /mark_after_done/,
    );
    expect(await waitingOf('G10')).toEqual([]);
  });

  test('urgent ones come first', async () => {
    const letters = [0, 3, 1] as const;
    for (const priority of letters) await sendLetter({ from: 'H64.31', to: ['G10'], priority });
    expect((await waitingOf('G10')).map(({ priority }) => priority)).toEqual([3, 1, 0]);
  });
});

describe('the same letter again', () => {
  test('gets the same receipt, byte for byte, also when it was rebuilt', async () => {
    const letter: Letter = { from: 'H64.31', to: ['G10'], number: '30' };
    const first = await sendLetter(letter);
    const again = await sendLetter(letter);
    const rebuilt = await sendLetter({ ...letter, sentAt: Temporal.Instant.from('2026-11-20T11:00:00Z') });
    expect([again.receipt, rebuilt.receipt]).toEqual([first.receipt, first.receipt]);
    expect([again.repeated, rebuilt.envelopeId]).toEqual([true, first.envelopeId]);
    expect(await waitingOf('G10')).toHaveLength(1);
  });

  test('sent many times at once is one envelope with one receipt', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 12 }),
        async (picks) => {
          const run = Math.random().toString(36).slice(2, 8);
          const sent = await Promise.all(
            picks.map((pick) => sendLetter({ from: 'H64.31', to: ['G10', 'H64'], number: `${run}${pick}` })),
          );
          for (const pick of new Set(picks)) {
            const receipts = new Set(
              sent.filter((_, index) => picks[index] === pick).map(({ receipt }) => receipt),
            );
            expect(receipts.size).toBe(1);
          }
          expect(await waitingOf('G10')).toHaveLength(new Set(picks).size);
          await drain('G10');
          await drain('H64');
        },
      ),
      { numRuns: 15 },
    );
  });

  test('with a new recipient goes to that one alone', async () => {
    const letter: Letter = { from: 'H64.31', to: ['G10'], number: '31' };
    const first = await sendLetter(letter);
    const supplement = await sendLetter({ ...letter, to: ['G10', 'H64'] });
    expect(supplement.receipt).not.toBe(first.receipt);
    expect(await waitingOf('G10')).toHaveLength(1);
    expect(await waitingOf('H64')).toHaveLength(1);
  });

  test('under the same document id but with another subject is refused, naming the subject', async () => {
    const letter: Letter = { from: 'H64.31', to: ['G10'], number: '32' };
    await sendLetter(letter);
    await expect(sendLetter({ ...letter, subject: 'Khác' })).rejects.toThrow(/document_id_taken.*[Ss]ubject/);
  });
});

describe('what is longer than anybody reads', () => {
  test('is cut where it is listed, and whole in the package', async () => {
    const subject = 'x'.repeat(99) + '😀ế'.repeat(10_000);
    await sendLetter({ from: 'H64.31', to: ['G10'], subject });
    const [mail] = await waitingOf('G10');
    expect(mail!.subject).toMatch(/^x{99}😀ế.*…$/u);
    expect(mail!.subject!.length).toBeLessThanOrEqual(1_000);
    await drain('G10');
  });

  test('is refused where it would not fit into a receipt', async () => {
    const about = { from: 'G10', documentId: 'ế'.repeat(300) };
    await expect(report({ from: 'H64.31', about, code: '13' })).rejects.toThrow(/document_id_too_long/);
  });
});

test('a list from the first day of the year 1 on, which some clients mean by "no limit", is the whole list', async () => {
  await sendLetter({ from: 'H64.31', to: ['G10'] });
  const from = Temporal.PlainDate.from('0001-01-01');
  const caller = await world.caller('G10');
  expect(await listWaiting(world.exchange, caller, { kind: 'document', from })).toHaveLength(1);
  expect(await listWaiting(world.exchange, caller, { kind: 'document', to: from })).toEqual([]);
  await drain('G10');
});

test('what a receiver could not store reaches it again when the sender sends it again', async () => {
  const letter: Letter = { from: 'H64.31', to: ['G10', 'H64'], number: '40' };
  const first = await sendLetter(letter);
  const receiver = await world.caller('G10');
  const [mail] = await waitingOf('G10');
  await fetchDelivery(world.exchange, receiver, mail!.deliveryId);
  await markDelivery(world.exchange, receiver, { id: mail!.deliveryId, mark: 'fail' });
  expect(await rowOf('H64.31', first.envelopeId)).toMatchObject({ state: 'failed' });
  expect(await waitingOf('G10')).toEqual([]);

  const again = await sendLetter(letter);
  expect(again.repeated).toBe(false);
  expect((await waitingOf('G10')).map(({ documentId }) => documentId)).toEqual([mail!.documentId]);
  expect(await waitingOf('H64')).toHaveLength(1);
});

describe('who may do what', () => {
  test('a system sends only for its own organisations', async () => {
    const bytes = await writeLetter({ from: 'H64', to: ['G10'] });
    await expect(sendBytes('H64.31', bytes)).rejects.toThrow(/not_your_organisation/);
    expect(await waitingOf('G10')).toEqual([]);
  });

  test('nobody sees, fetches or marks the mail of another organisation', async () => {
    const sent = await sendLetter({ from: 'H64.31', to: ['G10'] });
    const [mail] = await waitingOf('G10');
    const other = await world.caller('H64');
    await expect(fetchDelivery(world.exchange, other, mail!.deliveryId)).rejects.toThrow(/delivery_unknown/);
    await expect(
      markDelivery(world.exchange, other, { id: mail!.deliveryId, mark: 'processing' }),
    ).rejects.toThrow(/delivery_unknown/);
    await expect(readTimeline(world.exchange, other, sent.envelopeId)).rejects.toThrow(/envelope_unknown/);
    const rows = await listSent(world.exchange, other, { kind: 'document', envelopeId: sent.envelopeId });
    expect(rows.filter(({ envelopeId }) => envelopeId === sent.envelopeId)).toEqual([]);
  });

  test('a system that speaks for two organisations sends and receives for both', async () => {
    await sendLetter({ from: 'A64', to: ['A65', 'G10'] });
    await sendLetter({ from: 'A65', to: ['A64'] });
    expect((await waitingOf('A64')).map(({ toCode }) => toCode)).toEqual(['A65', 'A64']);
  });
});

describe('a refusal', () => {
  test('of one recipient is told in the answer, in the list and by a status 02 of the axis', async () => {
    const sent = await sendLetter({ from: 'H64.31', to: ['G10', 'X99'], number: '50' });
    expect(sent.refused).toEqual([{ code: 'X99', reason: 'exchange.recipient_unknown' }]);
    const rows = await listSent(world.exchange, await world.caller('H64.31'), {
      kind: 'document',
      envelopeId: sent.envelopeId,
    });
    expect(rows.map(({ toCode, state }) => [toCode, state])).toEqual([
      ['G10', 'waiting'],
      ['X99', 'refused'],
    ]);
    const caller = await world.caller('H64.31');
    const [notice] = await listWaiting(world.exchange, caller, { kind: 'status' });
    expect(notice).toMatchObject({
      fromCode: '00.00.W00',
      documentId: documentIdOf({ from: 'H64.31', number: '50' }),
    });
    const { content } = await fetchDelivery(world.exchange, caller, notice!.deliveryId);
    expect(Buffer.concat(await Array.fromAsync(content)).toString()).toMatch(/<edXML:StatusCode>02<.*X99/s);
  });

  test('of a hundred recipients is told by one status, and by a row for each', async () => {
    const unknown = Array.from({ length: 100 }, (_, index) => `X${index}`);
    const sent = await sendLetter({ from: 'H64.31', to: ['G10', ...unknown] });
    const caller = await world.caller('H64.31');
    expect(await countWaiting(world.exchange, caller, 'status')).toBe(1);
    const rows = await listSent(world.exchange, caller, { kind: 'document', envelopeId: sent.envelopeId });
    expect(rows.filter(({ state }) => state === 'refused')).toHaveLength(100);
  });

  test('leaves nothing but its entry', async () => {
    const before = await countRows();
    const bytes = await writeLetter({ from: 'H64.31', to: ['X99'], content: Buffer.alloc(200_000, 7) });
    await expect(sendBytes('H64.31', bytes)).rejects.toThrow(/recipient_unknown/);
    await expect(sendBytes('H64.31', Buffer.from('<not-edxml/>'))).rejects.toThrow(/edxml\./);
    await expect(sendBytes('H64.31', bytes, { sizeBytes: bytes.length + 1 })).rejects.toThrow(/size_differs/);
    await expect(sendBytes('H64.31', bytes, { expectedDigest: () => false })).rejects.toThrow(
      /digest_differs/,
    );
    await expect(sendBytes('H64.31', bytes, { from: 'G10' })).rejects.toThrow(/from_differs/);
    const after = await countRows();
    expect(after).toEqual({ ...before, refused: before.refused + 5 });
  });

  test('of a status that nobody can answer, goes back, or comes after the end', async () => {
    const about = { from: 'H64.31', documentId: 'không có' };
    await expect(report({ from: 'G10', about, code: '03' })).rejects.toThrow(/original_unknown/);
    await sendLetter({ from: 'H64.31', to: ['G10'], number: '60' });
    const real = { from: 'H64.31', documentId: documentIdOf({ from: 'H64.31', number: '60' }) };
    await report({ from: 'G10', about: real, code: '05' });
    await expect(report({ from: 'G10', about: real, code: '03' })).rejects.toThrow(/status_backward/);
    await report({ from: 'G10', about: real, code: '06' });
    const later = Temporal.Instant.from('2026-11-20T12:00:00Z');
    await expect(report({ from: 'G10', about: real, code: '05', at: later })).rejects.toThrow(/status_ended/);
    await expect(report({ from: 'H64', about: real, code: '05' })).rejects.toThrow(/original_unknown/);
    await expect(report({ from: 'G10', about: real, code: '99' })).rejects.toThrow(/status_code_unknown/);
  });
});

test('the same status again is the same, and concurrent ones are one', async () => {
  await sendLetter({ from: 'H64.31', to: ['G10'], number: '70' });
  const about = { from: 'H64.31', documentId: documentIdOf({ from: 'H64.31', number: '70' }) };
  const sent = await Promise.all([1, 2, 3].map(() => report({ from: 'G10', about, code: '03' })));
  expect(new Set(sent.map(({ receipt }) => receipt)).size).toBe(1);
  const later = await report({
    from: 'G10',
    about,
    code: '03',
    at: Temporal.Instant.from('2026-11-20T12:00:00Z'),
  });
  expect(later.receipt).toBe(sent[0]!.receipt);
  expect(await countWaiting(world.exchange, await world.caller('H64.31'), 'status')).toBe(1);
});

test('a receipt stays within a response header of 2 KB, whatever the document is called', async () => {
  const documentId = 'ệ'.repeat(200);
  const sent = await sendLetter({ from: 'H64.31', to: ['G10'], documentId });
  expect(sent.receipt.length).toBeLessThanOrEqual(2_048);
  await expect(sendLetter({ from: 'H64.31', to: ['G10'], documentId: `${documentId}x` })).rejects.toThrow(
    /too_long/,
  );
});

async function sendLetter(letter: Letter) {
  return sendBytes(letter.from, await writeLetter(letter));
}

async function report(status: Report) {
  const bytes = writeReport(status);
  return send(world.exchange, await world.caller(status.from), {
    kind: 'status',
    from: undefined,
    sizeBytes: bytes.length,
    body: bodyOf(bytes),
  });
}

async function sendBytes(code: string, bytes: Buffer, changes: Partial<Parameters<typeof send>[2]> = {}) {
  return send(world.exchange, await world.caller(code), {
    kind: 'document',
    from: undefined,
    sizeBytes: bytes.length,
    body: bodyOf(bytes),
    ...changes,
  });
}

async function waitingOf(code: string) {
  return listWaiting(world.exchange, await world.caller(code), { kind: 'document' });
}

async function rowOf(code: string, envelopeId: string) {
  const [row] = await listSent(world.exchange, await world.caller(code), { kind: 'document', envelopeId });
  return row;
}

/** Fetches and confirms everything, as a receiving system does. */
async function drain(code: string, kind: 'document' | 'status' = 'document') {
  const caller = await world.caller(code);
  for (const { deliveryId } of await listWaiting(world.exchange, caller, { kind })) {
    await fetchDelivery(world.exchange, caller, deliveryId);
    await markDelivery(world.exchange, caller, { id: deliveryId, mark: 'done' });
  }
}

async function countRows() {
  const { rows } = await asOwner(`
    select (select count(*) from exchange.envelope) as envelopes,
      (select count(*) from exchange.delivery) as deliveries,
      (select count(*) from exchange.sent_recipient) as recipients,
      (select count(*) from blob.small) as blobs,
      (select count(*) from evidence.entry where kind = 'exchange.refused') as refused`);
  return rows[0] as Record<'envelopes' | 'deliveries' | 'recipients' | 'blobs' | 'refused', number>;
}

async function asOwner(statement: string) {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: world.test.ownerUrl });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}
