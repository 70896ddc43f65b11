import { expect, test } from 'vitest';
import { listRefusals } from '#foundation/refusal';
import { failAnswer } from './answer.ts';
import { errorNumbers } from './error-codes.ts';
import './index.ts';
import { refuse } from './refusals.ts';

const declared = listRefusals().map(([code]) => code);

test('every refusal that a client can meet has its number', () => {
  const own = declared.filter((code) => /^(vxp|exchange|edxml|blob)\./.test(code));
  expect(own.filter((code) => !errorNumbers.codes.includes(code))).toEqual([]);
});

test('no number is kept for a code that is no longer declared, and none is given twice', () => {
  expect(errorNumbers.codes.filter((code) => !declared.includes(code))).toEqual([]);
  expect(new Set(errorNumbers.codes).size).toBe(errorNumbers.codes.length);
});

test('the description begins with the code, which survives a client that garbles Vietnamese', () => {
  const answer = JSON.parse(failAnswer(refuse('wrong_credentials'))) as Record<string, string>;
  expect(answer).toEqual({
    status: 'FAIL',
    ErrorCode: '15',
    ErrorDesc: 'vxp.wrong_credentials: Sai mã hệ thống hoặc sai khóa bí mật.',
  });
  expect(errorNumbers.numberOf('exchange.recipient_unknown')).toBe(18);
});
