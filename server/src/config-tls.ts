/** The certificate and key with which the server ends TLS itself. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type ConfigProblem, type ConfigSource, readNamedFile, type Variables } from './config-source.ts';

export interface TlsPair {
  /** PEM, with the certificates of those who issued it after it. */
  readonly certificate: Buffer;
  readonly key: Buffer;
}

export async function readTls(variables: Variables, problems: ConfigProblem[]): Promise<TlsPair | undefined> {
  const { LIENTHONG_TLS_CERT_FILE: certificateFile, LIENTHONG_TLS_KEY_FILE: keyFile } = variables;
  if (!certificateFile && !keyFile) return undefined;
  if (!certificateFile || !keyFile) {
    problems.push({
      name: certificateFile ? 'LIENTHONG_TLS_KEY_FILE' : 'LIENTHONG_TLS_CERT_FILE',
      vi: 'Phải đặt cả LIENTHONG_TLS_CERT_FILE và LIENTHONG_TLS_KEY_FILE.',
      en: 'Set both LIENTHONG_TLS_CERT_FILE and LIENTHONG_TLS_KEY_FILE.',
    });
    return undefined;
  }
  const certificate = await readNamedFile('LIENTHONG_TLS_CERT_FILE', certificateFile, problems);
  const key = await readNamedFile('LIENTHONG_TLS_KEY_FILE', keyFile, problems);
  if (!certificate || !key || !areOnePair({ certificate, key }, problems)) return undefined;
  return { certificate, key };
}

export function tlsPaths(env: ConfigSource['env']): string[] {
  return [env['LIENTHONG_TLS_CERT_FILE'], env['LIENTHONG_TLS_KEY_FILE']].flatMap(
    (path) => path?.trim() || [],
  );
}

/** Here rather than when the server listens, which says it in the words of OpenSSL and only after everything else. */
function areOnePair({ certificate, key }: TlsPair, problems: ConfigProblem[]): boolean {
  const parsedCertificate = parsed(() => new X509Certificate(certificate.toString('latin1')));
  const parsedKey = parsed(() => createPrivateKey(key));
  if (!parsedCertificate) problems.push({ name: 'LIENTHONG_TLS_CERT_FILE', ...noCertificate });
  if (!parsedKey) problems.push({ name: 'LIENTHONG_TLS_KEY_FILE', ...noKey });
  if (!parsedCertificate || !parsedKey) return false;
  if (parsedCertificate.checkPrivateKey(parsedKey)) return true;
  problems.push({ name: 'LIENTHONG_TLS_KEY_FILE', ...strangers });
  return false;
}

/** Without the cause, which may show a part of the key. */
function parsed<Result>(parse: () => Result): Result | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

const noCertificate = {
  vi: 'Tệp không phải là chứng thư dạng PEM.',
  en: 'The file is not a certificate in PEM.',
};
const noKey = {
  vi: 'Tệp không phải là khóa riêng dạng PEM không có mật khẩu.',
  en: 'The file is not a private key in PEM without a passphrase.',
};
const strangers = {
  vi: 'Khóa này không đi cùng chứng thư trong LIENTHONG_TLS_CERT_FILE (chứng thư của máy chủ phải đứng đầu tệp).',
  en: "The key does not belong to the certificate in LIENTHONG_TLS_CERT_FILE (the server's own has to be its first).",
};
