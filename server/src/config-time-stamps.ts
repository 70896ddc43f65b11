/** Which time-stamping authority stamps the log's checkpoints, how often, and which certificates speak for it. */
import { readPemCertificates } from '#foundation/crypto';
import { type ConfigProblem, readNamedFile, type Variables } from './config-source.ts';

export interface TimeStampSettings {
  readonly url: string;
  /** Certificates, DER: the authority's own or those above it. They have to be in the trust file. */
  readonly anchors: readonly Buffer[];
  readonly policy: string | undefined;
}

export const defaultStampSeconds = { production: 600, sandbox: 60 } as const;
const maxStampSeconds = 86_400;

export async function readTimeStamping(
  variables: Variables,
  problems: ConfigProblem[],
): Promise<TimeStampSettings | undefined> {
  const {
    LIENTHONG_TSA_URL: url,
    LIENTHONG_TSA_ANCHORS_FILE: path,
    LIENTHONG_TSA_POLICY: policy,
  } = variables;
  if (policy && !/^[0-2](\.(0|[1-9]\d{0,30})){1,20}$/.test(policy)) {
    problems.push({ name: 'LIENTHONG_TSA_POLICY', ...noPolicy });
  }
  if (!url && !path) return undefined;
  if (!url || !path) {
    problems.push({ name: url ? 'LIENTHONG_TSA_ANCHORS_FILE' : 'LIENTHONG_TSA_URL', ...both });
    return undefined;
  }
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    problems.push({ name: 'LIENTHONG_TSA_URL', ...noUrl });
    return undefined;
  }
  const text = await readNamedFile('LIENTHONG_TSA_ANCHORS_FILE', path, problems);
  const anchors = text && readPemCertificates(text.toString('latin1'));
  if (text && !anchors) problems.push({ name: 'LIENTHONG_TSA_ANCHORS_FILE', ...noCertificates });
  return anchors && { url, anchors, policy };
}

export function readStampSeconds(
  { LIENTHONG_TSA_INTERVAL_SECONDS: text }: Variables,
  mode: keyof typeof defaultStampSeconds,
  problems: ConfigProblem[],
): number {
  if (!text) return defaultStampSeconds[mode];
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= maxStampSeconds) return seconds;
  problems.push({ name: 'LIENTHONG_TSA_INTERVAL_SECONDS', ...noInterval });
  return defaultStampSeconds[mode];
}

const both = {
  vi: 'Phải đặt cả LIENTHONG_TSA_URL và LIENTHONG_TSA_ANCHORS_FILE: dấu thời gian chỉ được lưu khi kiểm được.',
  en: 'Set both LIENTHONG_TSA_URL and LIENTHONG_TSA_ANCHORS_FILE: a time-stamp is kept only if it can be verified.',
};
const noUrl = {
  vi: 'Phải là địa chỉ http(s) của dịch vụ dấu thời gian (RFC 3161).',
  en: 'Must be the http(s) address of a time-stamping authority (RFC 3161).',
};
const noCertificates = {
  vi: 'Tệp phải gồm từ 1 đến 16 chứng thư X.509 dạng PEM, khóa RSA từ 2048 bit hoặc P-256, P-384.',
  en: 'The file must hold 1 to 16 X.509 certificates in PEM, with RSA keys from 2,048 bits or on P-256 or P-384.',
};
const noPolicy = {
  vi: 'Phải là định danh (OID) của chính sách, ví dụ 1.3.6.1.4.1.99999.1.',
  en: 'Must be the object identifier of a policy, e.g. 1.3.6.1.4.1.99999.1.',
};
const noInterval = {
  vi: `Phải là số giây từ 1 đến ${maxStampSeconds}.`,
  en: `Must be a number of seconds from 1 to ${maxStampSeconds}.`,
};
