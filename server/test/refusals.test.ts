import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { listRefusals, type RefusalEntry } from '#foundation/refusal';

beforeAll(async () => {
  const source = fileURLToPath(new URL('../src/', import.meta.url));
  const declarations = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(^|\/)refusals\.ts$/.test(path),
  );
  for (const path of declarations) await import(join(source, path));
});

test('docs/protocols/refusals.md has every code, with its cause, who acts and the next step', async () => {
  expect(listRefusals().length).toBeGreaterThan(50);
  await expect(document()).toMatchFileSnapshot('../../docs/protocols/refusals.md');
});

test('every code says in both languages why, who must act and what to do next', () => {
  const wrong = listRefusals().filter(([, { vi, en, next }]) =>
    [vi, en, next].some((text) => !/^\S.*[.:…?]$/s.test(text)),
  );
  expect(wrong.map(([code]) => code)).toEqual([]);
});

test('a sentence has the same parameters in both languages', () => {
  const wrong = listRefusals().filter(([, { vi, en }]) => parametersOf(vi) !== parametersOf(en));
  expect(wrong.map(([code]) => code)).toEqual([]);
});

function document(): string {
  const sections = Map.groupBy(listRefusals(), ([code]) => code.split('.')[0]!);
  return [
    '# Refusals',
    'Every code with which the axis refuses: stable, and the same in every protocol. Written from the declarations by\n`npm run update`; do not edit.',
    ...[...sections].flatMap(([module, entries]) => [`## ${module}`, ...entries.map(describeEntry)]),
  ]
    .join('\n\n')
    .concat('\n');
}

function describeEntry([code, { kind, vi, en, who, next }]: [string, RefusalEntry]): string {
  return `### ${code}\n\n${vi}\n\n${en}\n\n- kind: ${kind}\n- who acts: ${who}\n- next step: ${next}`;
}

function parametersOf(sentence: string): string {
  return [...sentence.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => name)
    .toSorted((a = '', b = '') => (a < b ? -1 : 1))
    .join(' ');
}
