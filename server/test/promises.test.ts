/** docs/protocols/promises.md names for each promise the tests that hold it: the files are there, and have tests so called. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const page = fileURLToPath(new URL('../../docs/protocols/promises.md', import.meta.url));
const rows = [...readFileSync(page, 'utf8').matchAll(/^\| (?!promise |---)(.+?) \| (.+) \|$/gm)].map(
  ([, promise = '', holders = '']) => ({ promise, holders }),
);
const titleIn = /\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g;

test('every promise names its tests, or says plainly that it has none yet', () => {
  expect(rows.length).toBeGreaterThan(90);
  const unclear = rows.filter(
    ({ holders }) => holders.match(titleIn) === null && !/^(later|\*\*not held by a test\*\*)/.test(holders),
  );
  expect(unclear).toEqual([]);
});

test('every test that is named is there, under that title', () => {
  const missing = rows.flatMap(({ promise, holders }) =>
    [...holders.matchAll(titleIn)]
      .filter(([, title, path]) => !hasTitle(join(dirname(page), path!), title!))
      .map(([, title]) => `${promise}: ${title}`),
  );
  expect(missing).toEqual([]);
});

/** A title may stand in a call or in a table of cases: it is what somebody quoted. */
function hasTitle(path: string, title: string): boolean {
  const text = readFileSync(path, 'utf8');
  return [`'`, '"', '`'].some((quote) => text.includes(`${quote}${title}${quote}`));
}
