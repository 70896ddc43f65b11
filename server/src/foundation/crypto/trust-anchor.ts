/** Certificates that somebody decided to trust. */
import { X509Certificate } from 'node:crypto';
import { readCertificate, type Certificate } from './certificate.ts';
import { faultOf } from './verdict.ts';

export interface TrustAnchor {
  readonly certificate: Certificate;
}

/** Undefined where the bytes are no certificate that can be understood here. */
export function readTrustAnchor(encoded: Uint8Array): TrustAnchor | undefined {
  try {
    return { certificate: readCertificate(encoded) };
  } catch (error) {
    faultOf(error);
    return undefined;
  }
}

const maxCertificatesInFile = 16;

/** Every certificate of a PEM file, as DER; undefined unless all of them can be read and there is one. */
export function readPemCertificates(text: string): Buffer[] | undefined {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 || blocks.length > maxCertificatesInFile) return undefined;
  const certificates: Buffer[] = [];
  for (const block of blocks) {
    try {
      certificates.push(new X509Certificate(block).raw);
    } catch {
      return undefined;
    }
  }
  return certificates.every((certificate) => readTrustAnchor(certificate)) ? certificates : undefined;
}
