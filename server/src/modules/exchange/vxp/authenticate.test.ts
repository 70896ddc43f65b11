import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '#foundation/refusal';
import { newId } from '#foundation/ids';
import { authenticate, readSignedRequest } from './authenticate.ts';
import type { KnownSystem } from './authenticate.ts';
import { createVxpHeaders, formatVxpTimestamp, unpaddedHex, vxpMac } from './client.ts';
import { getOperation, operations } from './operations.ts';
import type { OperationName } from './operations.ts';

const secret = 'bWF0LWtoYXUtdGh1LW5naGllbS0wMQ==';
const madeAt = Temporal.PlainDateTime.from('2026-03-09T07:05:03.041');
const known: KnownSystem = {
  systemId: newId<'system'>(),
  state: 'active',
  credentials: { vxp: [{ credentialId: newId<'credential'>(), secret }] },
};

/** The headers of one call as `rawHeaders` shows them. */
function rawCall(parameters: Record<string, string>, contentType = 'application/json'): string[] {
  const headers = createVxpHeaders({ systemId: 'vxp.thu.01', secret }, madeAt);
  for (const [key, value] of Object.entries(parameters)) headers.set(key, value);
  return headers.sign(contentType).flatMap(([name, value]) => [name, Buffer.from(value).toString('latin1')]);
}

/** Headers around a JSON that is written by hand, with a right MAC. */
function rawSigned(json: string, keyList: string, plain: readonly [string, string][]): string[] {
  return [
    ...plain.flat(),
    'XroadVnpt-sign-header-key',
    keyList,
    'XroadVnpt-sign-header',
    json,
    'XroadVnpt-hash-header',
    vxpMac(secret, json),
  ];
}

function prove(raw: readonly string[], operation: OperationName, system: KnownSystem | undefined = known) {
  const request = readSignedRequest(raw, getOperation(operation));
  return { request, ...authenticate(request, system) };
}

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'accepted';
}

function replaceHeader(raw: readonly string[], name: string, value: string): string[] {
  return raw.map((item, index) => (index % 2 === 1 && raw[index - 1] === name ? value : item));
}

describe('a request of a real client', () => {
  test('is authenticated, and its parameters come from the signed JSON whatever the spelling of the key', () => {
    const { request, credentialId } = prove(rawCall({ docid: 'd-7', status: 'done' }), 'updateStatus');
    expect(credentialId).toBe(known.credentials.vxp[0]!.credentialId);
    expect(request.systemId).toBe('vxp.thu.01');
    expect(request.parameters.get('docid')).toBe('d-7');
    expect(request.clientMadeAt.toString()).toBe('2026-03-09T07:05:03.041');
  });

  test('may carry what earlier calls of the same client object left behind', () => {
    const left = {
      level: '1',
      docId: 'd-1',
      'hash-file': 'ab',
      from: 'H22',
      filePath: 'xml',
      status: 'done',
    };
    expect(prove(rawCall(left), 'getAgenciesList').request.parameters.get('from')).toBe('H22');
  });

  test('may carry Vietnamese: the MAC is over the bytes of the header', () => {
    const raw = rawCall({ AgencyCode: 'Sở Tài chính' });
    expect(prove(raw, 'deleteAgency').request.parameters.get('agencycode')).toBe('Sở Tài chính');
  });

  test('is proven by the second credential during a rotation', () => {
    const rotating = {
      ...known,
      credentials: {
        vxp: [{ credentialId: newId<'credential'>(), secret: 'khac' }, ...known.credentials.vxp],
      },
    };
    expect(prove(rawCall({}), 'getAgenciesList', rotating).credentialId).toBe(
      known.credentials.vxp[0]!.credentialId,
    );
  });

  test('may be signed days ago and name another version of the SDK', () => {
    const raw = replaceHeader(rawCall({}), 'XroadVnpt-version', '2.9');
    expect(refusalOf(() => prove(raw, 'getAgenciesList'))).toBe('accepted');
  });

  test('may add a boundary to its Content-Type after signing, but not another media type', () => {
    const parameters = { messagetype: 'edoc', 'hash-file': 'ab' };
    const raw = rawCall(parameters, 'multipart/form-data');
    const withBoundary = replaceHeader(raw, 'Content-Type', 'multipart/form-data; boundary=b');
    expect(prove(withBoundary, 'sendEdoc').request.contentType).toBe('multipart/form-data; boundary=b');
    const other = replaceHeader(raw, 'Content-Type', 'application/octet-stream');
    expect(refusalOf(() => prove(other, 'sendEdoc'))).toBe('vxp.header_differs');
  });
});

