import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashesAtLevel, isCovered, parseBundlePath, parseTilePath, tilePath } from './tiles.ts';

test.each([
  [0, 256, '000'],
  [67, 256, '067'],
  [1_000, 256, 'x001/000'],
  [1_234_067, 256, 'x001/x234/067'],
  [1_234_067, 112, 'x001/x234/067.p/112'],
])('tile %i of width %i is at %s', (index, width, path) => {
  expect(tilePath({ index, width })).toBe(path);
  expect(parseTilePath(`3/${path}`)).toEqual({ level: 3, index, width });
  expect(parseBundlePath(path)).toEqual({ index, width });
});

test.each([
  '',
  '0',
  '0/',
  '/000',
  '00/000',
  '64/000',
  '-1/000',
  '0/00',
  '0/0000',
  '0/x000/001',
  '0/x00/001',
  '0/X001/001',
  '0/001/001',
  '0/x001/x002',
  '0/000.p/0',
  '0/000.p/00',
  '0/000.p/01',
  '0/000.p/256',
  '0/000.p/1000',
  '0/000.p/',
  '0/000.p',
  '0/000/',
  '0/000?',
  '0/../000',
  '0/x999/x999/x999/x999/x999/999',
])('%j is the path of no tile', (path) => {
  expect(parseTilePath(path)).toBeUndefined();
});

test('every tile is read back from its path', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 63 }),
      fc.integer({ min: 0, max: 2 ** 50 - 1 }),
      fc.integer({ min: 1, max: 256 }),
      (level, index, width) => {
        expect(parseTilePath(`${level}/${tilePath({ index, width })}`)).toEqual({ level, index, width });
      },
    ),
  );
});

test('a tree of 256 has a full tile at level 0 and one hash at level 1', () => {
  expect(isCovered({ level: 0, index: 0, width: 256 }, 256)).toBe(true);
  expect(isCovered({ level: 0, index: 1, width: 1 }, 256)).toBe(false);
  expect(isCovered({ level: 1, index: 0, width: 1 }, 256)).toBe(true);
  expect(isCovered({ level: 1, index: 0, width: 2 }, 256)).toBe(false);
  expect(hashesAtLevel(70_000, 1)).toBe(273);
});
