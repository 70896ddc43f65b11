import { describe, expect, test } from 'vitest';
import { logSigner, testKey } from '../../../test/support/evidence.ts';
import { parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { emptyRoot } from './merkle.ts';
import { createNoteSigner, formatNote, parseNote, parseVkey, signNote, verifyNote } from './note.ts';

// The example of c2sp.org/signed-note.
const exampleKey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const example = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

test('the example of the specification verifies, and is written back byte for byte', () => {
  const verifier = parseVkey(exampleKey)!;
  const note = parseNote(example)!;
  expect(note.text).toBe('This is an example message.\n');
  expect(verifyNote(note, [verifier])).toEqual([verifier]);
  expect(formatNote(note)).toBe(example);
});

test('a note with a changed text has no signature', () => {
  const note = parseNote(example.replace('example message', 'exemple message'))!;
  expect(verifyNote(note, [parseVkey(exampleKey)!])).toEqual([]);
});

test('signatures of unknown keys are ignored, a wrong one of a known key refuses the note', () => {
  const other = createNoteSigner('example.com/bar', testKey('bar'));
  const signed = signNote('text\n', other);
  const known = parseVkey(other.vkey)!;
  const line = example.split('\n')[2]!;
  expect(verifyNote(parseNote(`${signed}${line}\n`)!, [known])).toEqual([known]);
  expect(verifyNote(parseNote(`${signed}${line}\n`)!, [known, parseVkey(exampleKey)!])).toEqual([]);
});

test.each([
  ['no signature', 'text\n\n'],
  ['no empty line', example.replace('\n\n', '\n')],
  ['no final newline', example.slice(0, -1)],
  ['a hyphen for the dash', example.replace('—', '-')],
  ['two spaces', example.replace('— ', '—  ')],
  ['a trailing space', example.replace(/\n$/, ' \n')],
  ['a tab', example.replace(' is', '\tis')],
  ['a carriage return', example.replaceAll('\n', '\r\n')],
  ['a lone surrogate', example.replace('This', '\uD800')],
  ['a plus in the key name', example.replace('.com/foo', '.com+foo')],
  ['a no-break space in the key name', example.replace('.com/foo', '.com\u00A0foo')],
  ['Base64 without padding', example.replace('=', '')],
  ['stray bits in the Base64', example.replace('aQM=', 'aQN=')],
  ['a signature without bytes', `text\n\n— name ${Buffer.alloc(4).toString('base64')}\n`],
  ['too many signatures', `text\n\n${'— name AAAAAAA=\n'.repeat(65)}`],
])('%s is no note', (_name, text) => {
  expect(parseNote(text)).toBeUndefined();
});

test('an empty line within the text belongs to the text', () => {
  const note = parseNote(signNote('one\n\ntwo\n', logSigner))!;
  expect(note.text).toBe('one\n\ntwo\n');
});

test.each([
  exampleKey.replace('530d903a', '530d903b'),
  exampleKey.replace('530d903a', '530D903A'),
  exampleKey.replace('example.com/foo', 'example.com/fop'),
  exampleKey.replace('+Aeky', '+Auky'),
  `${exampleKey}=`,
  'example.com/foo+530d903a',
  '',
])('%j is no verifier key', (vkey) => {
  expect(parseVkey(vkey)).toBeUndefined();
});

describe('a checkpoint', () => {
  const signed = signCheckpoint({ size: 0, root: emptyRoot }, logSigner);

  test('names the log, its size and its root', () => {
    expect(parseCheckpoint(signed)).toMatchObject({ origin: logSigner.name, size: 0, root: emptyRoot });
  });

  test.each(['00', '-0', '+1', '1e3', ' 1', '', '9007199254740992', '18446744073709551615'])(
    'of size %j is refused',
    (size) => {
      expect(parseCheckpoint(signed.replace('\n0\n', `\n${size}\n`))).toBeUndefined();
    },
  );

  test('with extension lines, a short root or no origin is refused', () => {
    const [name, , root] = signed.split('\n') as [string, string, string];
    const sign = (text: string) => parseCheckpoint(signNote(text, logSigner));
    expect(sign(`${name}\n0\n${root}\n`)).toBeDefined();
    expect(sign(`${name}\n0\n${root}\nextension\n`)).toBeUndefined();
    expect(sign(`${name}\n0\n\n${root}\n`)).toBeUndefined();
    expect(sign(`${name}\n0\nAAAA\n`)).toBeUndefined();
    expect(sign(`\n0\n${root}\n`)).toBeUndefined();
  });
});
