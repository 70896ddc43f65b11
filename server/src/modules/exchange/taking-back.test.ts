/** Taking back in each of its forms and each of its races, on a real database; and that entries fold to rows after it. */
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, documentIdOf, writeLetter, writeReport } from '../../../test/support/letters.ts';
import type { Letter } from '../../../test/support/letters.ts';
import { createWorld } from '../../../test/support/world.ts';
import type { World } from '../../../test/support/world.ts';
import { fetchDelivery, inspectHistory, listSent, listWaiting, markDelivery, send } from './index.ts';
import type { MessageKind, SentRecipient } from './index.ts';

const sender = 'H64';
const holder = 'G10';
const other = 'G12';

let world: World;
let owner: Client;
let number = 100;

beforeAll(async () => {
  world = await createWorld([{ code: sender }, { code: holder }, { code: other }, { code: 'G22' }]);
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});
afterEach(async () => {
  for (const code of [sender, holder, other, 'G22']) for (const kind of kinds) await empty(code, kind);
  const snapshot = {
    query: async <Row>(text: string, parameters: readonly unknown[] = []) =>
      (await owner.query(text, [...parameters])).rows as Row[],
  };
  expect(await Array.fromAsync(inspectHistory(snapshot))).toEqual([]);
});

describe('lấy lại (13)', () => {
  test('before the fetch: the copy is never delivered, and its receiver hears nothing', async () => {
    const letter = await sendLetter({ to: [holder] });
    const [copy] = await mailOf(holder);
    await report({ code: '13', about: letter.documentId, to: holder });

    expect(await mailOf(holder)).toEqual([]);
    expect(await mailOf(holder, 'status')).toEqual([]);
    await expect(fetch(holder, copy!.deliveryId)).rejects.toThrow(/delivery_recalled/);
    expect(await sentRow(letter.envelopeId)).toMatchObject({
      state: 'recalled',
      takingBack: { act: 'take_back', outcome: 'unseen' },
    });
  });

  test('after the fetch: the holder is asked, and agrees; content and subject leave use, the line stays', async () => {
    const letter = await sendLetter({ to: [holder] });
    const [copy] = await mailOf(holder);
    await fetch(holder, copy!.deliveryId);
    await report({ code: '13', about: letter.documentId, to: holder });
    expect((await mailOf(holder, 'status')).map(({ documentId }) => documentId)).toEqual([letter.documentId]);
    expect(await sentRow(letter.envelopeId)).toMatchObject({
      state: 'fetched',
      takingBack: { act: 'take_back', outcome: 'asked' },
    });

    await report({ from: holder, code: '15', about: letter.documentId, to: sender });
    expect(await sentRow(letter.envelopeId)).toMatchObject({
      state: 'recalled',
      takingBack: { outcome: 'agreed' },
    });
    await expect(fetch(holder, copy!.deliveryId)).rejects.toThrow(/delivery_recalled/);
    const { rows } = await owner.query('select header, package_key from exchange.delivery where id = $1', [
      copy!.deliveryId,
    ]);
    expect(rows).toEqual([
      {
        header: { number: letter.number, notation: 'UBND-VP', promulgatedOn: '2026/11/20' },
        package_key: null,
      },
    ]);
  });

  test('after done: done stays, and the content leaves use all the same', async () => {
    const letter = await sendLetter({ to: [holder] });
    const copy = await take(holder);
    await report({ code: '13', about: letter.documentId, to: holder });
    await report({ from: holder, code: '15', about: letter.documentId, to: sender });
    expect(await sentRow(letter.envelopeId)).toMatchObject({
      state: 'done',
      takingBack: { outcome: 'agreed' },
    });
    await expect(fetch(holder, copy)).rejects.toThrow(/delivery_recalled/);
  });

  test('declined: the copy stays, and may be asked for again', async () => {
    const letter = await sendLetter({ to: [holder] });
    const copy = await take(holder);
    const first = await report({ code: '13', about: letter.documentId, to: holder });
    await report({ from: holder, code: '16', about: letter.documentId, to: sender });
    expect(await sentRow(letter.envelopeId)).toMatchObject({ takingBack: { outcome: 'declined' } });
    expect((await fetch(holder, copy)).sizeBytes).toBeGreaterThan(0);

    const second = await report({ code: '13', about: letter.documentId, to: holder });
    expect(second.envelopeId).not.toBe(first.envelopeId);
    expect(await sentRow(letter.envelopeId)).toMatchObject({ takingBack: { outcome: 'asked' } });
  });

  test('a second click asks nothing twice, before and after the answer', async () => {
    const letter = await sendLetter({ to: [holder] });
    await take(holder);
    const first = await report({ code: '13', about: letter.documentId, to: holder });
    expect(await report({ code: '13', about: letter.documentId, to: holder })).toEqual({
      ...first,
      repeated: true,
    });
    const answer = await report({ from: holder, code: '15', about: letter.documentId, to: sender });
    expect(await report({ from: holder, code: '15', about: letter.documentId, to: sender })).toEqual({
      ...answer,
      repeated: true,
    });
    expect(await report({ code: '13', about: letter.documentId, to: holder })).toEqual({
      ...first,
      repeated: true,
    });
  });

  test('recall and fetch at once: exactly one of them wins, and both sides tell the same (X5)', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const letter = await sendLetter({ to: [holder] });
      const [copy] = await mailOf(holder);
      const [fetched] = await Promise.allSettled([
        fetch(holder, copy!.deliveryId),
        report({ code: '13', about: letter.documentId, to: holder }),
      ]);
      const row = await sentRow(letter.envelopeId);
      const asked = (await mailOf(holder, 'status')).some(
        ({ documentId }) => documentId === letter.documentId,
      );
      expect({ state: row.state, outcome: row.takingBack?.outcome, asked }).toEqual(
        fetched.status === 'fulfilled'
          ? { state: 'fetched', outcome: 'asked', asked: true }
          : { state: 'recalled', outcome: 'unseen', asked: false },
      );
      outcomes.add(fetched.status);
      await empty(holder, 'document');
    }
    expect(outcomes.size).toBeGreaterThan(0);
  });

  test('only from its issuer, only of what it sent, only to who has it', async () => {
    const letter = await sendLetter({ to: [holder] });
    await expect(report({ code: '13', about: letter.documentId, to: other })).rejects.toThrow(
      /original_unknown/,
    );
    await expect(report({ from: other, code: '13', about: letter.documentId, to: holder })).rejects.toThrow(
      /original_unknown/,
    );
    await expect(report({ code: '13', about: 'nothing', to: holder })).rejects.toThrow(/original_unknown/);
  });

  test('15 and 16 answer an open request only', async () => {
    const letter = await sendLetter({ to: [holder] });
    await take(holder);
    for (const code of ['15', '16']) {
      await expect(report({ from: holder, code, about: letter.documentId, to: sender })).rejects.toThrow(
        /nothing_to_answer/,
      );
      await expect(report({ from: holder, code, about: 'nothing', to: sender })).rejects.toThrow(
        /original_unknown/,
      );
    }
  });
});

