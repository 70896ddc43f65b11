import { readFileSync } from 'node:fs';
import { Refusal, listRefusals } from '#foundation/refusal';
import { expect, test } from 'vitest';
import { deflateRawSync } from 'node:zlib';
import { documentAround, fixture, makeZip, readEdxml } from '../../../../test/support/edxml.ts';
import { soapPackage } from '../../../../test/support/soap-2012.ts';
import { writeStatus } from './index.ts';
import {
  maxAttachments,
  maxDepth,
  maxElements,
  maxMarkupBytes,
  maxPackageBytes,
  maxRecipients,
  maxStructureBytes,
  maxTextCharacters,
} from './limits.ts';
import { createEdxmlReader } from './reader.ts';

const document = fixture('java-new.edxml').toString();
const status = fixture('status-03.edxml').toString();
const pdf = Buffer.from('%PDF-1.7\n');
const zip = makeZip([{ name: 'a.pdf', content: Buffer.alloc(5000, 'abc') }]);
const recipient = '<edXML:To><edXML:OrganId>G90</edXML:OrganId></edXML:To>';
// Each is refused in a second; both took many while the work grew with the square of the size.
const manyNamespaces = `${Array.from(
  { length: maxDepth - 1 },
  (_, depth) =>
    `<edXML ${Array.from({ length: 64 }, (_unused, at) => `xmlns:p${depth}.${at}=""`).join(' ')}>`,
).join('')}${'<a xmlns:b=""/>'.repeat(maxElements)}`;
const seen = new Set<string>();

async function refusalOf(bytes: Buffer | string): Promise<Refusal> {
  const results = await Promise.all(
    [[65_536], [1000], [97, 3]].map((pieceSizes) =>
      readEdxml(bytes, { pieceSizes }).then(
        () => new Error('was accepted'),
        (error: unknown) => error,
      ),
    ),
  );
  const [first] = results;
  if (!(first instanceof Refusal)) throw new Error('no refusal', { cause: first });
  for (const other of results) expect(other).toMatchObject({ code: first.code });
  seen.add(first.code);
  return first;
}

function without(text: string, name: string): string {
  return text.replace(new RegExp(`<edXML:${name}>[^]*?</edXML:${name}>`), '');
}

