import { describe, expect, test } from 'vitest';
import { parseArguments, splitCommand } from './arguments.ts';
import { commands } from './commands.ts';
import { editDistance, nearestName } from './nearest.ts';
import { send } from './commands/send.ts';
import { runTyped } from './testing/run-typed.ts';

describe('what was typed', () => {
  test('options may stand anywhere, also before the command and behind the file', () => {
    const { command, rest } = splitCommand(['--json', 'send', 'a.pdf', '--to', 'G12', '--to=H64'], commands);
    expect(command?.name).toBe('send');
    const parsed = parseArguments(send, rest);
    expect(parsed.operands).toEqual({ FILE: 'a.pdf' });
    expect(parsed.options).toMatchObject({ to: ['G12', 'H64'], json: true, as: undefined });
  });

  test('a value that begins with a dash is given behind "="', () => {
    expect(parseArguments(send, ['a.pdf', '--subject=-5 độ']).options['subject']).toBe('-5 độ');
    expect(() => parseArguments(send, ['a.pdf', '--subject', '--as'])).toThrow('--subject needs a value');
  });

  test.each([
    [['a.pdf', '--notatoin', 'x'], 'no option --notatoin'],
    [['a.pdf', '--as'], '--as needs a value'],
    [['a.pdf', '--as', 'G12', '--as', 'G10'], 'may be given once'],
    [['a.pdf', '--json=yes'], 'takes no value'],
    [['a.pdf', 'b.pdf'], 'One argument too many: b.pdf'],
    [[], 'Argument FILE is missing'],
  ])('%j is refused', (typed, sentence) => {
    expect(() => parseArguments(send, typed)).toThrow(sentence);
  });
});

describe('the nearest name', () => {
  test('is offered for a slip of the fingers, and not where nothing is near', async () => {
    expect(nearestName('notatoin', ['number', 'notation', 'subject'])).toBe('notation');
    expect(nearestName('xyz', ['number', 'notation', 'subject'])).toBeUndefined();
    expect((await runTyped(['sned', 'x'])).stderr).toContain('lienthong send?');
    expect((await runTyped(['send', 'x', '--receit', 'y'])).stderr).toContain('--receipt?');
  });

  test('two swapped letters are one slip', () => {
    expect(editDistance('sned', 'send')).toBe(1);
    expect(editDistance('', 'send')).toBe(4);
    expect(editDistance('send', 'send')).toBe(0);
  });
});