describe('thu hồi (type 1)', () => {
  test('who never saw the document hears nothing; who has it is asked to cancel it', async () => {
    const letter = await sendLetter({ to: [holder, other] });
    await take(holder);
    const recall = await sendLetter({ to: [holder, other], docType: 1, about: letter.documentId });

    expect(await mailOf(other)).toEqual([]);
    expect((await mailOf(holder)).map(({ documentId }) => documentId)).toEqual([recall.documentId]);
    expect(await sentRows(letter.envelopeId)).toMatchObject([
      { toCode: holder, state: 'done', takingBack: { act: 'recall', outcome: 'asked' } },
      { toCode: other, state: 'recalled', takingBack: { act: 'recall', outcome: 'unseen' } },
    ]);
    expect(await sentRows(recall.envelopeId)).toMatchObject([
      { toCode: holder, state: 'waiting' },
      { toCode: other, state: 'recalled' },
    ]);
  });

  test('is answered by the id of the document or by that of the recall; declined only with a reason', async () => {
    for (const named of ['document', 'recall'] as const) {
      const letter = await sendLetter({ to: [holder] });
      await take(holder);
      const recall = await sendLetter({ to: [holder], docType: 1, about: letter.documentId });
      const about = named === 'document' ? letter.documentId : recall.documentId;
      await expect(report({ from: holder, code: '16', about, to: sender, description: ' ' })).rejects.toThrow(
        /decline_without_reason/,
      );
      await report({ from: holder, code: '15', about, to: sender });
      expect(await sentRow(letter.envelopeId)).toMatchObject({ takingBack: { outcome: 'agreed' } });
      await empty(holder, 'document');
    }
  });

  test('its repeat gets the identical receipt and asks nobody twice', async () => {
    const letter = await sendLetter({ to: [holder] });
    await take(holder);
    const recall = { to: [holder], docType: 1 as const, about: letter.documentId, number: String(++number) };
    const first = await sendLetter(recall);
    const again = await sendLetter(recall);
    expect([again.receipt, again.repeated]).toEqual([first.receipt, true]);
    expect((await mailOf(holder)).length).toBe(1);
  });

  test('of a document that its sender never sent is refused, and delivers nothing', async () => {
    await expect(sendLetter({ to: [holder], docType: 1, about: 'nothing' })).rejects.toThrow(
      /original_unknown/,
    );
    const letter = await sendLetter({ to: [holder] });
    await expect(
      sendLetter({ from: other, to: [holder], docType: 1, about: letter.documentId }),
    ).rejects.toThrow(/original_unknown/);
    expect((await mailOf(holder)).map(({ documentId }) => documentId)).toEqual([letter.documentId]);
  });
});

