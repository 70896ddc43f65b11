import { expect, test } from 'vitest';
import { nextStatus, parseStatusCode, type ProgressStatus } from './business-status.ts';

test('a status may skip but not go back', () => {
  expect(nextStatus(null, '03')).toBe('forward');
  expect(nextStatus('01', '06')).toBe('forward');
  expect(() => nextStatus('05', '03')).toThrow(/status_backward/);
});

test('an equal status says nothing new, but work can be assigned and done again', () => {
  expect(nextStatus('03', '03')).toBe('same');
  expect(nextStatus('04', '04')).toBe('forward');
});

test('nothing follows a refusal or the end', () => {
  for (const end of ['02', '06'] satisfies ProgressStatus[]) {
    expect(nextStatus(end, end)).toBe('same');
    expect(() => nextStatus(end, '05')).toThrow(/status_ended/);
  }
});

test('a code outside the rule is refused', () => {
  expect(parseStatusCode('13')).toBe('13');
  for (const code of ['7', '07', '', 'toString'])
    expect(() => parseStatusCode(code)).toThrow(/status_code_unknown/);
});
