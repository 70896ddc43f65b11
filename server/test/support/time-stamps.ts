/** Authorities for tests: one of our own, issued anew for each test run, and OpenSSL's where it is installed. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { issueCertificate, readTrustAnchor } from '#foundation/crypto';
import type { Party, TimeStampAuthority, TrustAnchor } from '#foundation/crypto';
import { assert } from '#foundation/refusal';

export interface TestAuthority extends TimeStampAuthority {
  readonly anchorCertificate: Buffer;
  readonly anchor: TrustAnchor;
}

export const validity = {
  notBefore: Temporal.Instant.from('2026-01-01T00:00:00Z'),
  notAfter: Temporal.Instant.from('2056-01-01T00:00:00Z'),
};

export function newParty(commonName: string): Party {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { organisation: 'Kiểm thử', commonName, key: privateKey };
}

export function createTestAuthority(): TestAuthority {
  const root = newParty('Gốc dấu thời gian');
  const authority = newParty('Dịch vụ dấu thời gian');
  const anchorCertificate = issueCertificate({
    subject: root,
    issuer: root,
    purpose: 'authority',
    ...validity,
  });
  return {
    certificate: issueCertificate({
      subject: authority,
      issuer: root,
      purpose: 'time-stamping',
      ...validity,
    }),
    key: authority.key,
    policy: '2.999.3161',
    anchorCertificate,
    anchor: anchorOf(anchorCertificate),
  };
}

export function anchorOf(certificate: Uint8Array): TrustAnchor {
  const anchor = readTrustAnchor(certificate);
  assert(anchor, 'the certificate of a test can be read');
  return anchor;
}

export const hasOpenssl = ((): boolean => {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).startsWith('OpenSSL 3');
  } catch {
    return false;
  }
})();
