/**
 * The sandbox's own time-stamping authority: real tokens by real cryptography, with a clock that nobody vouches for. Its
 * certificates are made at the first start. The key of the one above it is thrown away at once, since it signs nothing more.
 */
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { answerTimeStampRequest, issueCertificate, maxRequestBytes } from '#foundation/crypto';
import type { Party, TimeStampAuthority } from '#foundation/crypto';
import { syncFolder } from '#foundation/disk';

export interface SandboxAuthority extends TimeStampAuthority {
  /** The certificate that the trust file lists. */
  readonly anchor: Buffer;
}

export const sandboxAuthorityPath = '/sandbox/time-stamps';

/** An arc that stands for nobody, as examples use it. */
const policy = '2.999.3161';
const validYears = 30;

export async function prepareSandboxAuthority(
  dataFolder: string,
  now: Temporal.Instant,
): Promise<SandboxAuthority> {
  const folder = join(dataFolder, 'keys');
  const path = join(folder, 'sandbox-tsa.pem');
  const existing = await readFile(path, 'latin1').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (existing !== undefined) return parseAuthority(existing);
  const made = makeAuthority(now);
  await writeFile(`${path}.new`, made, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  await syncFolder(folder);
  return parseAuthority(made);
}

/** Registered in the sandbox only: in production there is no such path. */
export async function sandboxAuthorityRoutes(
  app: FastifyInstance,
  { authority }: { readonly authority: SandboxAuthority },
): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxRequestBytes }, (_request, body, done) =>
    done(null, body),
  );
  app.post(sandboxAuthorityPath, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const answer = answerTimeStampRequest(authority, body, Temporal.Now.instant());
    return reply.header('content-type', 'application/timestamp-reply').send(answer);
  });
}

function makeAuthority(now: Temporal.Instant): string {
  const root = newParty('Gốc dấu thời gian thử nghiệm');
  const subject = newParty('Dịch vụ dấu thời gian thử nghiệm');
  const validity = {
    // Clocks of who tries it differ; a stamp of the first minute should count.
    notBefore: now.subtract({ hours: 24 }),
    notAfter: now.add({ hours: validYears * 365 * 24 }),
  };
  const anchor = issueCertificate({ subject: root, issuer: root, purpose: 'authority', ...validity });
  const certificate = issueCertificate({ subject, issuer: root, purpose: 'time-stamping', ...validity });
  const key = subject.key.export({ type: 'pkcs8', format: 'pem' });
  return [key, ...[certificate, anchor].map((der) => new X509Certificate(der).toString())].join('');
}

function newParty(commonName: string): Party {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { organisation: 'Liên Thông (sandbox.invalid)', commonName, key: privateKey };
}

function parseAuthority(pem: string): SandboxAuthority {
  const [certificate, anchor] = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificate === undefined || anchor === undefined) {
    throw new Error('keys/sandbox-tsa.pem is damaged; remove it, and another authority is made');
  }
  return {
    certificate: new X509Certificate(certificate).raw,
    anchor: new X509Certificate(anchor).raw,
    key: createPrivateKey(pem),
    policy,
  };
}