describe('refused', () => {
  const raw = rawCall({ docId: 'd-1' });

  test('a repeated XroadVnpt header, in any spelling and even with equal value', () => {
    const repeated = [...raw, 'XROADVNPT-DOCID', 'd-1'];
    expect(refusalOf(() => prove(repeated, 'getEdoc'))).toBe('vxp.header_repeated');
    expect(refusalOf(() => prove([...raw, 'content-type', 'text/xml'], 'getEdoc'))).toBe(
      'vxp.header_repeated',
    );
  });

  test('a missing signature header', () => {
    for (const name of ['XroadVnpt-sign-header-key', 'XroadVnpt-sign-header', 'XroadVnpt-hash-header']) {
      expect(refusalOf(() => prove(replaceHeader(raw, name, ''), 'getEdoc'))).toBe('vxp.header_missing');
    }
  });

  test('a plain header that differs from its signed value or is missing', () => {
    expect(refusalOf(() => prove(replaceHeader(raw, 'XroadVnpt-docId', 'd-2'), 'getEdoc'))).toBe(
      'vxp.header_differs',
    );
    const without = raw.filter((_, index) => raw[index - (index % 2)] !== 'XroadVnpt-docId');
    expect(refusalOf(() => prove(without, 'getEdoc'))).toBe('vxp.header_differs');
  });

  const base: [string, string][] = [
    ['XroadVnpt-systemid', 's'],
    ['XroadVnpt-timestamp', '09032026T070503+0041'],
  ];
  const baseJson = '"XroadVnpt-systemid":"s","XroadVnpt-timestamp":"09032026T070503+0041"';

  test('duplicate JSON keys, also where the values are equal', () => {
    const signed = rawSigned(`{${baseJson},"XroadVnpt-systemid":"s"}`, 'systemid;timestamp;systemid', base);
    expect(refusalOf(() => prove(signed, 'getAgenciesList'))).toBe('vxp.sign_header_malformed');
  });

  test('docId beside a different docid; beside an equal one it is accepted', () => {
    const both = (other: string): string[] =>
      rawSigned(
        `{${baseJson},"XroadVnpt-docId":"a","XroadVnpt-docid":"${other}"}`,
        'systemid;timestamp;docId;docid',
        [...base, ['XroadVnpt-docId', 'a']],
      );
    expect(refusalOf(() => prove(both('b'), 'getEdoc'))).toBe('vxp.key_ambiguous');
    expect(refusalOf(() => prove(both('a'), 'getEdoc'))).toBe('accepted');
  });

  test('an order other than that of sign-header-key', () => {
    const signed = rawSigned(`{${baseJson}}`, 'timestamp;systemid', base);
    expect(refusalOf(() => prove(signed, 'getAgenciesList'))).toBe('vxp.sign_order_differs');
  });

  test.each([
    '',
    'null',
    '[]',
    `{${baseJson}`,
    `{${baseJson},}`,
    `{${baseJson}}x`,
    `{${baseJson},"XroadVnpt-a":{"b":"c"}}`,
    `{${baseJson},"other":"c"}`,
    `{${baseJson},"XroadVnpt-a":"\\q"}`,
  ])('a sign-header that is no flat object of prefixed texts: %s', (json) => {
    const keys = 'systemid;timestamp';
    expect(refusalOf(() => prove(rawSigned(json, keys, base), 'getAgenciesList'))).toMatch(
      /vxp\.(sign_header_malformed|header_missing)/,
    );
  });

  test('bytes that are not UTF-8', () => {
    const latin1 = `{${baseJson},"XroadVnpt-AgencyCode":"\u00e9"}`;
    const headers = rawSigned(latin1, 'systemid;timestamp;AgencyCode', [
      ...base,
      ['XroadVnpt-AgencyCode', 'é'],
    ]);
    expect(refusalOf(() => prove(headers, 'deleteAgency'))).toBe('vxp.sign_header_malformed');
  });

  test('a timestamp that is no date and time', () => {
    for (const timestamp of ['31022026T000000+0000', '09032026T250000+0000', 'now', '09032026T070503']) {
      const json = `{"XroadVnpt-systemid":"s","XroadVnpt-timestamp":"${timestamp}"}`;
      const signed = rawSigned(json, 'systemid;timestamp', [
        ['XroadVnpt-systemid', 's'],
        ['XroadVnpt-timestamp', timestamp],
      ]);
      expect(refusalOf(() => prove(signed, 'getAgenciesList'))).toBe('vxp.timestamp_invalid');
    }
  });

  test.each(operations.filter((operation) => operation.required.length > 0))(
    'an unsigned key that $name requires',
    (operation) => {
      const complete = Object.fromEntries(operation.required.map((key) => [key, 'x']));
      expect(refusalOf(() => prove(rawCall(complete), operation.name))).toBe('accepted');
      for (const key of operation.required) {
        const { [key]: _, ...incomplete } = complete;
        // The plain header alone is not enough: it is not covered by the MAC.
        const unsigned = [...rawCall(incomplete), `XroadVnpt-${key}`, 'x'];
        expect(refusalOf(() => prove(unsigned, operation.name))).toBe('vxp.key_not_signed');
      }
    },
  );

  test('an optional parameter that was sent without being signed', () => {
    const unsigned = [...rawCall({ messagetype: 'edoc' }), 'XroadVnpt-docId', 'd-1'];
    expect(refusalOf(() => prove(unsigned, 'getSentEdocList'))).toBe('vxp.key_not_signed');
  });

  test('a wrong secret and an unknown system look the same; a suspended system hears it only with a right MAC', () => {
    const wrong = { ...known, credentials: { vxp: [{ ...known.credentials.vxp[0]!, secret: 'sai' }] } };
    const request = readSignedRequest(raw, getOperation('getEdoc'));
    expect(refusalOf(() => authenticate(request, wrong))).toBe('vxp.wrong_credentials');
    expect(refusalOf(() => authenticate(request, undefined))).toBe('vxp.wrong_credentials');
    expect(refusalOf(() => authenticate(request, { ...known, credentials: { vxp: [] } }))).toBe(
      'vxp.wrong_credentials',
    );
    expect(refusalOf(() => authenticate(request, { ...wrong, state: 'suspended' }))).toBe(
      'vxp.wrong_credentials',
    );
    expect(refusalOf(() => authenticate(request, { ...known, state: 'suspended' }))).toBe(
      'vxp.system_suspended',
    );
  });
});

