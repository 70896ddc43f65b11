import { expect, test } from 'vitest';
import { documentAround, makeZip, readDocument } from '../../../../test/support/edxml.ts';
import { contentDigest, contentFields, differingField } from './index.ts';

const file = Buffer.from('%PDF-1.7\nbáo cáo');
const original = documentAround(makeZip([{ name: 'one.pdf', content: file }]));

test.each([
  ['another name in the ZIP', documentAround(makeZip([{ name: 'two.pdf', content: file }]))],
  ['no ZIP at all', documentAround(file, { contentType: 'application/pdf' })],
  ['another ContentId', original.replaceAll('7c1f4a52', '00000000')],
  ['another recipient', original.replaceAll('>G90<', '>G91<')],
  ['other times on its way', original.replaceAll('08:15:00', '17:00:01')],
  ['no signature block', original.replace(/<Signature>[^]*<\/Signature>/, '')],
  ['junk before it', `1212${original}`],
  ['another indentation', original.replaceAll(/\r\n\s*/g, '\n')],
])('a rebuilt retry is the same document: %s', async (_, rebuilt) => {
  const [a, b] = await Promise.all([readDocument(original), readDocument(rebuilt)]);
  expect(contentDigest(b)).toEqual(contentDigest(a));
  expect(differingField(contentFields(a), contentFields(b))).toBeUndefined();
});

test.each([
  ['Subject', original.replace('<edXML:Subject>V/v', '<edXML:Subject>Về việc')],
  ['Code', original.replace('>125<', '>126<')],
  ['OtherInfo', original.replace('Priority>1<', 'Priority>2<')],
  ['Bussiness', original.replace('DocType>0<', 'DocType>1<')],
  ['PromulgationInfo', original.replace('>2026/11/02<', '>2026/11/03<')],
  ['ToPlaces', original.replace('Lưu: VT', 'Lưu: VT, TH')],
  ['Attachment', documentAround(makeZip([{ name: 'one.pdf', content: Buffer.from('%PDF-1.7\nkhác') }]))],
  ['Attachment', original.replaceAll('Báo cáo.pdf', 'Báo cáo 2.pdf')],
])('another document is told by its first part that differs: %s', async (field, changed) => {
  const [a, b] = await Promise.all([readDocument(original), readDocument(changed)]);
  expect(contentDigest(b)).not.toEqual(contentDigest(a));
  expect(differingField(contentFields(a), contentFields(b))).toBe(field);
});

test('the kept parts are small', async () => {
  const fields = contentFields(await readDocument(original));
  expect(
    JSON.stringify(Object.fromEntries(fields.map(({ field, digest }) => [field, digest]))).length,
  ).toBeLessThan(600);
});
