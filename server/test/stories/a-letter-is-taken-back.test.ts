/**
 * The clerk sent to the wrong place, or sent the wrong thing: what sender and receiver see over the wire, by where the
 * copy was when the clerk noticed. The rules, one by one: `exchange/taking-back.test.ts`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentIdOf, writeLetter, writeReport } from '../support/letters.ts';
import type { Letter } from '../support/letters.ts';
import { receiveAll, textOf } from '../support/receive.ts';
import type { VxpClient } from '../support/vxp-client.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const commune = 'H64.31';
const ministry = 'G10';
const other = 'G12';

let world: World;
let clerk: VxpClient;
let receiver: VxpClient;
let number = 0;
beforeAll(async () => {
  world = await createWorld([{ code: commune }, { code: ministry }, { code: other }]);
  await world.serve();
  [clerk, receiver] = [world.client(commune), world.client(ministry)];
});
afterAll(() => world.drop());

describe('lấy lại (13)', () => {
  test('before the ministry fetched it: it never sees the letter, and is asked nothing', async () => {
    const letter = await sendLetter();
    await askBack(letter.documentId);
    expect(await receiveAll(receiver)).toEqual([]);
    expect(await receiveAll(receiver, 'status')).toEqual([]);
    expect(await seenByClerk(letter.docId)).toEqual([['FAIL', 'unseen']]);
  });

  test('while the ministry is fetching it: one of the two wins, and both sides tell the same', async () => {
    const letter = await sendLetter();
    const [copy] = (await receiver.getReceivedEdocList()).answer.data as { docId: string }[];
    const [fetched] = await Promise.all([receiver.downloadEdoc(copy!.docId), askBack(letter.documentId)]);
    const hasIt = fetched.body.toString().includes(letter.documentId);
    expect(await receiveAll(receiver, 'status')).toHaveLength(hasIt ? 1 : 0);
    expect(await seenByClerk(letter.docId)).toEqual([hasIt ? ['PROCESSING', 'asked'] : ['FAIL', 'unseen']]);
    await receiveAll(receiver);
  });

  test('after it: the ministry is asked and declines, is asked again and agrees, and the letter is out of use', async () => {
    const letter = await sendLetter();
    const [copy] = await receiveAll(receiver);
    await askBack(letter.documentId);
    expect(await receiveAll(receiver, 'status')).toHaveLength(1);
    await answer(letter.documentId, '16', 'Đã chuyển xử lý');
    expect(await seenByClerk(letter.docId)).toEqual([['DONE', 'declined']]);
    expect((await receiver.downloadEdoc(copy!.docId)).body.equals(copy!.bytes)).toBe(true);

    await askBack(letter.documentId);
    await answer(letter.documentId, '15');
    expect(await seenByClerk(letter.docId)).toEqual([['DONE', 'agreed']]);
    const { answer: gone } = await receiver.downloadEdoc(copy!.docId);
    expect(gone.ErrorDesc).toMatch(/^exchange\.delivery_recalled: /);
    expect((await receiveAll(clerk, 'status')).map(({ bytes }) => textOf('StatusCode', bytes))).toEqual([
      '16',
      '15',
    ]);
  });
});

test('thu hồi (type 1): who never saw it hears nothing, who has it is told to cancel it and confirms', async () => {
  const letter = await sendLetter({ to: [ministry, other] });
  await receiveAll(receiver);
  const recall = await sendLetter({ to: [ministry, other], docType: 1, about: letter.documentId });
  expect(await receiveAll(world.client(other))).toEqual([]);
  expect(documentIdsOf(await receiveAll(receiver))).toEqual([recall.documentId]);
  await answer(recall.documentId, '15');
  expect(await seenByClerk(letter.docId)).toEqual([
    ['DONE', 'agreed'],
    ['FAIL', 'unseen'],
  ]);
});

describe('an update (type 2)', () => {
  test('before the fetch takes the place of the letter, after it lies behind it', async () => {
    const letter = await sendLetter();
    const update = await sendLetter({ docType: 2, about: letter.documentId });
    expect(documentIdsOf(await receiveAll(receiver))).toEqual([update.documentId]);
    const second = await sendLetter({ docType: 2, about: letter.documentId });
    expect(documentIdsOf(await receiveAll(receiver))).toEqual([second.documentId]);
    await answer(letter.documentId, '15');
  });

  test('that adds a receiver and removes one delivers to the first and recalls from the second', async () => {
    const letter = await sendLetter();
    const update = await sendLetter({
      to: [other],
      docType: 2,
      about: letter.documentId,
      receivers: [
        { organId: other, change: 'added' },
        { organId: ministry, change: 'removed' },
      ],
    });
    expect(await receiveAll(receiver)).toEqual([]);
    expect(documentIdsOf(await receiveAll(world.client(other)))).toEqual([update.documentId]);
    expect(await seenByClerk(letter.docId)).toEqual([['FAIL', 'unseen']]);
  });
});

test('a replacement (type 3) comes instead of what was not seen, and asks about what was', async () => {
  const seen = await sendLetter();
  await receiveAll(receiver);
  const unseen = await sendLetter();
  const replacement = await sendLetter({
    docType: 3,
    replacements: [seen, unseen].map(({ documentId }) => ({ documentId, organIds: [ministry] })),
  });
  expect(documentIdsOf(await receiveAll(receiver))).toEqual([replacement.documentId]);
  expect([await seenByClerk(seen.docId), await seenByClerk(unseen.docId)]).toEqual([
    [['DONE', 'asked']],
    [['FAIL', 'unseen']],
  ]);
});

async function sendLetter(letter: Partial<Letter> = {}) {
  const written = { from: commune, to: [ministry], number: String(++number), ...letter };
  const { answer: accepted } = await clerk.sendEdoc(await writeLetter(written));
  expect(accepted.status).toBe('OK');
  return { docId: accepted.DocId!, documentId: documentIdOf(written) };
}

async function askBack(documentId: string): Promise<void> {
  await report(clerk, { from: commune, about: { from: ministry, documentId }, code: '13' });
}

async function answer(documentId: string, code: '15' | '16', description = 'Đồng ý'): Promise<void> {
  await report(receiver, { from: ministry, about: { from: commune, documentId }, code, description });
}

let minute = 0;

async function report(client: VxpClient, status: Parameters<typeof writeReport>[0]): Promise<void> {
  const at = Temporal.Instant.from('2026-11-20T10:00:00Z').add({ minutes: ++minute });
  const { answer: accepted } = await client.sendEdoc(writeReport({ ...status, at }), { kind: 'status' });
  expect(accepted.status).toBe('OK');
}

/** Where each copy is and what became of the taking back, as the list of what was sent shows it. */
async function seenByClerk(docId: string): Promise<string[][]> {
  const { answer: listed } = await clerk.getSentEdocList('edoc', docId);
  return (listed.data as { receiveStatus: string; takingBack: string }[]).map((row) => [
    row.receiveStatus,
    row.takingBack,
  ]);
}

function documentIdsOf(mail: readonly { readonly bytes: Buffer }[]): string[] {
  return mail.map(({ bytes }) => textOf('DocumentId', bytes));
}