test('a JSON of more keys than any client has is not read on', () => {
  const keys = Array.from({ length: 200 }, (_, index) => `k${index}`);
  const raw = rawCall(Object.fromEntries(keys.map((key) => [key, '1'])));
  expect(refusalOf(() => prove(raw, 'getAgenciesList'))).toBe('vxp.sign_header_malformed');
});

test('a value full of blanks, which no key has signed yet, costs no more than its length', () => {
  const millisOf = (count: number): number => {
    const blanks = `a${' '.repeat(count)}b`;
    const raw = rawSigned('{"XroadVnpt-from":"a"}', 'from', [['XroadVnpt-from', blanks]]);
    const start = performance.now();
    for (let round = 0; round < 20; round++) {
      expect(refusalOf(() => prove(raw, 'getEdoc'))).toBe('vxp.header_differs');
    }
    return performance.now() - start;
  };
  millisOf(4_000);
  // Sixteen times the length; a trimming that looks at each blank again took 256 times as long.
  expect(millisOf(64_000) / millisOf(4_000)).toBeLessThan(80);
});

test('any single changed byte in a signed value, the key list, the JSON or the MAC is refused', () => {
  const signedNames = rawCall({ docId: 'd', from: 'f' })
    .filter((_, index) => index % 2 === 0)
    .filter((name) => !['Content-Type', 'User-Agent', 'XroadVnpt-version'].includes(name));
  fc.assert(
    fc.property(
      fc
        .string({ minLength: 1, unit: 'grapheme' })
        .filter((text) => !/[\p{Cc}]/u.test(text) && text.trim() === text),
      fc.constantFrom(...signedNames),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (from, name, position, difference) => {
        const raw = rawCall({ docId: 'd-1', from });
        expect(refusalOf(() => prove(raw, 'getEdoc'))).toBe('accepted');
        const bytes = Buffer.from(raw[raw.indexOf(name) + 1]!, 'latin1');
        const index = position % bytes.length;
        bytes[index] = bytes[index]! ^ difference;
        const changed = bytes.toString('latin1');
        expect(refusalOf(() => prove(replaceHeader(raw, name, changed), 'getEdoc'))).not.toBe('accepted');
      },
    ),
    { numRuns: 500 },
  );
});

