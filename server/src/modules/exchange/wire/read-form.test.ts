import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '#foundation/refusal';
import { refuse } from '../vxp/refusals.ts';
import { readForm } from './read-form.ts';

async function* inChunks(bytes: Buffer, sizeBytes: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );
}

const boundary = 'ranh-gioi';
const contentType = `multipart/form-data; boundary="${boundary}"`;

function form(...parts: { name: string; content: Uint8Array | string }[]): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ name, content }) => [
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; filename="a.edxml"; name="${name}"\r\nContent-Type: text/xml\r\n\r\n`,
      ),
      Buffer.from(content as Uint8Array),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

function readFile(body: Buffer, chunkBytes: number, type = contentType): AsyncIterable<Buffer> {
  return readForm(inChunks(body, chunkBytes), type, { file: 'file_doc', fields: [], refuse }).file;
}

describe('the file of a multipart form', () => {
  test('comes out byte for byte, however the network cuts the body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.integer({ min: 1, max: 40 }), async (content, sizeBytes) => {
        const almost = Buffer.concat([content, Buffer.from(`\r\n--${boundary.slice(0, 5)}\r\n--`), content]);
        const body = form(
          { name: 'messagetype', content: 'edoc' },
          { name: 'file_doc', content: almost },
          { name: 'note', content: 'x' },
        );
        expect(await collect(readFile(body, sizeBytes))).toEqual(almost);
      }),
    );
  });

  test.each([
    ['without the part', form({ name: 'other', content: 'x' }), contentType],
    [
      'with the part twice',
      form({ name: 'file_doc', content: 'a' }, { name: 'file_doc', content: 'b' }),
      contentType,
    ],
    ['cut before its end', form({ name: 'file_doc', content: 'a' }).subarray(0, -12), contentType],
    ['without boundary', form({ name: 'file_doc', content: 'a' }), 'multipart/form-data'],
    ['that is empty', Buffer.alloc(0), contentType],
    ['with endless preamble', Buffer.alloc(200_000, 'x'), contentType],
    [
      'with too many parts',
      form(...Array.from({ length: 30 }, () => ({ name: 'x', content: 'y' })), {
        name: 'file_doc',
        content: 'a',
      }),
      contentType,
    ],
    ['whose part is encoded', part('form-data; name="file_doc"\r\nContent-Transfer-Encoding: base64')],
    ['whose part has two names', part('form-data; name="file_doc"; name="other"')],
    [
      'whose part has two dispositions',
      part('form-data; name="x"\r\nContent-Disposition: form-data; name="file_doc"'),
    ],
    [
      'whose only part has the name in that of its file',
      part('form-data; name="x"; filename="a; name=file_doc"'),
    ],
    ['whose part has no head', Buffer.from(`--${boundary}\r\n\r\nfile_doc\r\n\r\n\r\n--${boundary}--`)],
  ])('is refused in a body %s', async (_, body, type = contentType) => {
    expect(await refusalOf(collect(readFile(body, 1_000, type)))).toBe('vxp.multipart_invalid');
  });
});

describe('the fields of a multipart form', () => {
  const plan = { file: 'edocFile', fields: ['messageType'], refuse };

  test('are known when the file was read, before or behind it', async () => {
    const [file, field] = [
      { name: 'edocFile', content: 'abc' },
      { name: 'messageType', content: 'trạng thái' },
    ];
    for (const parts of [
      [file, field],
      [field, file],
    ]) {
      const read = readForm(inChunks(form(...parts), 7), contentType, plan);
      expect((await collect(read.file)).toString()).toBe('abc');
      expect([...read.fields]).toEqual([['messageType', 'trạng thái']]);
    }
  });

  test('come once', async () => {
    const twice = form(
      { name: 'messageType', content: 'edoc' },
      { name: 'edocFile', content: 'abc' },
      { name: 'messageType', content: 'status' },
    );
    const read = readForm(inChunks(twice, 100), contentType, plan);
    expect(await refusalOf(collect(read.file))).toBe('vxp.multipart_invalid');
  });

  test('are named by whatever way of writing the head', async () => {
    for (const disposition of [
      'form-data; name=edocFile',
      'FORM-DATA;name="edocFile";filename="a\\"b; name=x.edxml";',
      'form-data;\r\n filename="a.edxml"; NAME="edocFile"',
    ]) {
      const read = readForm(inChunks(part(disposition, 'abc'), 5), contentType, plan);
      expect((await collect(read.file)).toString(), disposition).toBe('abc');
    }
  });
});

/** A form of one part with that head. */
function part(disposition: string, content = 'x'): Buffer {
  return Buffer.from(
    `--${boundary}\r\nContent-Disposition: ${disposition}\r\n\r\n${content}\r\n--${boundary}--\r\n`,
  );
}
