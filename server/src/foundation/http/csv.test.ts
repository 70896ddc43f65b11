import { expect, test } from 'vitest';
import { writeCsv } from './csv.ts';

test('CSV opens in a spreadsheet: byte order mark, CRLF, quotes doubled, empty for nothing', () => {
  expect(
    writeCsv(
      ['Mã', 'Tên'],
      [
        ['G10', 'Bộ "A", Hà Nội'],
        [null, 3],
      ],
    ),
  ).toBe('\uFEFFMã,Tên\r\nG10,"Bộ ""A"", Hà Nội"\r\n,3\r\n');
});

test('no text becomes a formula; a number stays one', () => {
  const rows = [['=1+1'], ['+84'], ['-2'], ['@x'], ['\tx'], [-2]];
  expect(writeCsv(['x'], rows).split('\r\n').slice(1, -1)).toEqual([
    "'=1+1",
    "'+84",
    "'-2",
    "'@x",
    "'\tx",
    '-2',
  ]);
});
