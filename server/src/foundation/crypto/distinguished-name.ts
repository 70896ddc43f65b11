/** Names of people and authorities in certificates. They are compared by their bytes and shown by one of their parts. */
import { DerReader, tags } from './der/reader.ts';
import { derObjectIdentifier, derSequence, derSetOf, derUtf8 } from './der/writer.ts';
import { oid } from './object-identifiers.ts';

const maxAttributes = 32;
const shownCharacters = 200;

/** The common name, else the organisation's; control characters, which could play with a terminal, become spaces. */
export function readCommonName(encodedName: Uint8Array): string {
  const attributes = new Map<string, string>();
  new DerReader(encodedName).inside().all((name) => {
    name.inside(tags.set).all((parts) => {
      const attribute = parts.inside();
      const type = attribute.objectIdentifier();
      const { tag, content } = attribute.any();
      attribute.end();
      attributes.set(type, decode(tag, content));
    }, maxAttributes);
  }, maxAttributes);
  const shown = attributes.get(oid.commonName) ?? attributes.get(oid.organizationName) ?? '';
  return shown.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').slice(0, shownCharacters);
}

export function writeName({
  organisation,
  commonName,
}: {
  organisation: string;
  commonName: string;
}): Buffer {
  const attribute = (type: string, value: string): Buffer =>
    derSetOf(derSequence(derObjectIdentifier(type), derUtf8(value)));
  return derSequence(attribute(oid.organizationName, organisation), attribute(oid.commonName, commonName));
}

function decode(tag: number, content: Buffer): string {
  if (tag !== tags.bmpString) return content.toString('utf8');
  return content.length % 2 === 0 ? Buffer.from(content).swap16().toString('utf16le') : '';
}
