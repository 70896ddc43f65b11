import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startProgress } from './progress.ts';
import { renderTable } from './table.ts';
import { displayWidth, fit, pad, printable } from './width.ts';

describe('width', () => {
  test('a Vietnamese letter takes one column, composed or with combining marks', () => {
    const name = 'Ủy ban nhân dân xã Hòa Tiến';
    expect(displayWidth(name)).toBe(27);
    expect(displayWidth(name.normalize('NFD'))).toBe(27);
    expect(displayWidth('文書')).toBe(4);
  });

  test('a cut text never takes more than its width, and says that it was cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, width) => {
        const cut = fit(text, width);
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        if (displayWidth(text) > width) expect(cut.endsWith('…')).toBe(true);
        else expect(cut).toBe(text);
        expect(displayWidth(pad(cut, width, 'left'))).toBe(width);
      }),
    );
  });

  test('what others wrote cannot move the cursor, colour the terminal or turn the line around', () => {
    expect(printable('V/v\u001B[2J\u001B[31m gấp\n\u202Eđen\u0007 ')).toBe('V/v[2J[31m gấp đen');
    expect(printable('Hòa Tiến'.normalize('NFD'))).toBe('Hòa Tiến'.normalize('NFC'));
  });
});

describe('a table that no width makes fit', () => {
  test('becomes a block for each row, with nothing cut', () => {
    const columns = [{ title: 'Mã' }, { title: 'Trích yếu', shrinks: true }, { title: 'Cỡ' }];
    const id = '0199f3a2-1111-7000-8000-000000000000';
    const text = renderTable(
      columns,
      [
        [id, 'V/v báo cáo quý', ''],
        ['2', '', '1 KB'],
      ],
      { terminalWidth: 40 },
    );
    expect(text).toBe(`Mã: ${id}\nTrích yếu: V/v báo cáo quý\n\nMã: 2\nCỡ: 1 KB`);
  });
});

describe('table', () => {
  const columns = [
    { title: 'Mã' },
    { title: 'Trích yếu', shrinks: true },
    { title: 'Cỡ', align: 'right' },
  ] as const;

  test('columns align by what is seen, not by the number of code units', () => {
    const lines = renderTable(columns, [
      ['1', 'Báo cáo'.normalize('NFD'), '10 KB'],
      ['22', 'Kế hoạch', '9 B'],
    ]).split('\n');
    expect(lines).toEqual(['Mã  Trích yếu     Cỡ', '1   Báo cáo    10 KB', '22  Kế hoạch     9 B']);
  });

  test('on a narrow terminal only free text is cut; in a pipe nothing is', () => {
    const id = '019a0000-0000-7000-8000-000000000000';
    const subject = 'Về việc kết nối, liên thông phần mềm quản lý văn bản và điều hành';
    const narrow = renderTable(columns, [[id, subject, '9 B']], { terminalWidth: 60 });
    expect(narrow).toContain(id);
    expect(narrow).toContain('…');
    for (const line of narrow.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(60);
    expect(renderTable(columns, [[id, subject, '9 B']])).toContain(subject);
  });
});

describe('progress', () => {
  test('is drawn only where a person watches', () => {
    const written: string[] = [];
    const progress = startProgress({
      stream: { write: (text) => written.push(text) },
      label: 'x',
      total: 10,
    });
    progress.advance(10);
    progress.finish();
    expect(written).toEqual([]);
  });
});
