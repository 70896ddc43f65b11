/**
 * The way from a signer's certificate to an anchor: each certificate signed by the next, each next one an authority, all
 * valid at the time in question (RFC 5280, section 6, for what is used here: any policy, no name constraints). Whether a
 * certificate was revoked is not asked: evidence is verified offline, and an anchor that is no longer trusted leaves the
 * list of anchors.
 */
import { isIssuedBy, keyUsageBits, type Certificate } from './certificate.ts';
import { CryptoFault } from './verdict.ts';

export interface PathRequest {
  readonly signer: Certificate;
  /** What came along, in any order. */
  readonly others: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  readonly at: Temporal.Instant;
}

const maxAuthorities = 5;
/** Certificates that name each other in circles, or many under one name, must not make this long. */
const maxSignatureChecks = 64;

/** The path from the signer to the anchor, both included. Throws where there is none, with the nearest reason. */
export function findPath({ signer, others, anchors, at }: PathRequest): readonly Certificate[] {
  let checks = 0;
  let isOnlyTimeWrong = false;

  const extend = (path: readonly Certificate[]): readonly Certificate[] | undefined => {
    const last = path.at(-1)!;
    if (!isValidAt(last, at)) {
      isOnlyTimeWrong = true;
      return undefined;
    }
    if (anchors.some(({ encoded }) => encoded.equals(last.encoded))) return path;
    if (path.length > maxAuthorities) return undefined;
    for (const issuer of [...anchors, ...others]) {
      if (path.includes(issuer) || !canIssueFor(issuer, path)) continue;
      if (!last.issuer.equals(issuer.subject) || ++checks > maxSignatureChecks) continue;
      if (!isIssuedBy(last, issuer)) continue;
      const found = extend([...path, issuer]);
      if (found) return found;
    }
    return undefined;
  };

  const found = signer.unknownCritical.length === 0 && extend([signer]);
  if (found) return found;
  throw isOnlyTimeWrong
    ? new CryptoFault(
        'certificate_not_valid_then',
        `a certificate of ${signer.subjectName} was not valid at ${at.toString()}`,
      )
    : new CryptoFault('certificate_untrusted', `no way from ${signer.subjectName} to an anchor`);
}

function isValidAt({ notBefore, notAfter }: Certificate, at: Temporal.Instant): boolean {
  return Temporal.Instant.compare(notBefore, at) <= 0 && Temporal.Instant.compare(at, notAfter) <= 0;
}

/** The path so far is the signer and the authorities below this one. */
function canIssueFor(issuer: Certificate, path: readonly Certificate[]): boolean {
  const authoritiesBelow = path.length - 1;
  return (
    issuer.isAuthority &&
    issuer.unknownCritical.length === 0 &&
    (issuer.keyUsage?.has(keyUsageBits.keyCertSign) ?? true) &&
    (issuer.pathLength === undefined || authoritiesBelow <= issuer.pathLength)
  );
}
