import { expect, test } from 'vitest';
import { listRefusals } from '#foundation/refusal';
import { failureAnswer } from './answer.ts';
import { errorNumbers } from './error-codes.ts';
import './index.ts';
import { refuse } from './refusals.ts';

const declared = listRefusals().map(([code]) => code);
/** What the facts of the hub know. */
const hubNumbers = [10, 15, 18, 19, 20, 21, 22, 23];

test('every refusal that a client can meet has a number that the hub knows', () => {
  const own = declared.filter((code) => /^(lgsp|exchange|edxml|blob)\./.test(code));
  expect(own.filter((code) => !errorNumbers.codes.includes(code))).toEqual([]);
  expect(errorNumbers.codes.filter((code) => !hubNumbers.includes(errorNumbers.numberOf(code)))).toEqual([]);
});

test('no number is kept for a code that is no longer declared, and none is given twice', () => {
  expect(errorNumbers.codes.filter((code) => !declared.includes(code))).toEqual([]);
  expect(new Set(errorNumbers.codes).size).toBe(errorNumbers.codes.length);
});

test('a wrong secret is 401 in the shape of a refusal, and its description begins with the code', () => {
  const { status, text } = failureAnswer(refuse('wrong_credentials'));
  const description = 'lgsp.wrong_credentials: Sai mã hệ thống hoặc sai khóa bí mật.';
  expect(status).toBe(401);
  expect(JSON.parse(text)).toEqual({
    success: false,
    message: description,
    data: { docId: '', status: 'FAIL', errorCode: '15', errorDesc: description },
  });
});

test('what passes by itself is no JSON, which real clients would take for the last word, and 503', () => {
  for (const code of ['unavailable', 'too_many_requests', 'upload_too_slow', 'upload_cut'] as const) {
    const answer = failureAnswer(refuse(code));
    expect(answer.status, code).toBe(503);
    expect(answer.contentType).toMatch(/^text\/plain/);
    expect(() => JSON.parse(answer.text) as unknown).toThrow(SyntaxError);
  }
});
