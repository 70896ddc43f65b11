import { array, assert as check, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '#foundation/refusal';
import { afterFetch, afterMark } from './delivery.ts';
import type { DeliveryState, Mark } from './delivery.ts';

const acts = constantFrom('fetch', 'processing', 'done', 'fail');

/** What a copy becomes by an act; a refused act changes nothing. */
function after(state: DeliveryState, act: Mark | 'fetch'): DeliveryState {
  try {
    return act === 'fetch' ? afterFetch('id', state) : afterMark('id', state, act);
  } catch (error) {
    if (error instanceof Refusal) return state;
    throw error;
  }
}

test('done is absorbing, whatever is fetched and marked before and after (X4)', () => {
  check(
    property(array(acts), array(acts), (before, later) => {
      const fetched = [...before, 'fetch' as const].reduce(after, 'waiting' as DeliveryState);
      const done = after(fetched, 'done');
      expect(done).toBe('done');
      expect(later.reduce(after, done)).toBe('done');
    }),
  );
});

test('nothing is confirmed or failed that was never handed out', () => {
  check(
    property(array(constantFrom('processing' as const, 'done' as const, 'fail' as const)), (marks) => {
      expect(marks.reduce(after, 'waiting' as DeliveryState)).toBe('waiting');
    }),
  );
});

test('what was taken back is neither fetched nor marked', () => {
  expect(() => afterFetch('id', 'recalled')).toThrow(/delivery_recalled/);
  expect(() => afterMark('id', 'recalled', 'done')).toThrow(/delivery_recalled/);
});
