/** Holds the boundaries that `ARCHITECTURE.md` draws. The tables here are the rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/**
 * Who may import whom, by part. A part may always import itself, by relative path, and foundation only through the
 * `#foundation/…` of a folder.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  foundation: ['foundation'],
  directory: ['foundation'],
  exchange: ['foundation', 'directory'],
  backup: ['foundation'],
  // The command speaks HTTP.
  cli: ['foundation', 'backup'],
  sandbox: ['foundation', 'directory'],
  // The composition root and what starts it.
  root: ['foundation', 'directory', 'exchange', 'sandbox', 'cli', 'backup'],
};

/** What may be reached past the table and past the `#` names, each with the reason. */
const exceptions: readonly { readonly from: RegExp; readonly to: RegExp; readonly because: string }[] = [
  {
    from: /^cli\//,
    to: /^modules\/exchange\/(vxp\/client|edxml\/index)\.ts$/,
    because: "the client's half of VXP and the reading and writing of edXML are pure, and one for both sides",
  },
  {
    from: /^cli\/in-english\.ts$/,
    to: /^(modules\/(directory|exchange|exchange\/\w+)|foundation\/\w+)\/refusals\.ts$/,
    because: 'protocols word a refusal in Vietnamese, and its English is in the declarations, which are data',
  },
  {
    from: /^cli\/(commands\/(init|restore|upgrade|origin-begin)|(doctor|keys)\/.+)\.ts$/,
    to: /^([\w-]+|modules\/(directory|exchange)\/index)\.ts$/,
    because:
      'init, doctor, keys, restore, upgrade and origin begin touch the data folder and the database themselves, with the configuration of the server',
  },
];

const filesLimit = 400; // lines; two screens are the aim, this is the end
const vagueNames = /(^|[-/])(utils?|helpers?|managers?|misc|common)([-./]|$)/;

const source = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(source, path), 'utf8') }));
const productive = files.filter(({ path }) => !/\.(test|fixture)\.ts$/.test(path));

test('there is something to look at', () => {
  expect(productive.length).toBeGreaterThan(50);
});

describe('imports', () => {
  test('go only where the table allows', () => {
    const wrong = importsOf(productive).filter(
      ({ from, to }) =>
        to !== undefined &&
        partOf(to) !== partOf(from) &&
        !mayImport[partOf(from)]?.includes(partOf(to)) &&
        !isExcepted(from, to),
    );
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('cross a module, or a folder of foundation, only by its # name', () => {
    const wrong = importsOf(productive).filter(
      ({ from, to, specifier }) =>
        to !== undefined &&
        specifier.startsWith('.') &&
        unitOf(from) !== unitOf(to) &&
        !isWithinRoot(from, to) &&
        !isExcepted(from, to),
    );
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('http never reaches into store', () => {
    const wrong = importsOf(productive).filter(
      ({ from, to }) => /\/http\//.test(from) && /\/store\//.test(to ?? ''),
    );
    expect(wrong.map(describeImport)).toEqual([]);
  });

  test('a module’s index only re-exports', () => {
    const indexes = productive.filter(({ path }) =>
      /^(foundation|modules)\/(\w+|\w+\/\w+)\/index\.ts$/.test(path),
    );
    const pure = /^(\s*(\/\*\*[\s\S]*?\*\/|\/\/[^\n]*|export (type )?\{[^}]*\} from '[^']+';))*\s*$/;
    const wrong = indexes.filter(({ path, text }) => !pure.test(text) && !pureTypeIndexes.has(path));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('do not go in circles between folders of foundation', () => {
    const edges = new Map<string, Set<string>>();
    for (const { from, to, isType } of importsOf(productive)) {
      if (isType || to === undefined || partOf(from) !== 'foundation' || unitOf(from) === unitOf(to))
        continue;
      edges.set(unitOf(from), (edges.get(unitOf(from)) ?? new Set()).add(unitOf(to)));
    }
    expect(circlesIn(edges)).toEqual([]);
  });
});

/** Folders of foundation that are one small file: their index is that file. */
const pureTypeIndexes = new Set(['foundation/ids/index.ts', 'foundation/platform/index.ts']);

test('SQL is written in store folders, and in foundation', () => {
  const statement =
    /[`']\s*(with\s+\w+\s+(\(|as)|select\s|insert\s+into\s|update\s+\w+\.\w+|delete\s+from\s)/;
  const wrong = productive.filter(
    ({ path, text }) => path.startsWith('modules/') && !path.includes('/store/') && statement.test(text),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('the environment is read at the two ways in only, and parsed in one place', () => {
  const readers = productive.filter(({ text }) => withoutComments(text).includes('process.env'));
  expect(readers.map(({ path }) => path).sort()).toEqual(['cli/main.ts', 'main.ts']);
});

test('no file is longer than 400 lines', () => {
  const long = productive.map(({ path, text }) => [path, text.split('\n').length - 1] as const);
  expect(long.filter(([, lines]) => lines > filesLimit)).toEqual([]);
});

test('names say what a file is about', () => {
  expect(files.filter(({ path }) => vagueNames.test(path)).map(({ path }) => path)).toEqual([]);
});

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly isType: boolean;
  /** Within `src/`; undefined for packages. */
  readonly to: string | undefined;
}

function importsOf(of: typeof files): Import[] {
  const pattern =
    /^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'|^import\s+'([^']+)'/gm;
  return of.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map(([, type, from, dynamic, bare]) => {
      const specifier = (from ?? dynamic ?? bare)!;
      return { from: path, specifier, isType: type !== undefined, to: resolveImport(path, specifier) };
    }),
  );
}

function resolveImport(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return relative(source, join(source, dirname(from), specifier));
  if (specifier.startsWith('#foundation/')) return `${specifier.slice(1)}/index.ts`;
  return specifier.startsWith('#') ? `modules/${specifier.slice(1)}/index.ts` : undefined;
}

/** foundation, a module, cli, sandbox, or the root. */
function partOf(path: string): string {
  const [first, second] = path.split('/');
  if (first === 'modules') return second!;
  return path.includes('/') ? first! : 'root';
}

/** What has an index of its own: a module, a folder of foundation. */
function unitOf(path: string): string {
  const [first, second] = path.split('/');
  return first === 'modules' || first === 'foundation' ? `${first}/${second}` : partOf(path);
}

function isExcepted(from: string, to: string): boolean {
  return exceptions.some((exception) => exception.from.test(from) && exception.to.test(to));
}

/** The files that start the program have no index: they are reached by path, and reach cli, sandbox and backup so. */
function isWithinRoot(from: string, to: string): boolean {
  const parts = ['root', 'cli', 'sandbox', 'backup'];
  return parts.includes(partOf(from)) && parts.includes(partOf(to));
}

function describeImport({ from, specifier }: Import): string {
  return `${from} imports ${specifier}`;
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
}

function circlesIn(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const circles = new Set<string>();
  const walk = (path: readonly string[]): void => {
    for (const next of edges.get(path.at(-1)!) ?? []) {
      const start = path.indexOf(next);
      if (start < 0) walk([...path, next]);
      else circles.add([...path.slice(start), next].sort().join(' ↔ '));
    }
  };
  for (const unit of edges.keys()) walk([unit]);
  return [...circles];
}