describe('an update (type 2)', () => {
  test('before the fetch takes the place of the waiting copy', async () => {
    const letter = await sendLetter({ to: [holder] });
    const update = await sendLetter({ to: [holder], docType: 2, about: letter.documentId });
    expect((await mailOf(holder)).map(({ envelopeId }) => envelopeId)).toEqual([update.envelopeId]);
    expect(await sentRow(letter.envelopeId)).toMatchObject({
      state: 'recalled',
      takingBack: { act: 'update', outcome: 'unseen' },
    });
    const second = await sendLetter({ to: [holder], docType: 2, about: update.documentId });
    expect((await mailOf(holder)).map(({ envelopeId }) => envelopeId)).toEqual([second.envelopeId]);
  });

  test('before the fetch of a copy that its receiver had listed: it is not handed out any more (X5)', async () => {
    const letter = await sendLetter({ to: [holder] });
    const [listed] = await mailOf(holder);
    await sendLetter({ to: [holder], docType: 2, about: letter.documentId });
    const caller = await world.caller(holder);
    const refusal = { code: 'exchange.delivery_recalled' };
    await expect(fetch(holder, listed!.deliveryId)).rejects.toMatchObject(refusal);
    const marking = markDelivery(world.exchange, caller, { id: listed!.deliveryId, mark: 'done' });
    await expect(marking).rejects.toMatchObject(refusal);
    expect(await sentRow(letter.envelopeId)).toMatchObject({ state: 'recalled', fetchedAt: null });
  });

  test('after the fetch is delivered, and the holder’s consent leaves the document in use', async () => {
    const letter = await sendLetter({ to: [holder] });
    const copy = await take(holder);
    await sendLetter({ to: [holder], docType: 2, about: letter.documentId });
    await report({ from: holder, code: '15', about: letter.documentId, to: sender });
    expect(await sentRow(letter.envelopeId)).toMatchObject({
      state: 'done',
      takingBack: { act: 'update', outcome: 'agreed' },
    });
    expect((await fetch(holder, copy)).sizeBytes).toBeGreaterThan(0);
  });

  test('that removes a receiver is a recall for him, that adds one a delivery', async () => {
    const letter = await sendLetter({ to: [holder, 'G22'] });
    await take(holder);
    const update = await sendLetter({
      to: [other],
      docType: 2,
      about: letter.documentId,
      receivers: [
        { organId: holder, change: 'removed' },
        { organId: 'G22', change: 'removed' },
        { organId: other, change: 'added' },
      ],
    });
    expect(await mailOf('G22')).toEqual([]);
    expect((await mailOf(other)).map(({ envelopeId }) => envelopeId)).toEqual([update.envelopeId]);
    expect((await mailOf(holder)).map(({ envelopeId }) => envelopeId)).toEqual([update.envelopeId]);
    expect(await sentRows(letter.envelopeId)).toMatchObject([
      { toCode: holder, takingBack: { act: 'recall', outcome: 'asked' } },
      { toCode: 'G22', state: 'recalled', takingBack: { act: 'recall', outcome: 'unseen' } },
    ]);
  });

  test('that is urgent does not overtake its original: the original is hurried along (X6)', async () => {
    const letter = await sendLetter({ to: [holder] });
    const between = await sendLetter({ to: [holder], priority: 1 });
    const [, copy] = await mailOf(holder);
    await fetch(holder, copy!.deliveryId);
    const update = await sendLetter({ to: [holder], docType: 2, about: letter.documentId, priority: 3 });
    expect((await mailOf(holder)).map(({ envelopeId }) => envelopeId)).toEqual([
      letter.envelopeId,
      update.envelopeId,
      between.envelopeId,
    ]);
  });
});