const cases: [what: string, code: string, bytes: Buffer | string, parameters?: object][] = [
  ['an empty file', 'not_xml', ''],
  ['a PDF', 'not_xml', Buffer.concat([pdf, Buffer.alloc(3000)])],
  ['more than 1 KB of junk', 'not_xml', `${'x'.repeat(1025)}${document}`],
  ['UTF-16', 'encoding_unsupported', Buffer.from(`\ufeff${document}`, 'utf16le')],
  ['another declared encoding', 'encoding_unsupported', document.replace('UTF-8', 'windows-1258')],
  ['bytes that are not UTF-8', 'not_utf8', Buffer.from(document.replace('Văn phòng', 'V\u00e3n'), 'latin1')],
  [
    'an overlong encoding',
    'not_utf8',
    Buffer.concat([Buffer.from('<edXML><a>'), Buffer.from('c0803e', 'hex')]),
  ],
  ['a control character', 'illegal_character', document.replace('Văn phòng', 'Văn\u0001phòng')],
  ['a NUL by reference', 'entity_undeclared', document.replace('Văn phòng', 'Văn&#0;phòng')],
  ['tags that do not match', 'not_well_formed', document.replace('</edXML:Subject>', '</edXML:Title>')],
  ['text behind the root', 'not_well_formed', `${document}x`],
  ['a form feed behind the root', 'not_well_formed', `${document}\f`],
  ['a second root', 'not_well_formed', `${document}<edXML/>`],
  ['a comment without end behind the root', 'not_well_formed', `${document}<!-- x >`],
  ['a second declaration', 'not_well_formed', document.replace('<edXML ', '<?xml version="1.0"?><edXML ')],
  ['the end of CDATA in a text', 'not_well_formed', '<edXML>a ]]> b</edXML>'],
  ['an attribute twice', 'not_well_formed', '<edXML a="1" a="2"/>'],
  ['an attribute that JavaScript knows, twice', 'not_well_formed', '<edXML __proto__="1" __proto__="2"/>'],
  ['a comment with two dashes in an attachment', 'not_well_formed', documentAround('QUJD<!-- -- -->')],
  ['XML 1.1 with a control character', 'entity_undeclared', '<?xml version="1.1"?><edXML>&#1;</edXML>'],
  ['a cut in the header', 'truncated', document.slice(0, 1500)],
  ['a cut in an attachment', 'truncated', document.slice(0, document.indexOf('UEsDB') + 100)],
  ['a cut in the last tag', 'truncated', document.trimEnd().slice(0, -3)],
  ['a DOCTYPE', 'doctype', document.replace('?>', '?><!DOCTYPE edXML SYSTEM "http://example.vn/x.dtd">')],
  ['an internal subset', 'doctype', document.replace('?>', '?><!DOCTYPE edXML [<!ENTITY a "b">]>')],
  ['a DOCTYPE in the junk', 'doctype', `1<!DOCTYPE edXML [<!ENTITY a "b">]>${document}`],
  ['a DOCTYPE in lower case', 'doctype', document.replace('?>', '?><!doctype edXML>')],
  ['an ENTITY in the middle', 'doctype', document.replace('<edXML:To>', '<!ENTITY a "b"><edXML:To>')],
  ['an undeclared entity', 'entity_undeclared', document.replace('&amp;', '&nbsp;')],
  ['an entity that JavaScript knows', 'entity_undeclared', document.replace('&amp;', '&constructor;')],
  ['an entity in upper case', 'entity_undeclared', document.replace('&amp;', '&AMP;')],
  ['a bare ampersand', 'entity_undeclared', document.replace('&amp;', '&')],
  ['a bare ampersand in an attribute', 'entity_undeclared', '<edXML a="b & c"><d>e;</d></edXML>'],
  ['a bare ampersand in an attachment', 'entity_undeclared', documentAround('AAAA&AAAA')],
  ['a DOCTYPE in an attachment', 'doctype', documentAround('AAAA<!DOCTYPE a>')],
  ['an undeclared entity in an attachment', 'entity_undeclared', documentAround('AAAA&x;AAAA')],
  ['another root', 'root_unknown', '<?xml version="1.0"?><html/>'],
  [
    'the namespace that one project made up',
    'root_unknown',
    document.replaceAll(/http:\/\/www\.mic\.gov\.vn[^"]*/g, 'http://www.go.vn/eDoc'),
    { namespace: 'http://www.go.vn/eDoc' },
  ],
  ['a MIME package that ends within a part', 'mime_malformed', soapPackage().subarray(0, -30)],
  [
    'a SOAP message that is none of ours',
    'field_missing',
    '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body/></Envelope>',
  ],
  [
    'two subjects',
    'element_repeated',
    document.replace('<edXML:Content>', '<edXML:Subject>b</edXML:Subject><edXML:Content>'),
    { element: 'MessageHeader/Subject' },
  ],
  [
    'two senders',
    'element_repeated',
    document.replace('<edXML:To>', '<edXML:From><edXML:OrganId>G91</edXML:OrganId></edXML:From><edXML:To>'),
    { element: 'MessageHeader/From' },
  ],
  [
    'two headers',
    'element_repeated',
    document.replace('<edXML:edXMLBody>', '<edXML:edXMLHeader></edXML:edXMLHeader><edXML:edXMLBody>'),
    { element: 'edXMLHeader' },
  ],
  [
    'two contents in an attachment',
    'element_repeated',
    document.replace(
      '    </Attachment>',
      '<ContentTransferEncoded>AAAA</ContentTransferEncoded></Attachment>',
    ),
  ],
  ['no message header', 'field_missing', '<edXML/>'],
  ['no From', 'field_missing', without(document, 'From'), { element: 'MessageHeader/From' }],
  ['no To', 'field_missing', without(document, 'To'), { element: 'MessageHeader/To' }],
  [
    'an empty OrganId of a recipient',
    'field_missing',
    document.replace('>G90<', '> <'),
    { element: 'MessageHeader/To/OrganId' },
  ],
  ['no Code', 'field_missing', without(document, 'Code'), { element: 'MessageHeader/Code/CodeNumber' }],
  [
    'no CodeNotation',
    'field_missing',
    without(document, 'CodeNotation'),
    { element: 'MessageHeader/Code/CodeNotation' },
  ],
  ['no Subject', 'field_missing', without(document, 'Subject'), { element: 'MessageHeader/Subject' }],
  [
    'no DocumentId',
    'field_missing',
    without(document, 'DocumentId'),
    { element: 'MessageHeader/DocumentId' },
  ],
  [
    'a status without a document',
    'field_missing',
    without(status, 'DocumentId'),
    { element: 'MessageHeader/ResponseFor/DocumentId' },
  ],
  [
    'an OrganId that no index can hold',
    'identifier_too_long',
    document.replace('>G90<', `>${'G'.repeat(101)}<`),
    { element: 'MessageHeader/To/OrganId', limit: 100 },
  ],
  ['a status code of words', 'status_code_invalid', status.replace('>03<', '>đã nhận<')],
  ['an unknown kind of business', 'business_type_invalid', document.replace('DocType>0<', 'DocType>7<')],
  [
    'a header over the limit',
    'structure_too_large',
    document.replace('<edXML:To>', `${`<a>${'x'.repeat(60_000)}</a>`.repeat(140)}<edXML:To>`),
    { limitBytes: maxStructureBytes },
  ],
  [
    'comments over the limit in an attachment',
    'structure_too_large',
    documentAround(`QUJD<!--${'x'.repeat(60_000)}-->`.repeat(140)),
  ],
  ['a tag without end', 'markup_too_long', `<edXML><a b="${'>'.repeat(2 * maxMarkupBytes)}`],
  [
    'a comment without end in an attachment',
    'markup_too_long',
    documentAround(`AAAA<!-- ${'x'.repeat(300_000)}`),
  ],
  ['elements too deep', 'too_deep', `<edXML>${'<a>'.repeat(100)}`, { limit: maxDepth }],
  [
    'too many elements',
    'too_many',
    `<edXML>${'<a/>'.repeat(maxElements + 1)}</edXML>`,
    { element: 'elements', limit: maxElements },
  ],
  [
    'too many elements, each of which declares a namespace within two thousand others',
    'too_many',
    manyNamespaces,
    { element: 'elements', limit: maxElements },
  ],
  [
    'too many elements within a text that begins with blanks',
    'too_many',
    `<edXML><a>${' '.repeat(60_000)}x${'<b/>'.repeat(maxElements)}`,
    { element: 'elements', limit: maxElements },
  ],
  [
    'too many recipients',
    'too_many',
    document.replace('<edXML:To>', `${recipient.repeat(maxRecipients)}<edXML:To>`),
    { element: 'To', limit: maxRecipients },
  ],
  [
    'too many attachments',
    'too_many',
    document.replace(
      '<AttachmentEncoded>',
      `<AttachmentEncoded>${'<Attachment><ContentTransferEncoded/></Attachment>'.repeat(maxAttachments)}`,
    ),
    { element: 'attachments', limit: maxAttachments },
  ],
  [
    'too many attributes',
    'too_many',
    `<edXML ${Array.from({ length: 65 }, (_, at) => `a${at}="1"`).join(' ')}/>`,
  ],
  [
    'a text over the limit',
    'text_too_long',
    document.replace('Văn phòng', 'x'.repeat(maxTextCharacters + 1)),
    { element: 'Department', limit: maxTextCharacters },
  ],
  [
    'a character that is not base64',
    'base64_invalid',
    documentAround('QUJD*UJD'),
    { attachment: 1, offset: Buffer.byteLength(documentAround('QUJD*UJD').split('*')[0] ?? '') },
  ],
  ['base64 for addresses', 'base64_invalid', documentAround('QU-_')],
  ['base64 that is cut', 'base64_invalid', documentAround('QUJDQ')],
  ['base64 without its padding', 'base64_invalid', documentAround('QUJDQUI')],
  ['base64 behind its padding', 'base64_invalid', documentAround('QUI=QUJD')],
  ['base64 with bits behind its end', 'base64_invalid', documentAround('QUJ=')],
  ['padding alone', 'base64_invalid', documentAround('====')],
  ['an element in an attachment', 'body_has_elements', documentAround('QUJD<b>QUJD</b>')],
  ['a ZIP that is cut', 'zip_truncated', documentAround(zip.subarray(0, -30))],
  [
    'a ZIP that is cut in its first header',
    'zip_truncated',
    documentAround(zip.subarray(0, 20), { name: 'a' }),
  ],
  [
    'a ZIP with a wrong checksum',
    'zip_damaged',
    documentAround(makeZip([{ name: 'a.pdf', content: pdf, claims: { crc: 1 } }])),
    { reason: 'CRC' },
  ],
  [
    'a ZIP that says another size',
    'zip_damaged',
    documentAround(makeZip([{ name: 'a.pdf', content: pdf, claims: { size: 4 } }])),
    { reason: 'size' },
  ],
  [
    'a ZIP with damaged data',
    'zip_damaged',
    documentAround(makeZip([{ name: 'a.pdf', content: pdf, data: Buffer.alloc(40, 0xff) }])),
    { reason: 'deflate' },
  ],
  [
    'a ZIP with a password',
    'zip_encrypted',
    documentAround(makeZip([{ name: 'a.pdf', content: pdf, flags: 1 }])),
    { attachment: 'Báo cáo.pdf' },
  ],
  [
    'a ZIP bomb',
    'zip_bomb',
    documentAround(makeZip([{ name: 'a.pdf', content: Buffer.alloc(64 * 1024 * 1024) }])),
  ],
  [
    'a ZIP bomb of many parts, each of which is small enough',
    'zip_bomb',
    documentAround(pdf).replace(
      /<(edXML:)?Attachment>/,
      (tag) =>
        `${`<Attachment><AttachmentName>a.pdf</AttachmentName><ContentTransferEncoded>${makeZip([
          { name: 'a.pdf', content: Buffer.alloc(4_000_000) },
        ]).toString('base64')}</ContentTransferEncoded></Attachment>`.repeat(20)}${tag}`,
    ),
    { attachment: 'a.pdf' },
  ],
  [
    'a ZIP bomb that says it is small',
    'zip_damaged',
    documentAround(
      makeZip([
        {
          name: 'a.pdf',
          content: pdf,
          data: deflateRawSync(Buffer.alloc(64 * 1024 * 1024)),
          claims: { size: 10 },
        },
      ]),
    ),
  ],
  [
    'a ZIP whose entry climbs out of its folder',
    'zip_path',
    documentAround(makeZip([{ name: '../../etc/a.pdf', content: pdf }])),
  ],
];

test.each(cases)('%s is refused: %s', async (_, code, bytes, parameters = {}) => {
  const refusal = await refusalOf(bytes);
  expect(refusal.code).toBe(`edxml.${code}`);
  expect(refusal.parameters).toMatchObject(parameters);
  expect(refusal.sentence('vi')).not.toMatch(/\{\w+\}/);
});

test('a package over the limit is refused: package_too_large', () => {
  const reader = createEdxmlReader();
  // A chunk that only says it is large: nobody has 2 GiB to spare in a test.
  const huge = Object.defineProperty(Buffer.from('<'), 'length', { value: maxPackageBytes + 1 });
  expect(() => reader.write(huge)).toThrow(expect.objectContaining({ code: 'edxml.package_too_large' }));
  seen.add('edxml.package_too_large');
});

test('a text that XML cannot hold is not written: text_unwritable', () => {
  const party = { organId: 'W00' };
  const responseFor = { organId: 'G90', code: '1/A', promulgationDate: '', documentId: 'x' };
  for (const description of ['a\u0000b', 'a\ud800b', 'a\uffffb']) {
    expect(() =>
      writeStatus({
        from: party,
        responseFor,
        statusCode: '02',
        description,
        timestamp: Temporal.Instant.fromEpochMilliseconds(0),
      }),
    ).toThrow(expect.objectContaining({ code: 'edxml.text_unwritable' }));
  }
  seen.add('edxml.text_unwritable');
});

test('every declared refusal occurs in the tests above', () => {
  const declared = listRefusals().map(([code]) => code);
  expect(declared.filter((code) => code.startsWith('edxml.')).sort()).toEqual([...seen].sort());
});

test('every refusal is documented', () => {
  const page = readFileSync(new URL('../../../../../docs/protocols/edxml.md', import.meta.url), 'utf8');
  for (const [code, { en, who, next }] of listRefusals()) {
    if (code.startsWith('edxml.')) expect(page).toContain(`| \`${code}\` | ${en} | ${who} | ${next} |`);
  }
});
