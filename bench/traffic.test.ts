import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { newId } from '../server/src/foundation/ids/index.ts';
import { createEdxmlReader } from '../server/src/modules/exchange/edxml/reader.ts';
import { authenticate, readSignedRequest } from '../server/src/modules/exchange/vxp/authenticate.ts';
import { getOperation } from '../server/src/modules/exchange/vxp/operations.ts';
import { createLetters, writeStatus } from './letter.ts';
import { sendParameters, writeHead } from './vxp-call.ts';

const from = { code: 'H64.31', name: 'Ủy ban nhân dân xã Minh Sơn' };
const to = [
  { code: 'G12', name: 'Bộ Tài chính' },
  { code: 'G10', name: 'Bộ Nông nghiệp và Môi trường' },
];

test.each([10_000, 300_000, 1_000_000])(
  'a letter of %i bytes is one that the exchange reads',
  async (sizeBytes) => {
    const letters = createLetters({ from, to, sizeBytes, runId: 'r1' });
    const letter = Buffer.concat(letters.parts(42));
    expect(Math.abs(letter.length - sizeBytes)).toBeLessThan(8);
    expect(letters.sizeBytes).toBe(letter.length);
    expect(letters.digest(42)).toEqual(hash('sha256', letter, 'buffer'));
    const message = await read(letter);
    expect(message).toMatchObject({ kind: 'document', documentId: letters.documentId(42) });
    expect(letters.documentId(42)).not.toBe(letters.documentId(43));
  },
);

test('an update and a recall name the document that they are about', async () => {
  const template = { from, to, sizeBytes: 10_000, runId: 'r1' };
  const documentId = createLetters(template).documentId(7);
  for (const [act, docType] of [['recall', 1] as const, ['update', 2] as const]) {
    const letters = createLetters({ ...template, priority: 2, about: { act, documentId } });
    expect(await read(Buffer.concat(letters.parts(8)))).toMatchObject({
      priority: 2,
      business: { docType, documentId },
      responseFor: [{ documentId }],
    });
  }
});

test('a status names the letter that it answers', async () => {
  const letters = createLetters({ from, to, sizeBytes: 10_000, runId: 'r1' });
  const status = writeStatus({
    from: to[0]!,
    to: from,
    documentId: letters.documentId(7),
    statusCode: '03',
  });
  expect(await read(status)).toMatchObject({ kind: 'status', statusCode: '03' });
});

test('a call carries headers that authenticate, and its body behind them', () => {
  const credentials = { systemId: 'vxp.test.01', secret: 'bmVpdGhlciBkZWNvZGVkIG5vciBzZWNyZXQ=' };
  const letters = createLetters({ from, to, sizeBytes: 10_000, runId: 'r1' });
  const parameters = sendParameters({ from: from.code, messageType: 'edoc', digest: letters.digest(3) });
  const head = writeHead({
    credentials,
    operation: 'sendEdoc',
    parameters,
    bodyBytes: letters.sizeBytes,
  }).toString();
  expect(head).toContain(`\r\nContent-Length: ${letters.sizeBytes}\r\n`);
  expect(head.endsWith('\r\n\r\n')).toBe(true);

  const rawHeaders = head
    .trim()
    .split('\r\n')
    .slice(1)
    .flatMap((line) => line.split(/: (.*)/s).slice(0, 2));
  const request = readSignedRequest(rawHeaders, getOperation('sendEdoc'));
  expect(request.parameters.get('from')).toBe(from.code);
  const system = {
    systemId: newId<'system'>(),
    state: 'active' as const,
    credentials: { vxp: [{ credentialId: newId<'credential'>(), secret: credentials.secret }] },
  };
  expect(authenticate(request, system).system).toBe(system);
  expect(() => authenticate(request, { ...system, credentials: { vxp: [] } })).toThrow(/wrong_credentials/);
});

async function read(bytes: Buffer) {
  const reader = createEdxmlReader();
  await reader.write(bytes);
  return reader.end();
}