test('the timestamp pads its milliseconds to four digits and the file digest loses leading zeros', () => {
  expect(formatVxpTimestamp(madeAt)).toBe('09032026T070503+0041');
  expect(unpaddedHex(Buffer.from('380605ff00', 'hex'))).toBe('3865ff0');
});

describe('requests recorded from the unmodified SDK', () => {
  const recording = new URL('../../../../../../shared/samples/vxp/requests.txt', import.meta.url);

  test('authenticate, and our client writes the same headers', (context) => {
    if (!existsSync(recording)) return context.skip('shared/samples is not beside this checkout');
    const requests = readRecording(readFileSync(recording, 'utf8'));
    expect(requests.length).toBeGreaterThanOrEqual(13);
    for (const { operation, raw } of requests) {
      const { request } = prove(raw, operation, {
        ...known,
        credentials: { vxp: [{ credentialId: newId<'credential'>(), secret: recordedSecret }] },
      });
      expect(request.systemId).toBe('vxp.test.01');
      expect(signAgain(request, raw)).toEqual(pick(raw));
    }
    return undefined;
  });
});

const recordedSecret = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTAxMjM=';

function readRecording(text: string): { operation: OperationName; raw: string[] }[] {
  return [...text.matchAll(/^(?:GET|POST) \/(\w+)\n((?:[\w-]+: .*\n)+)/gm)].map(([, name, head]) => ({
    operation: name as OperationName,
    raw: head!
      .trim()
      .split('\n')
      .flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  }));
}

const signatureHeaders = ['XroadVnpt-sign-header-key', 'XroadVnpt-sign-header', 'XroadVnpt-hash-header'];

function pick(raw: readonly string[]): string[] {
  return signatureHeaders.map((name) => raw[raw.indexOf(name) + 1]!);
}

function signAgain(
  request: { parameters: ReadonlyMap<string, string>; clientMadeAt: Temporal.PlainDateTime },
  raw: readonly string[],
): string[] {
  const headers = createVxpHeaders({ systemId: 'vxp.test.01', secret: recordedSecret }, request.clientMadeAt);
  const keys = pick(raw)[0]!.split(';');
  const setLater = ['systemid', 'timestamp', 'Content-Type', 'status'];
  for (const key of keys)
    if (!setLater.includes(key)) headers.set(key, request.parameters.get(key.toLowerCase())!);
  const contentType = request.parameters.get('content-type')!;
  headers.sign(contentType); // An earlier call: whatever is set after it stands behind the timestamp.
  if (keys.includes('status')) headers.set('status', request.parameters.get('status')!);
  const signed = headers.sign(contentType).flat();
  return pick(signed);
}
