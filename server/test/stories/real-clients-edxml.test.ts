/** The public samples, as real clients wrote them, go in through VXP and come out byte for byte. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeLetter } from '../support/letters.ts';
import { receiveAll } from '../support/receive.ts';
import { createWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

const samples = fileURLToPath(new URL('../../../../shared/samples/edxml/', import.meta.url));

describe.skipIf(!existsSync(samples))(
  'samples of real clients (skipped where ../shared/samples is not there)',
  () => {
    let world: World;
    beforeEach(async () => {
      world = await createWorld([
        { code: 'A80', oldCode: '000.00.00.A80' },
        { code: '002.00.20.H13' },
        { code: '28.22.H17' },
        { code: 'G22', oldCode: '000.00.00.G22' },
        { code: 'H41', oldCode: '000.00.00.H41' },
        { code: 'H14', oldCode: '000.00.00.H14' },
        { code: 'G17', oldCode: '000.00.00.G17' },
      ]);
      await world.serve();
    });
    afterEach(() => world.drop());

    test.for([
      ['document-new.edxml', 'A80', ['28.22.H17']],
      ['document-new-junk-prefix.edxml', '002.00.20.H13', ['28.22.H17']],
      ['document-recall.edxml', 'G22', ['H41', 'H14', 'G17']],
      ['document-update.edxml', 'G22', ['H41', 'H14', 'G17']],
    ] as const)('the document %s', async ([file, sender, receivers]) => {
      const bytes = await readFile(samples + file);
      const original = asNew(bytes);
      if (original) {
        await world.client(sender).sendEdoc(original);
        for (const receiver of receivers) await receiveAll(world.client(receiver));
      }
      const sent = await world.client(sender).sendEdoc(bytes);
      expect(sent.answer).toMatchObject({ status: 'OK', ErrorCode: '0' });
      for (const receiver of receivers) {
        const [mail] = await receiveAll(world.client(receiver));
        expect(mail!.bytes.equals(bytes)).toBe(true);
      }
    });

    test.for([
      ['status-01-arrived.edxml', 'H41', 'G22'],
      ['status-02-refused.edxml', 'H41', 'G22'],
      ['status-03-accepted.edxml', 'H41', 'G22'],
      ['status-06-finished.edxml', 'H41', 'G22'],
      ['status-13-take-back.edxml', 'G22', 'H41'],
    ] as const)('the status %s, about a document that was sent', async ([file, reporter, receiver]) => {
      const documentId = '000.00.00.G22,2015/09/30,7816/VPCP-TTĐT';
      const letter = await writeLetter({
        from: '000.00.00.G22',
        to: ['000.00.00.H41'],
        number: '7816',
        documentId,
      });
      expect((await world.client('G22').sendEdoc(letter)).answer.status).toBe('OK');
      await receiveAll(world.client('H41'));

      const bytes = await readFile(samples + file);
      const sent = await world.client(reporter).sendEdoc(bytes, { kind: 'status' });
      expect(sent.answer).toMatchObject({ status: 'OK', ErrorCode: '0' });
      const [mail] = await receiveAll(world.client(receiver), 'status');
      expect(mail!.bytes.equals(bytes)).toBe(true);
    });
  },
);

/** What a recall or an update is about, as it was sent before; undefined for a document that is new itself. */
function asNew(bytes: Buffer): Buffer | undefined {
  const text = bytes.toString();
  if (!/<edXML:BussinessDocType>[12]</.test(text)) return undefined;
  return Buffer.from(text.replace(/(?<tag><edXML:BussinessDocType>)[12]/, '$<tag>0'));
}
