import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { collect } from '../../../../test/support/edxml.ts';
import { encodeBase64 } from './package-attachment.ts';

test('base64 does not depend on how the file arrives in pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 })), async (pieces) => {
      const encoded = await collect(encodeBase64(arrive(pieces)));
      expect(encoded.toString('latin1')).toBe(Buffer.concat(pieces).toString('base64'));
    }),
  );
});

async function* arrive(pieces: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece);
}
