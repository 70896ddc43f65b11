import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptedAt, followAll, rowsOf } from '../../../../test/support/following.ts';
import { bodyOf, documentIdOf, writeLetter, writeReport } from '../../../../test/support/letters.ts';
import type { Letter } from '../../../../test/support/letters.ts';
import { sequenceEntries } from '../../../foundation/evidence/sequence-entries.ts';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';
import { watchDeadlines } from '../duties/watch-deadlines.ts';
import { fetchDelivery, listWaiting, markDelivery, send } from '../index.ts';
import type { Sent } from '../index.ts';
import { followLog } from './follow-log.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld([{ code: 'G10' }, { code: 'H64' }, { code: 'H37' }]);
});
afterAll(() => world.drop());

let number = 0;

describe('the figures', () => {
  test('say what was sent, what came of it, and how late it was', async () => {
    // Signed on a Friday; accepted on the Monday after, before and after noon.
    const inTime = await sendLetter({ from: 'G10', to: ['H64', 'H37', 'X99'] });
    await acceptedAt(world, inTime.envelopeId, { at: '2026-03-09T10:00:00+07', datedOn: '2026/03/06' });
    const late = await sendLetter({ from: 'G10', to: ['H64'] });
    await acceptedAt(world, late.envelopeId, { at: '2026-03-09T13:00:00+07', datedOn: '2026/03/06' });
    const undated = await sendLetter({ from: 'G10', to: ['H64'] });
    await acceptedAt(world, undated.envelopeId, { at: '2026-03-09T14:00:00+07', datedOn: '30/02/2026' });
    await takeAll('H64');
    await followAll(world);

    expect(await countsOf('G10', 'sent', '2026-03-09')).toMatchObject({
      documents: 3,
      copies: 4,
      refused: 1,
      done: 3,
      in_time: 1,
      late: 1,
      undated: 1,
      delay_days: 6,
    });
    expect(await countsOf('H64', 'received', '2026-03-09')).toMatchObject({
      documents: 3,
      copies: 3,
      done: 3,
    });
    expect(await countsOf('H37', 'received', '2026-03-09')).toMatchObject({
      documents: 1,
      copies: 1,
      done: 0,
    });
  });

  test('count a refusal by its receiver on both sides', async () => {
    const sent = await sendLetter({ from: 'H37', to: ['G10'], number: 'r1' });
    await acceptedAt(world, sent.envelopeId, { at: '2026-03-10T08:00:00+07' });
    await takeAll('G10');
    await report('G10', { from: 'H37', documentId: documentIdOf({ from: 'H37', number: 'r1' }) }, '02');
    await followAll(world);
    expect(await countsOf('H37', 'sent', '2026-03-10')).toMatchObject({ copies: 1, refused: 1 });
    expect(await countsOf('G10', 'received', '2026-03-10')).toMatchObject({ copies: 1, refused: 1 });
  });

  test('tell with paper, without, and not stated apart', async () => {
    for (const paper of ['0', '1', '']) {
      const sent = await sendLetter({ from: 'H64', to: ['G10'], paper });
      await acceptedAt(world, sent.envelopeId, { at: '2026-03-11T08:00:00+07' });
    }
    await followAll(world);
    const rows = await rowsOf<{ paper: string; documents: string }>(
      world,
      `select paper, documents from exchange.report_traffic
       where code = 'H64' and on_day = '2026-03-11' and side = 'sent' order by paper`,
    );
    expect(rows.map(({ paper, documents }) => [paper, Number(documents)])).toEqual([
      ['not_stated', 1],
      ['with', 1],
      ['without', 1],
    ]);
  });

  test('are the same as counting the rows, also with several followers at once and in any portions', async () => {
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([
        sendLetter({ from: 'G10', to: ['H64', 'H37'] }),
        sendLetter({ from: 'H37', to: ['H64', 'nowhere'] }),
        takeAll('H64'),
      ]);
      await sequenceEntries(world.test.database.sequencer, { size: 0 });
      await Promise.all([1, 2, 3].map(() => followLog(world.platform)));
    }
    await followAll(world);
    await followAll(world);
    expect(await sums('sent')).toEqual(
      await rowsOf(
        world,
        `select organisation_id, sum(reached)::text as copies, sum(refused)::text as refused, sum(done)::text as done
         from (
           select envelope.organisation_id,
             (sent.delivery_id is not null)::int as reached, (sent.delivery_id is null or coalesce(business_status = '02', false))::int as refused,
             (sent.state = 'done')::int as done
           from exchange.envelope
           join exchange.sent_recipient sent
             on (sent.organisation_id, sent.envelope_id) = (envelope.organisation_id, envelope.id)
           where envelope.kind = 'document'
         ) counted
         group by organisation_id order by organisation_id`,
      ),
    );
    expect(await sums('received')).toEqual(
      await rowsOf(
        world,
        `select organisation_id, count(*)::text as copies,
           count(*) filter (where business_status = '02')::text as refused,
           count(*) filter (where state = 'done')::text as done
         from exchange.delivery where kind = 'document'
         group by organisation_id order by organisation_id`,
      ),
    );
  });
});

