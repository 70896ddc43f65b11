import { crc32, createDeflateRaw } from 'node:zlib';
import { Readable } from 'node:stream';

/**
 * A ZIP of one entry, streamed: sizes and checksum follow the data, as Java writes it. The same content gives the same
 * bytes: the entry carries no time.
 */
export async function* writeZip(entryName: string, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const name = Buffer.from(entryName);
  const common = Buffer.alloc(22);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(0x0808, 2); // descriptor follows, name in UTF-8
  common.writeUInt16LE(8, 4); // deflated
  common.writeUInt16LE(0x0021, 8); // 1 January 1980, the first day that the format knows
  const measured = { crc: 0, size: 0, compressedSize: 0 };

  const localCommon = Buffer.from(common);
  yield Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), localCommon, lengths(name.length, 0), name]);
  const deflated = Readable.from(measure(content, measured)).compose(createDeflateRaw());
  for await (const bytes of deflated as AsyncIterable<Buffer>) {
    measured.compressedSize += bytes.length;
    yield bytes;
  }
  common.writeUInt32LE(measured.crc, 10);
  common.writeUInt32LE(measured.compressedSize, 14);
  common.writeUInt32LE(measured.size, 18);
  yield Buffer.concat([Buffer.from('PK\x07\x08', 'latin1'), common.subarray(10)]);

  const rest = Buffer.alloc(14);
  const record = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
    common,
    lengths(name.length, 0),
    rest,
    name,
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(record.length, 12);
  end.writeUInt32LE(30 + name.length + measured.compressedSize + 16, 16);
  yield Buffer.concat([record, end]);
}

async function* measure(
  content: AsyncIterable<Buffer>,
  measured: { crc: number; size: number },
): AsyncGenerator<Buffer> {
  for await (const bytes of content) {
    measured.crc = crc32(bytes, measured.crc);
    measured.size += bytes.length;
    yield bytes;
  }
}

function lengths(nameLength: number, extraLength: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(nameLength, 0);
  bytes.writeUInt16LE(extraLength, 2);
  return bytes;
}
