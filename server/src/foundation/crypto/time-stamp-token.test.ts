import { generateKeyPairSync } from 'node:crypto';
import { assert as check, nat, property, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anchorOf, createTestAuthority, newParty, validity } from '../../../test/support/time-stamps.ts';
import { digestOf } from './algorithms.ts';
import { issueCertificate } from './issue-certificate.ts';
import { answerTimeStampRequest, type TimeStampAuthority } from './time-stamp-authority.ts';
import { readTimeStampResponse, writeTimeStampRequest } from './time-stamp-protocol.ts';
import { verifyTimeStampToken } from './time-stamp-token.ts';

const authority = createTestAuthority();
const anchors = [authority.anchor];
const at = Temporal.Instant.from('2026-11-22T01:02:03.456Z');
const sha256 = digestOf('sha256', Buffer.from('what was to be stamped'));
const token = stamp(authority);

describe('a token', () => {
  test('says when, by whom, under which policy, to which question', () => {
    expect(verifyTimeStampToken(token, { sha256, anchors })).toMatchObject({
      ok: true,
      at,
      authority: 'Dịch vụ dấu thời gian',
      policy: '2.999.3161',
      nonce: 77n,
    });
  });

  test('of something else is refused', () => {
    const other = digestOf('sha256', Buffer.from('something else'));
    expect(codeOf(token, { sha256: other })).toBe('imprint_differs');
  });

  test('of an authority that leads to no anchor is refused, also of one with the same name', () => {
    expect(codeOf(token, { anchors: [] })).toBe('certificate_untrusted');
    expect(codeOf(token, { anchors: [createTestAuthority().anchor] })).toBe('certificate_untrusted');
  });

  test('counts where the authority itself is the anchor', () => {
    const pinned = anchorOf(authority.certificate);
    expect(verifyTimeStampToken(token, { sha256, anchors: [pinned] }).ok).toBe(true);
  });

  test('from outside the validity of the certificate is refused', () => {
    const early = stamp(authority, Temporal.Instant.from('2025-12-31T23:59:59Z'));
    const late = stamp(authority, Temporal.Instant.from('2056-01-01T00:00:01Z'));
    expect([codeOf(early), codeOf(late)]).toEqual([
      'certificate_not_valid_then',
      'certificate_not_valid_then',
    ]);
  });

  test('by a certificate that is not for time-stamping is refused', () => {
    const root = newParty('Gốc');
    const anchor = anchorOf(
      issueCertificate({ subject: root, issuer: root, purpose: 'authority', ...validity }),
    );
    const certificate = issueCertificate({ subject: root, issuer: root, purpose: 'authority', ...validity });
    const misused = stamp({ certificate, key: root.key, policy: '2.999.1' });
    expect(codeOf(misused, { anchors: [anchor] })).toBe('certificate_not_for_time_stamping');
  });

  test('by a certificate that another time-stamping certificate issued is refused', () => {
    const issuer = newParty('Dịch vụ');
    const subject = newParty('Mạo danh');
    const middle = issueCertificate({ subject: issuer, issuer, purpose: 'time-stamping', ...validity });
    const certificate = issueCertificate({ subject, issuer, purpose: 'time-stamping', ...validity });
    const forged = stamp({ certificate, key: subject.key, policy: '2.999.1' });
    expect(codeOf(forged, { anchors: [anchorOf(middle)] })).toBe('certificate_untrusted');
  });

  test('signed by a key that is not the certificate’s is refused', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(codeOf(stamp({ ...authority, key: privateKey }))).toBe('signature_wrong');
  });

  test('whose certificate was exchanged for another of the same name, serial number and key is refused', () => {
    // The ESS attribute names the certificate by its digest; here only its signature differs, as ECDSA's does each time.
    const certificate = Buffer.from(authority.certificate);
    const position = token.indexOf(certificate);
    const changed = Buffer.from(token);
    changed[position + certificate.length - 1]! ^= 1;
    expect(codeOf(changed)).toBe('signing_certificate_differs');
  });

  test('without a certificate is refused', () => {
    const request = withoutCertificate(writeTimeStampRequest({ sha256, nonce: 1n }));
    expect(codeOf(readTimeStampResponse(answerTimeStampRequest(authority, request, at)))).toBe(
      'certificate_missing',
    );
  });
});

describe('hostile bytes are refused, and nothing else happens:', () => {
  test('every flipped bit of a token', () => {
    for (let position = 0; position < token.length; position++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(token);
        changed[position]! ^= 1 << bit;
        expect(verifyTimeStampToken(changed, { sha256, anchors }).ok, `byte ${position}, bit ${bit}`).toBe(
          false,
        );
      }
    }
  });

  test('every cut and every doubled byte of a token', () => {
    for (let position = 0; position < token.length; position++) {
      const cut = token.subarray(0, position);
      const doubled = Buffer.concat([token.subarray(0, position + 1), token.subarray(position)]);
      expect(verifyTimeStampToken(cut, { sha256, anchors }).ok).toBe(false);
      expect(verifyTimeStampToken(doubled, { sha256, anchors }).ok).toBe(false);
    }
  });

  test('random bytes, and tokens with random pieces in them', () => {
    check(
      property(uint8Array({ maxLength: 300 }), nat(token.length), nat(60), (bytes, position, dropped) => {
        const spliced = Buffer.concat([
          token.subarray(0, position),
          bytes,
          token.subarray(Math.min(token.length, position + dropped)),
        ]);
        const verdict = verifyTimeStampToken(spliced, { sha256, anchors });
        expect(verdict.ok && !spliced.equals(token)).toBe(false);
        expect(verifyTimeStampToken(bytes, { sha256, anchors }).ok).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  test('what is nested as deep as it is long, or says that it is endless', () => {
    const deep = Buffer.alloc(60_000, Buffer.from('3080', 'hex'));
    expect(codeOf(deep)).toBe('malformed');
    expect(codeOf(Buffer.alloc(70_000))).toBe('too_long');
  });
});

function codeOf(
  bytes: Uint8Array,
  expected: Partial<Parameters<typeof verifyTimeStampToken>[1]> = {},
): string | undefined {
  const verdict = verifyTimeStampToken(bytes, { sha256, anchors, ...expected });
  return verdict.ok ? undefined : verdict.code;
}

function stamp(by: TimeStampAuthority, when = at): Buffer {
  return readTimeStampResponse(
    answerTimeStampRequest(by, writeTimeStampRequest({ sha256, nonce: 77n }), when),
  );
}

/** `certReq` is the last element of a request. */
function withoutCertificate(request: Buffer): Buffer {
  const changed = Buffer.from(request.subarray(0, -3));
  changed[1] = changed.length - 2;
  return changed;
}
