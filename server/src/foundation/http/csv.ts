/**
 * CSV as spreadsheets of an office read it: RFC 4180, UTF-8 with a byte order mark (without it Vietnamese is garbled), and
 * no text that a spreadsheet would take for a formula.
 */
export type CsvCell = string | number | null;

export function writeCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return `\uFEFF${[header, ...rows].map((row) => row.map(writeCell).join(',')).join('\r\n')}\r\n`;
}

function writeCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  // A leading =, +, -, @, tab or line break makes a formula of it, wherever the name came from.
  const harmless = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
