import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSecretBox, masterKeyId, sealedUnder } from './secret-box.ts';

const former = randomBytes(32);
const current = randomBytes(32);

test('what was sealed opens again, in its own context only', () => {
  const box = createSecretBox([current]);
  const sealed = box.seal(Buffer.from('mật'), 'system 1');
  expect(box.open(sealed, 'system 1').toString()).toBe('mật');
  expect(() => box.open(sealed, 'system 2')).toThrow();
});

test('any changed byte is found', () => {
  const box = createSecretBox([current]);
  const sealed = box.seal(Buffer.from('secret'), 'x');
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed);
    changed[index]! ^= 1;
    expect(() => box.open(changed, 'x')).toThrow();
  }
});

test('after a rotation the former master key still opens, and only while it is at hand', () => {
  const sealed = createSecretBox([former]).seal(Buffer.from('secret'), 'x');
  expect(createSecretBox([current, former]).open(sealed, 'x').toString()).toBe('secret');
  expect(() => createSecretBox([current]).open(sealed, 'x')).toThrow(/not at hand/);
});

test('a box in use takes a new master key, re-wraps what the former one sealed, and needs that one no more', () => {
  const box = createSecretBox([former]);
  const sealed = box.seal(Buffer.from('secret'), 'x');
  box.use([current, former]);
  const rewrapped = box.rewrap(sealed, 'x')!;
  expect(sealedUnder(rewrapped)).toBe(masterKeyId(current));
  expect(box.rewrap(sealed, 'x')).toEqual(rewrapped);
  expect(box.rewrap(rewrapped, 'x')).toBeUndefined();
  expect(() => box.rewrap(sealed, 'another row')).toThrow();
  box.use([current]);
  expect(box.open(rewrapped, 'x').toString()).toBe('secret');
  expect(() => box.open(sealed, 'x')).toThrow(/not at hand/);
});
