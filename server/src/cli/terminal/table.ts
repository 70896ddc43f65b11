/** A table of aligned columns; where the terminal is too narrow, the columns that may shrink do, or each row becomes a block. */
import { displayWidth, fit, pad, printable } from './width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Free text that may be cut to the width of the terminal; ids and codes never are. */
  readonly shrinks?: boolean;
}

export interface TableOptions {
  /** Columns of the terminal; undefined where the output is a file or a pipe: nothing is cut there. */
  readonly terminalWidth?: number | undefined;
  readonly styleTitle?: (title: string) => string;
}

const gap = '  ';
const narrowest = 12;

export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const cells = rows.map((row) => columns.map((_, index) => printable(row[index] ?? '')));
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[index] ?? ''))),
  );
  if (options.terminalWidth !== undefined && !shrink(columns, widths, options.terminalWidth)) {
    return renderBlocks(columns, cells, options);
  }

  const line = (texts: readonly string[], style: (text: string) => string): string =>
    columns
      .map((column, index) => {
        const width = widths[index] ?? 0;
        const padded = pad(fit(texts[index] ?? '', width), width, column.align ?? 'left');
        return style(index === columns.length - 1 ? padded.trimEnd() : padded);
      })
      .join(gap)
      .trimEnd();

  const title = line(
    columns.map((column) => column.title),
    options.styleTitle ?? ((text) => text),
  );
  return [title, ...cells.map((row) => line(row, (text) => text))].join('\n');
}

/** A line for each cell that holds something: nothing is cut, and long ids still stand on one line. */
function renderBlocks(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
  { styleTitle = (text) => text }: TableOptions,
): string {
  const block = (row: readonly string[]): string =>
    columns
      .flatMap(({ title }, index) => (row[index] ? [`${styleTitle(`${title}:`)} ${row[index]}`] : []))
      .join('\n');
  return cells.map(block).join('\n\n');
}

/** Takes what is too much from the widest column that may shrink, again and again, down to a readable minimum; whether it fits now. */
function shrink(columns: readonly Column[], widths: number[], available: number): boolean {
  let excess = widths.reduce((sum, width) => sum + width, 0) + gap.length * (columns.length - 1) - available;
  while (excess > 0) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (column.shrinks && width > narrowest && width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) return false;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return true;
}
