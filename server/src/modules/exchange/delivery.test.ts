import { array, assert as check, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '#foundation/refusal';
import { afterMark } from './delivery.ts';
import type { DeliveryState, Mark } from './delivery.ts';

const marks = constantFrom<Mark[]>('processing', 'done', 'fail');

/** What a copy becomes by a mark; a refused one changes nothing. */
function after(state: DeliveryState, mark: Mark): DeliveryState {
  try {
    return afterMark('id', state, mark);
  } catch (error) {
    if (error instanceof Refusal) return state;
    throw error;
  }
}

test('done is absorbing, whatever is marked before and after (X4)', () => {
  check(
    property(array(marks), array(marks), (before, later) => {
      const done = after(before.reduce(after, 'fetched' as DeliveryState), 'done');
      expect(done).toBe('done');
      expect(later.reduce(after, done)).toBe('done');
    }),
  );
});

test('nothing is confirmed or failed that was never handed out', () => {
  check(
    property(array(marks), constantFrom<DeliveryState[]>('waiting', 'returned'), (said, state) => {
      expect(said.reduce(after, state)).toBe(state);
    }),
  );
});

test('what was set aside can be confirmed all the same', () => {
  expect(afterMark('id', 'parked', 'done')).toBe('done');
});

test('what was taken back is not marked', () => {
  expect(() => afterMark('id', 'recalled', 'done')).toThrow(/delivery_recalled/);
});
