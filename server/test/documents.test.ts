/** The documents lead where they say. */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { plainNames, secretNames } from '../src/config-source.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const documents = globSync(['*.md', 'docs/**/*.md', 'server/src/**/*.md'], { cwd: root });
const readDocument = (path: string): string => readFileSync(path, 'utf8');

test('every link in a document leads to a file, and to a heading that it has', () => {
  expect(documents.length).toBeGreaterThan(20);
  const links = documents.flatMap((document) =>
    [...withoutCode(readDocument(join(root, document))).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1]!)
      .filter((target) => !/^https?:/.test(target))
      .map((target) => ({ document, target })),
  );
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((link) => !leadsSomewhere(link))).toEqual([]);
});

test('every document of the protocols is in their table of contents', () => {
  const contents = readDocument(join(root, 'docs/protocols/README.md'));
  const missing = globSync('*.md', { cwd: join(root, 'docs/protocols') }).filter(
    (name) => name !== 'README.md' && !contents.includes(`](${name})`),
  );
  expect(missing).toEqual([]);
});

test('every option of the configuration is in docs/operations/configure.md, and none that does not exist', () => {
  const text = readDocument(join(root, 'docs/operations/configure.md'));
  const rows = [...text.matchAll(/^\|([^|]+)\|/gm)].map(([, cell]) => cell!);
  const documented = rows.flatMap((cell) =>
    [...cell.matchAll(/`([A-Z][A-Z0-9_]+|--[a-z]+)`/g)].map(([, name]) => name!),
  );
  const options = [...secretNames, ...plainNames, '--production', '--port', '--host', '--data'];
  expect(documented.toSorted()).toEqual(options.toSorted());
});

function leadsSomewhere({ document, target }: { document: string; target: string }): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? join(root, document) : resolve(root, dirname(document), path);
  if (!existsSync(file)) return false;
  return (
    heading === undefined || (statSync(file).isFile() && anchorsOf(readDocument(file)).includes(heading))
  );
}

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

function withoutCode(text: string): string {
  return text
    .replaceAll(/^( *)```[\s\S]+?^\1```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.slice(1, -1));
}