test('circulars are followed a few at a time, and none is counted twice or left out', async () => {
  await followAll(world);
  const before = await sums('sent');
  for (let index = 0; index < 4; index++) await sendLetter({ from: 'G10', to: ['H64', 'H37', 'X97'] });
  while ((await sequenceEntries(world.test.database.sequencer, { size: 0 })) > 0);
  const portions: number[] = [];
  for (let isCaughtUp = false; !isCaughtUp;) {
    const followed = await followLog(world.platform, { recipients: 5 });
    portions.push(followed.leaves);
    isCaughtUp = followed.isCaughtUp;
  }
  expect(portions.length).toBeGreaterThanOrEqual(2);
  const copiesOf = (rows: Awaited<ReturnType<typeof sums>>) =>
    (rows as { copies: string }[]).reduce((sum, { copies }) => sum + Number(copies), 0);
  expect(copiesOf(await sums('sent')) - copiesOf(before)).toBe(8);
});

describe('a duty to confirm', () => {
  test('met on the same day leaves no row and is counted as in time', async () => {
    const about = { from: 'H37', documentId: documentIdOf({ from: 'H37', number: 'c1' }) };
    const sent = await sendLetter({ from: 'H37', to: ['H64'], number: 'c1' });
    await followAll(world);
    expect(await dutiesOf(sent.envelopeId)).toMatchObject([
      { rule: 'confirm', is_late: false, met_at: null },
    ]);
    await takeAll('H64');
    await report('H64', about, '01');
    await report('H64', about, '03');
    await followAll(world);
    expect(await dutiesOf(sent.envelopeId)).toEqual([]);
    const today = await acceptanceDayOf(sent.envelopeId);
    expect(await countsOf('H64', 'received', today)).toMatchObject({ in_time: 1, late: 0 });
  });

  test('met on a later day stays as late with the time of its meeting, and is counted once', async () => {
    const sent = await sendLetter({ from: 'H37', to: ['H64'], number: 'c2' });
    await acceptedAt(world, sent.envelopeId, { at: '2026-04-01T09:00:00+07' });
    await takeAll('H64');
    await report('H64', { from: 'H37', documentId: documentIdOf({ from: 'H37', number: 'c2' }) }, '03');
    await followAll(world);
    expect(await dutiesOf(sent.envelopeId)).toMatchObject([
      { rule: 'confirm', is_late: true, met_at: expect.anything() },
    ]);
    expect(await countsOf('H64', 'received', '2026-04-01')).toMatchObject({ copies: 1, in_time: 0, late: 1 });
    while ((await watchDeadlines(world.platform)) > 0);
    expect(await countsOf('H64', 'received', '2026-04-01')).toMatchObject({ late: 1 });
  });

  test('that nobody meets is late when its day is over, not before', async () => {
    const sent = await sendLetter({ from: 'H37', to: ['G10'] });
    await acceptedAt(world, sent.envelopeId, { at: '2026-05-06T09:00:00+07' });
    await followAll(world);
    const lateOn = async (at: string): Promise<unknown> => {
      while ((await watchDeadlines(world.platform, { now: Temporal.Instant.from(at) })) > 0);
      return (await countsOf('G10', 'received', '2026-05-06'))['late'];
    };
    expect(await lateOn('2026-05-06T23:59:59+07:00')).toBe(0);
    expect(await lateOn('2026-05-07T00:00:00+07:00')).toBe(1);
    expect(await lateOn('2026-05-08T00:00:00+07:00')).toBe(1);
  });
});

async function sendLetter(letter: Letter): Promise<Sent> {
  return sendBytes(letter.from, await writeLetter({ number: `f${++number}`, ...letter }));
}

async function report(
  from: string,
  about: { from: string; documentId: string },
  code: string,
): Promise<void> {
  await sendBytes(from, writeReport({ from, about, code }));
}

async function sendBytes(code: string, bytes: Buffer): Promise<Sent> {
  const message = { from: undefined, sizeBytes: bytes.length, body: bodyOf(bytes) };
  const kind = bytes.includes('StatusCode') ? 'status' : 'document';
  return send(world.exchange, await world.caller(code), { ...message, kind });
}

async function dutiesOf(envelopeId: string): Promise<{ rule: string; is_late: boolean; met_at: unknown }[]> {
  return rowsOf(
    world,
    `select rule, is_late, met_at from exchange.duty
     where envelope_id = $1 and rule like 'confirm%'`,
    [envelopeId],
  );
}

async function acceptanceDayOf(envelopeId: string): Promise<string> {
  const [row] = await rowsOf<{ day: string }>(
    world,
    `select to_char(accepted_at at time zone 'Asia/Ho_Chi_Minh', 'yyyy-mm-dd') as day
     from exchange.envelope where id = $1`,
    [envelopeId],
  );
  return row!.day;
}

async function takeAll(code: string): Promise<void> {
  const caller = await world.caller(code);
  for (const { deliveryId } of await listWaiting(world.exchange, caller, { kind: 'document' })) {
    await fetchDelivery(world.exchange, caller, deliveryId);
    await markDelivery(world.exchange, caller, { id: deliveryId, mark: 'done' });
  }
}

async function countsOf(code: string, side: string, day: string): Promise<Record<string, unknown>> {
  const [row] = await rowsOf<Record<string, string>>(
    world,
    `select sum(documents)::int as documents, sum(copies)::int as copies, sum(done)::int as done,
       sum(refused)::int as refused, sum(in_time)::int as in_time, sum(late)::int as late,
       sum(undated)::int as undated, sum(delay_days)::int as delay_days
     from exchange.report_traffic where code = $1 and side = $2 and on_day = $3`,
    [code, side, day],
  );
  return row!;
}

async function sums(side: string): Promise<unknown[]> {
  return rowsOf(
    world,
    `select organisation_id, sum(copies)::text as copies, sum(refused)::text as refused, sum(done)::text as done
     from exchange.daily_count where side = $1
     group by organisation_id order by organisation_id`,
    [side],
  );
}
