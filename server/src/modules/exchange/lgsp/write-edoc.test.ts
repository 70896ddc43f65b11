import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { newId } from '#foundation/ids';
import { documentAround, inPieces } from '../../../../test/support/edxml.ts';
import { okAnswer } from './answer.ts';
import { writeEdoc } from './write-edoc.ts';

test('a large package is answered in small pieces, none of which holds a file', async () => {
  const file = randomBytes(5_000_000);
  const xml = documentAround(file, { name: 'tệp "1".bin' });
  const delivery = {
    deliveryId: newId<'delivery'>(),
    kind: 'document',
    sizeBytes: Buffer.byteLength(xml),
    digest: Buffer.alloc(32),
    receipt: '',
    content: { [Symbol.asyncIterator]: () => inPieces(Buffer.from(xml), 65_536) },
  } as const;
  const written: Buffer[] = [];
  for await (const piece of writeEdoc(delivery, okAnswer({ data: {} }))) written.push(piece);
  // Base64 makes four of three; what JSON escapes is in the header, which is small.
  expect(Math.max(...written.map(({ length }) => length))).toBeLessThan(2 * 65_536);
  const answer = JSON.parse(Buffer.concat(written).toString()) as {
    data: { docId: string; edxml: string; attachments: { fileName: string; fileContent: string }[] };
  };
  expect(answer.data).toMatchObject({
    docId: delivery.deliveryId,
    attachments: [{ fileName: 'tệp "1".bin' }],
  });
  expect(answer.data.edxml === xml).toBe(true);
  expect(Buffer.from(answer.data.attachments[0]!.fileContent, 'base64').equals(file)).toBe(true);
});
