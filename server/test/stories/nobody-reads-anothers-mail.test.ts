/**
 * X10: whatever ids a system tries, it reads and changes nothing of others. Twice over: the commands look only among
 * the caller's organisations, and row-level security alone stops what would forget to.
 */
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction } from '#foundation/db';
import { readEntries, readEntry } from '#foundation/evidence';
import { isId } from '#foundation/ids';
import type { EntryId, EnvelopeId, OrganisationId } from '#foundation/ids';
import { lockDelivery } from '../../src/modules/exchange/store/delivery-rows.ts';
import { countWaitingRows, listWaitingRows } from '../../src/modules/exchange/store/mailbox-rows.ts';
import {
  getEntryOfEnvelope,
  listLatestSentRows,
  listRecipientEntries,
  listRefusedRecipients,
  listSentRowsOf,
} from '../../src/modules/exchange/store/sent-rows.ts';
import { deliverStatus, findStatusEnvelope } from '../../src/modules/exchange/store/status-rows.ts';
import { fetchDelivery, listSent, markDelivery, readTimeline } from '#exchange';
import { Refusal } from '#foundation/refusal';
import { documentIdOf, writeLetter, writeReport } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import type { VxpClient } from '../support/vxp-client.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

let world: World;
let owner: Client;
let stranger: VxpClient;
/** Every id that the others have anything under, and some that nobody has. */
let ids: string[];

beforeAll(async () => {
  world = await createWorld([{ code: 'H64.31' }, { code: 'G10' }, { code: 'G99' }]);
  await world.serve();
  owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
  stranger = world.client('G99');
  for (const number of ['1', '2']) {
    await world.client('H64.31').sendEdoc(await writeLetter({ from: 'H64.31', to: ['G10', 'X99'], number }));
  }
  await receiveAll(world.client('G10'));
  const about = { from: 'H64.31', documentId: documentIdOf({ from: 'H64.31', number: '1' }) };
  await world.client('G10').sendEdoc(writeReport({ from: 'G10', about, code: '03' }), { kind: 'status' });
  await world.client('H64.31').sendEdoc(await writeLetter({ from: 'H64.31', to: ['G10'], number: '3' }));
  const { rows } = await owner.query<{ id: string }>(`
    select id from exchange.envelope union select id from exchange.delivery union select id from evidence.entry
    union select package_id from exchange.envelope union select organisation_id from exchange.envelope
    union select organisation_id from exchange.delivery union select system_id from exchange.envelope where system_id is not null`);
  ids = [...rows.map(({ id }) => id), randomUUID(), 'không-phải-mã', '', "' or true --"];
});
afterAll(async () => {
  await owner.end();
  await world.drop();
});

test('through VXP, no id gives a stranger anything, and nothing of the others changes', async () => {
  const before = await stateOfOthers();
  const unknown = /^(exchange\.delivery_unknown|vxp\.\w+): /;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ids), async (id) => {
      for (const call of [
        () => stranger.getEdoc(id),
        () => stranger.downloadEdoc(id),
        () => stranger.updateStatus(id, 'done'),
        () => stranger.updateStatus(id, 'processing'),
      ]) {
        const { answer } = await call();
        expect(answer.status).toBe('FAIL');
        expect(answer.ErrorDesc).toMatch(unknown);
      }
      const { answer } = await stranger.getSentEdocList('edoc', id);
      expect(answer.data ?? []).toEqual([]);
    }),
    { numRuns: 40 },
  );
  for (const kind of ['edoc', 'status'] as const) {
    expect((await stranger.getReceivedEdocList(kind)).answer.data).toEqual([]);
    expect((await stranger.getSentEdocList(kind)).answer.data).toEqual([]);
  }
  expect((await stranger.countReceiveEdoc()).answer.count).toBe(0);
  expect(await stateOfOthers()).toEqual(before);
});

test('the commands refuse every id of the others, also that of the other side of the same letter', async () => {
  const { exchange } = world;
  const caller = await world.caller('G99');
  for (const id of ids) {
    for (const attempt of [
      () => fetchDelivery(exchange, caller, id),
      () => markDelivery(exchange, caller, { id, mark: 'done' }),
      () => readTimeline(exchange, caller, id),
    ]) {
      await expect(attempt()).rejects.toBeInstanceOf(Refusal);
    }
    expect(await listSent(exchange, caller, { kind: 'document', envelopeId: id })).toEqual([]);
  }
  // The sender of a letter may not fetch the copy of its recipient, nor the recipient read the timeline.
  const { rows } = await owner.query(
    `select id, envelope_id from exchange.delivery where kind = 'document' limit 1`,
  );
  await expect(fetchDelivery(exchange, await world.caller('H64.31'), rows[0].id)).rejects.toMatchObject({
    code: 'exchange.delivery_unknown',
  });
  await expect(readTimeline(exchange, await world.caller('G10'), rows[0].envelope_id)).rejects.toMatchObject({
    code: 'exchange.envelope_unknown',
  });
});

