import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeFileName, safeFileNames } from './file-name.ts';

test('a name from outside never leaves the folder', () => {
  expect(safeFileName('../../etc/passwd')).toBe('passwd');
  expect(safeFileName('C:\\temp\\công văn.pdf')).toBe('công văn.pdf');
  expect(safeFileName('.bashrc')).toBe('bashrc');
  expect(safeFileName('a\u0000b\u202Efdp.exe')).toBe('a_b_fdp.exe');
  expect(safeFileName('con.pdf')).toBe('_con.pdf');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
      const safe = safeFileName(name);
      for (const forbidden of ['/', '\\', '\u0000']) expect(safe).not.toContain(forbidden);
      expect(safe).not.toMatch(/^\./);
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(241);
    }),
  );
});

test('two attachments of one name become two files, and one without a name gets its number', () => {
  expect(safeFileNames(['a.pdf', 'A.PDF', 'a.pdf', ''])).toEqual(['a.pdf', 'A (2).PDF', 'a (3).pdf', '4']);
});