test('a replacement (type 3) withdraws what was not seen, and asks whoever has what it replaces', async () => {
  const first = await sendLetter({ to: [holder, other] });
  const second = await sendLetter({ to: [holder] });
  await take(holder);
  await take(holder);
  const replacement = await sendLetter({
    to: [holder, other],
    docType: 3,
    replacements: [
      { documentId: first.documentId, organIds: [holder, other] },
      { documentId: second.documentId, organIds: [holder] },
    ],
  });
  for (const code of [holder, other]) {
    expect((await mailOf(code)).map(({ envelopeId }) => envelopeId)).toEqual([replacement.envelopeId]);
  }
  expect(await sentRows(first.envelopeId)).toMatchObject([
    { toCode: holder, takingBack: { act: 'replace', outcome: 'asked' } },
    { toCode: other, state: 'recalled', takingBack: { act: 'replace', outcome: 'unseen' } },
  ]);
  await report({ from: holder, code: '15', about: first.documentId, to: sender });
  await report({ from: holder, code: '16', about: second.documentId, to: sender });
  expect((await sentRow(first.envelopeId)).takingBack?.outcome).toBe('agreed');
  expect((await sentRow(second.envelopeId)).takingBack?.outcome).toBe('declined');
});

const kinds: readonly MessageKind[] = ['document', 'status'];

async function sendLetter(letter: Omit<Letter, 'from'> & { readonly from?: string }) {
  const written = { from: sender, number: String(++number), ...letter };
  const bytes = await writeLetter(written);
  const sent = await send(world.exchange, await world.caller(written.from), sendRequest('document', bytes));
  return { ...sent, number: written.number, documentId: documentIdOf(written) };
}

let minute = 0;

async function report(given: {
  readonly from?: string;
  readonly to: string;
  readonly about: string;
  readonly code: string;
  readonly description?: string;
}) {
  const from = given.from ?? sender;
  const bytes = writeReport({
    from,
    about: { from: given.to, documentId: given.about },
    code: given.code,
    ...(given.description !== undefined && { description: given.description }),
    at: Temporal.Instant.from('2026-11-20T10:00:00Z').add({ minutes: ++minute }),
  });
  return send(world.exchange, await world.caller(from), sendRequest('status', bytes));
}

function sendRequest(kind: MessageKind, bytes: Buffer) {
  return { kind, from: undefined, sizeBytes: bytes.length, body: bodyOf(bytes) };
}

async function mailOf(code: string, kind: MessageKind = 'document') {
  return listWaiting(world.exchange, await world.caller(code), { kind });
}

async function fetch(code: string, id: string) {
  return fetchDelivery(world.exchange, await world.caller(code), id);
}

/** Fetches and confirms the first document that waits. */
async function take(code: string): Promise<string> {
  const [mail] = await mailOf(code);
  await fetch(code, mail!.deliveryId);
  await markDelivery(world.exchange, await world.caller(code), { id: mail!.deliveryId, mark: 'done' });
  return mail!.deliveryId;
}

async function empty(code: string, kind: MessageKind): Promise<void> {
  for (const { deliveryId } of await mailOf(code, kind)) {
    await fetch(code, deliveryId);
    await markDelivery(world.exchange, await world.caller(code), { id: deliveryId, mark: 'done' });
  }
}

async function sentRows(envelopeId: string): Promise<SentRecipient[]> {
  return listSent(world.exchange, await world.caller(sender), { kind: 'document', envelopeId });
}

async function sentRow(envelopeId: string): Promise<SentRecipient> {
  return (await sentRows(envelopeId))[0]!;
}