test('row-level security alone hides every row of the others from the very queries that ask for them', async () => {
  const own = (await world.caller('G99')).speaksFor;
  const others = [...(await world.caller('H64.31')).speaksFor, ...(await world.caller('G10')).receivesFor];
  expect(await askEverything({ actingFor: own, askingAbout: others })).toEqual([]);
  // The questions are good ones: whoever acts for the others gets answers to all of them.
  const answered = await askEverything({ actingFor: others, askingAbout: others });
  expect(new Set(answered)).toEqual(
    new Set([
      'waiting',
      'sent',
      'count',
      'delivery',
      'sent rows',
      'recipient entries',
      'refused recipients',
      'entries',
      'entry',
      'entry of envelope',
      'status envelope',
      'rows of envelope',
      'rows of sent_recipient',
      'rows of delivery',
    ]),
  );
});

test('nor can it write through the functions that tell the other side', async () => {
  const before = await stateOfOthers();
  const [ownOrganisation] = (await world.caller('G99')).speaksFor;
  const { rows } = await owner.query<{ organisation_id: OrganisationId; id: EnvelopeId }>(
    `select organisation_id, id from exchange.envelope where kind = 'status'
     union all select organisation_id, id from exchange.delivery`,
  );
  await owner.query(`update exchange.delivery set state = 'failed' where kind = 'document'`);
  await inTransaction(world.test.database.app, { organisations: [ownOrganisation!] }, async (tx) => {
    for (const { organisation_id: organisationId, id } of rows) {
      await tx.query('select exchange.tell_sender($1, $2)', [organisationId, id]);
      await deliverStatus(tx, { organisationId, id, package: { junkBytes: 0 } } as Parameters<
        typeof deliverStatus
      >[1]);
    }
  });
  const after = await stateOfOthers();
  expect(after.sent).toEqual(before.sent);
  expect(after.deliveries).toHaveLength(before.deliveries.length);
});

/** Which queries found something; each is told to look among those asked about, only the transaction says who asks. */
async function askEverything({
  actingFor,
  askingAbout: organisations,
}: {
  readonly actingFor: readonly OrganisationId[];
  readonly askingAbout: readonly OrganisationId[];
}): Promise<string[]> {
  const all = { acceptedFrom: null, acceptedBefore: null, skipRows: 0, limitRows: 1_000 };
  const documentId = documentIdOf({ from: 'H64.31', number: '1' });
  const found: string[] = [];
  const note = (what: string, answer: unknown): void => {
    const isNothing = answer === undefined || answer === 0 || (Array.isArray(answer) && answer.length === 0);
    if (!isNothing) found.push(what);
  };
  await inTransaction(world.test.database.app, { organisations: actingFor }, async (tx) => {
    for (const kind of ['document', 'status'] as const) {
      note('waiting', await listWaitingRows(tx, { organisations, kind, ...all }));
      note('sent', await listLatestSentRows(tx, { organisations, kind, limitRows: 1_000 }));
      note('count', await countWaitingRows(tx, { organisations, kind, boundRows: 1_000 }));
    }
    for (const id of ids.filter(isId)) {
      note('delivery', await lockDelivery(tx, { organisations, id }));
      note('sent rows', await listSentRowsOf(tx, { organisations, envelopeId: id, limitRows: 10 }));
      for (const organisationId of organisations) {
        const key = { organisationId, envelopeId: id as EnvelopeId };
        note('recipient entries', await listRecipientEntries(tx, key));
        note('refused recipients', await listRefusedRecipients(tx, key));
        note('entries', await readEntries(tx, { organisationId, subjectId: id }));
        note('entry', await readEntry(tx, { organisationId, id: id as EntryId }));
        // It asserts that the envelope is there.
        note('entry of envelope', await getEntryOfEnvelope(tx, key).catch(() => undefined));
      }
    }
    for (const organisationId of organisations) {
      for (const recipientId of organisations) {
        const asked = { organisationId, recipientId, documentId, statusCode: '03' };
        note('status envelope', await findStatusEnvelope(tx, asked));
      }
    }
    for (const table of ['envelope', 'sent_recipient', 'delivery'])
      note(`rows of ${table}`, await tx.query(`select * from exchange.${table}`));
  });
  return found;
}

async function stateOfOthers() {
  const sent = await owner.query('select * from exchange.sent_recipient order by envelope_id, ordinal');
  const deliveries = await owner.query('select * from exchange.delivery order by id');
  return { sent: sent.rows as unknown[], deliveries: deliveries.rows as unknown[] };
}
