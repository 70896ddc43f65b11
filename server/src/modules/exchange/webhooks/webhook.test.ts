import { assert, double, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { newId } from '#foundation/ids';
import { messageId, signMessage } from './sign-message.ts';
import { afterCall, begunAgain, retrySeconds } from './webhook.ts';
import type { CallFailure, Lane } from './webhook.ts';

const now = Temporal.Instant.from('2026-11-22T08:00:00Z');
const lane: Lane = {
  cursor: 'here',
  repeatedEvents: null,
  failures: 0,
  failingSince: null,
  lastFailure: null,
  lastSuccessAt: null,
  stopReason: null,
  dueAt: now,
};
const failed = (failure: CallFailure) => ({ kind: 'failed', failure, events: 7 }) as const;

test('a call that failed is repeated as it was, later each time, from 5 s to 1 h', () => {
  const first = afterCall(lane, failed('status 500'), { now, random: 0 });
  expect(first).toEqual({
    ...lane,
    repeatedEvents: 7,
    failures: 1,
    failingSince: now,
    lastFailure: 'status 500',
    dueAt: now.add({ seconds: 5 }),
  });
  expect(Array.from({ length: 8 }, (_, index) => retrySeconds(index + 1, 0))).toEqual([
    5, 15, 45, 135, 405, 1215, 3600, 3600,
  ]);
});

test('the jitter only ever shortens a pause, by a fifth at most', () => {
  assert(
    property(integer({ min: 1, max: 1_000 }), double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const whole = retrySeconds(failures, 0);
      const pause = retrySeconds(failures, random);
      expect(pause).toBeLessThanOrEqual(whole);
      expect(pause).toBeGreaterThanOrEqual(whole * 0.8);
    }),
  );
});

test('after five days of failures it stops, and not an hour before', () => {
  const failing = { ...lane, failures: 150, failingSince: now.subtract({ hours: 119 }) };
  expect(afterCall(failing, failed('no_connection'), { now, random: 0 }).stopReason).toBeNull();
  const later = now.add({ hours: 1 });
  expect(afterCall(failing, failed('no_connection'), { now: later, random: 0 }).stopReason).toBe('failing');
});

test('410 stops it at once; 404 and 401 do not', () => {
  expect(afterCall(lane, failed('status 410'), { now, random: 0 }).stopReason).toBe('gone');
  expect(afterCall(lane, failed('status 404'), { now, random: 0 }).stopReason).toBeNull();
  expect(afterCall(lane, failed('status 401'), { now, random: 0 }).stopReason).toBeNull();
});

test('a success forgets all failures and goes on at once while there is more', () => {
  const failing = { ...lane, repeatedEvents: 7, failures: 3, failingSince: now, lastFailure: 'too_slow' };
  const told = { kind: 'told', cursor: 'there', hasMore: true } as const;
  expect(afterCall(failing, told, { now, random: 0 })).toEqual({
    ...lane,
    cursor: 'there',
    lastSuccessAt: now,
    dueAt: now,
  });
  const done = afterCall(lane, { ...told, hasMore: false }, { now, random: 0 });
  expect(Temporal.Instant.compare(done.dueAt, now)).toBe(1);
});

test('begun again it keeps its place and the message that failed', () => {
  const stopped = afterCall(lane, failed('status 410'), { now, random: 0 });
  const later = now.add({ hours: 24 });
  expect(begunAgain(stopped, later)).toEqual({ ...lane, repeatedEvents: 7, dueAt: later });
});

test('signs as Standard Webhooks does: the example of its own libraries', () => {
  const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: Temporal.Instant.fromEpochMilliseconds(1_614_265_330_000),
    body: Buffer.from('{"test": 2432232314}'),
  };
  expect(signMessage(message, [secret, secret])).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature':
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('the same message to the same address has the same id, any other another', () => {
  const id = newId<'webhook'>();
  expect(messageId(id, Buffer.from('a'))).toBe(messageId(id, Buffer.from('a')));
  expect(messageId(id, Buffer.from('a'))).not.toBe(messageId(id, Buffer.from('b')));
  expect(messageId(id, Buffer.from('a'))).not.toBe(messageId(newId<'webhook'>(), Buffer.from('a')));
});
