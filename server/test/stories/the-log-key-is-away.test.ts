/** E8: an outage of the log key changes nothing of what a sending answers, until too much waits. */
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterEach, expect, test } from 'vitest';
import { maxPendingEntries } from '#foundation/evidence';
import { writeLetter } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import type { VxpResponse } from '../support/vxp-client.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const organisations = [{ code: 'H64.31' }, { code: 'G10' }];
let world: World;
afterEach(() => world.drop());

test('with and without the log key, a letter, its repeat and its statuses are answered alike', async () => {
  const answers: unknown[] = [];
  for (const log of ['signed', 'unsigned', 'standing still'] as const) {
    world = await createWorld(organisations);
    await world.serve({ log });
    const sender = world.client('H64.31');
    const receiver = world.client('G10');
    const letter = await writeLetter({ from: 'H64.31', to: ['G10', 'X99'], number: '1' });
    const sent = await sender.sendEdoc(letter);
    const again = await sender.sendEdoc(letter);
    expect([again.receipt, again.answer.DocId]).toEqual([sent.receipt, sent.answer.DocId]);
    const [mail] = await receiveAll(receiver);
    const done = await receiver.updateStatus(mail!.docId, 'done');
    answers.push([sent, again, done].map(shapeOf));
    if (log !== 'standing still') await world.drop();
  }
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});

test('at the bound of waiting entries sending is answered "later", and what is here is handed out', async () => {
  world = await createWorld(organisations);
  await world.serve({ log: 'standing still' });
  const sender = world.client('H64.31');
  const letter = await writeLetter({ from: 'H64.31', to: ['G10'] });
  const other = await writeLetter({ from: 'H64.31', to: ['G10'] });
  expect((await sender.sendEdoc(letter)).answer.status).toBe('OK');

  await fillQueue();
  // Asked at most once a second.
  await expect.poll(async () => (await sender.sendEdoc(other)).httpStatus, { timeout: 5_000 }).toBe(503);
  const refused = await sender.sendEdoc(other);
  expect(refused.answer.ErrorDesc).toMatch(/^evidence\.log_behind: /);
  expect((await receiveAll(world.client('G10'))).map(({ bytes }) => bytes.equals(letter))).toContain(true);
});

/** What must not depend on the log: everything but ids, times, nonces and what follows from them. */
function shapeOf({ httpStatus, answer, receipt }: VxpResponse): unknown {
  const [, payload] = receipt?.split('.') ?? [];
  const { kind, organisation, claims, actor } = JSON.parse(
    Buffer.from(payload ?? 'e30', 'base64url').toString(),
  ) as Record<string, Record<string, unknown> | string>;
  return {
    httpStatus,
    answer: { ...answer, DocId: typeof answer.DocId },
    kind,
    organisation,
    claims: Object.keys(claims ?? {}),
    method: (actor as Record<string, unknown>)['method'],
  };
}

async function fillQueue(): Promise<void> {
  const owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
  await owner.query(
    `insert into evidence.pending
     select nextval('evidence.entry_ordinal'), gen_random_uuid(), gen_random_uuid(), $2
     from generate_series(1, $1)`,
    [maxPendingEntries, createHash('sha256').digest()],
  );
  await owner.end();
}
