/** How many of the first bytes are looked at. */
export const sniffedBytes = 512;

/** The media type by the first bytes; what senders declare is wrong too often to be of use. */
export function sniffType(head: Buffer): string {
  for (const [signature, type] of signatures) {
    if (head.length >= signature.length && head.subarray(0, signature.length).equals(signature)) {
      return type === 'application/zip' ? zipType(head) : type;
    }
  }
  // Some writers put bytes before the PDF header; readers look through the first kilobyte.
  if (head.includes('%PDF-')) return 'application/pdf';
  if (/^(\ufeff|ï»¿)?\s*<\?xml/.test(head.toString('latin1'))) return 'application/xml';
  return 'application/octet-stream';
}

const signatures: readonly (readonly [signature: Buffer, type: string])[] = [
  [Buffer.from('%PDF-'), 'application/pdf'],
  [Buffer.from('PK\x03\x04'), 'application/zip'],
  [Buffer.from('PK\x05\x06'), 'application/zip'],
  // The compound file of Word, Excel and PowerPoint before 2007.
  [Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'application/x-ole-storage'],
  [Buffer.from('{\\rtf'), 'application/rtf'],
  [Buffer.from('89504e470d0a1a0a', 'hex'), 'image/png'],
  [Buffer.from('ffd8ff', 'hex'), 'image/jpeg'],
  [Buffer.from('GIF8'), 'image/gif'],
  [Buffer.from('49492a00', 'hex'), 'image/tiff'],
  [Buffer.from('4d4d002a', 'hex'), 'image/tiff'],
  [Buffer.from('Rar!\x1a\x07', 'latin1'), 'application/vnd.rar'],
  [Buffer.from('377abcaf271c', 'hex'), 'application/x-7z-compressed'],
  [Buffer.from('1f8b', 'hex'), 'application/gzip'],
  [Buffer.from('7f454c46', 'hex'), 'application/x-executable'],
  [Buffer.from('MZ'), 'application/x-msdownload'],
];

/** Office files are ZIPs: OpenDocument stores its type first, Office Open XML begins with a known entry. */
function zipType(head: Buffer): string {
  const text = head.toString('latin1', 30);
  const openDocument = /^mimetype(application\/vnd\.oasis\.opendocument\.[a-z-]+)/.exec(text);
  if (openDocument?.[1]) return openDocument[1];
  if (/^(\[Content_Types\]\.xml|_rels\/|docProps\/)/.test(text)) {
    return 'application/vnd.openxmlformats-officedocument';
  }
  return 'application/zip';
}
