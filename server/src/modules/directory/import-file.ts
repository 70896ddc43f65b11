/** Reading the import file: tab-separated, one organisation a line, the first line names the columns. */
import { contactLimits, isCode, nameLimit, parseContact, parseName } from './organisation.ts';
import { refuse } from './refusals.ts';
import { Refusal } from '#foundation/refusal';

const columns = [
  'code',
  'old_code',
  'name',
  'level',
  'parent_code',
  'email',
  'phone',
  'fax',
  'address',
] as const;
type Column = (typeof columns)[number];
const required = ['code', 'name', 'level'] as const satisfies readonly Column[];

const lineLimitBytes = 16 * 1024;
const linesLimit = 500_000; // four times the national directory

export interface ImportRow {
  readonly line: number;
  readonly code: string;
  readonly oldCode: string | null;
  readonly name: string;
  readonly level: number;
  readonly parentCode: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly fax: string | null;
  readonly address: string | null;
}

/** `code` is what the line has in that column, as far as it can be told. */
export interface RefusedRow {
  readonly line: number;
  readonly code: string;
  readonly refusal: Refusal;
}

export type ImportLine = { readonly row: ImportRow } | { readonly refused: RefusedRow };

/** A bad line is refused by itself; a file without the needed columns, or beyond all measure, as a whole. */
export async function* readImportFile(file: AsyncIterable<Uint8Array>): AsyncGenerator<ImportLine> {
  let header: readonly Column[] | undefined;
  for await (const { line, bytes } of readLines(file)) {
    if (line > linesLimit + 1) throw refuse('import_too_long', { limit: linesLimit });
    if (!header) {
      header = parseHeader(bytes);
      continue;
    }
    if (bytes.length > 0) yield parseLine(header, line, bytes);
  }
  if (!header) throw refuse('import_columns_missing', { columns: [...required] });
}

async function* readLines(
  file: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly line: number; readonly bytes: Buffer }> {
  let line = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of file) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      yield { line: ++line, bytes: withoutReturn(bytes.subarray(start, end)) };
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > lineLimitBytes)
      throw refuse('import_line_too_long', { line: line + 1, limit: lineLimitBytes });
  }
  if (rest.length > 0) yield { line: ++line, bytes: withoutReturn(rest) };
}

const lineFeed = 0x0a;

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
}

function parseHeader(bytes: Buffer): readonly Column[] {
  // A byte order mark, which spreadsheets write, is taken away by the decoder.
  const names = new TextDecoder()
    .decode(bytes)
    .split('\t')
    .map((name) => name.trim().toLowerCase());
  const isColumn = (name: string): name is Column => (columns as readonly string[]).includes(name);
  const unknown = names.filter((name, index) => !isColumn(name) || names.indexOf(name) !== index);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) throw refuse('import_columns_missing', { columns: missing });
  if (unknown.length > 0) {
    throw refuse('import_header_invalid', { columns: unknown.map((name) => name.slice(0, 40)) });
  }
  return names.filter(isColumn);
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseLine(header: readonly Column[], line: number, bytes: Buffer): ImportLine {
  let code = '';
  try {
    const cells = decode(bytes).split('\t');
    code = (cells[header.indexOf('code')] ?? '').trim().slice(0, 80);
    if (cells.length !== header.length) {
      throw refuse('import_row_malformed', { found: cells.length, expected: header.length });
    }
    const cell = (column: Column): string => {
      const index = header.indexOf(column);
      return index < 0 ? '' : cells[index]!.trim();
    };
    return { row: parseRow(line, cell) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { refused: { line, code, refusal: error } };
  }
}

function decode(bytes: Buffer): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw refuse('import_not_utf8');
  }
}

function parseRow(line: number, cell: (column: Column) => string): ImportRow {
  const code = cell('code');
  const oldCode = cell('old_code');
  const parentCode = cell('parent_code');
  for (const given of [code, ...[oldCode, parentCode].filter((text) => text !== '')]) {
    if (!isCode(given)) throw refuse('code_malformed', { code: given.slice(0, 80) });
  }
  if (!/^[1-4]$/.test(cell('level'))) throw refuse('level_invalid');
  return {
    line,
    code,
    oldCode: oldCode === '' || oldCode === code ? null : oldCode,
    name: parseName(cell('name'), nameLimit),
    level: Number(cell('level')),
    parentCode: parentCode === '' ? null : parentCode,
    ...parseContact(
      Object.fromEntries(
        Object.keys(contactLimits).map((field) => [field, cell(field as keyof typeof contactLimits)]),
      ),
    ),
  };
}
