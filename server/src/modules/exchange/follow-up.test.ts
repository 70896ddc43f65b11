/** What several messages, or several lines of one, do to the same copy: it is taken back once, and rows and log agree. */
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bodyOf, documentIdOf, writeLetter } from '../../../test/support/letters.ts';
import type { Letter } from '../../../test/support/letters.ts';
import { createWorld } from '../../../test/support/world.ts';
import type { World } from '../../../test/support/world.ts';
import { fetchDelivery, inspectHistory, listWaiting, send } from './index.ts';

const sender = 'H64';
const holder = 'G10';

let world: World;
let owner: Client;
let number = 100;

beforeAll(async () => {
  world = await createWorld([{ code: sender }, { code: holder }]);
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});
afterEach(async () => {
  const snapshot = {
    query: async <Row>(text: string, parameters: readonly unknown[] = []) =>
      (await owner.query(text, [...parameters])).rows as Row[],
  };
  expect(await Array.fromAsync(inspectHistory(snapshot))).toEqual([]);
});

test('a replacement that names a holder and a document twice takes his copy back once', async () => {
  const letter = await sendLetter({ to: [holder] });
  const [copy] = await mailbox();
  await fetchDelivery(world.exchange, await world.caller(holder), copy!.deliveryId);
  const update = await sendLetter({ to: [holder], docType: 2, about: letter.documentId });
  await sendLetter({
    to: [holder],
    docType: 3,
    replacements: [
      { documentId: letter.documentId, organIds: [holder, holder] },
      { documentId: update.documentId, organIds: [holder] },
    ],
  });
  expect(await kindsOf(copy!.deliveryId)).toEqual([
    'exchange.fetched',
    'exchange.recall_asked',
    'exchange.recall_asked',
  ]);
});

test('messages that arrive at once about one document are decided one after the other', async () => {
  for (let round = 0; round < 5; round++) {
    const letter = await sendLetter({ to: [holder] });
    const { deliveryId } = (await mailbox()).find(({ envelopeId }) => envelopeId === letter.envelopeId)!;
    const about = letter.documentId;
    await Promise.all([
      ...[1, 2, 1, 2, 2].map((docType) => sendLetter({ to: [holder], docType: docType as 1 | 2, about })),
      // Others keep the gathering busy, so that the rest is decided together.
      ...Array.from({ length: 4 }, () => sendLetter({ to: [holder] })),
    ]);
    expect(await kindsOf(deliveryId)).toEqual(['exchange.recalled']);
  }
});

async function sendLetter(letter: Omit<Letter, 'from'>) {
  const written = { from: sender, number: String(++number), ...letter };
  const bytes = await writeLetter(written);
  const caller = await world.caller(sender);
  const sent = await send(world.exchange, caller, {
    kind: 'document',
    from: undefined,
    sizeBytes: bytes.length,
    body: bodyOf(bytes),
  });
  return { ...sent, documentId: documentIdOf(written) };
}

async function mailbox() {
  return listWaiting(world.exchange, await world.caller(holder), { kind: 'document' });
}

async function kindsOf(deliveryId: string): Promise<string[]> {
  const { rows } = await owner.query<{ kind: string }>(
    'select kind from evidence.entry where subject_id = $1 order by ordinal',
    [deliveryId],
  );
  return rows.map(({ kind }) => kind);
}
