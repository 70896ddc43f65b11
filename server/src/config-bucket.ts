/** The bucket for large contents, where one is configured; without it they are files in the data folder. */
import type { BucketAddress } from '#foundation/s3';
import type { ConfigProblem, Variables } from './config-source.ts';

/** AWS's first region, which other implementations take for their only one. */
const defaultRegion = 'us-east-1';

export function readBucket(variables: Variables, problems: ConfigProblem[]): BucketAddress | undefined {
  const url = variables.LIENTHONG_S3_URL;
  if (url === undefined) {
    const stray = (['LIENTHONG_S3_ACCESS_KEY', 'LIENTHONG_S3_SECRET_KEY'] as const).find(
      (name) => variables[name],
    );
    if (stray) problems.push(withoutUrl(stray));
    return undefined;
  }
  if (!isBucketUrl(url)) problems.push(wrongUrl);
  const { LIENTHONG_S3_ACCESS_KEY: accessKeyId, LIENTHONG_S3_SECRET_KEY: secretAccessKey } = variables;
  if (!accessKeyId) problems.push(missing('LIENTHONG_S3_ACCESS_KEY'));
  if (!secretAccessKey) problems.push(missing('LIENTHONG_S3_SECRET_KEY'));
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { url, region: variables.LIENTHONG_S3_REGION ?? defaultRegion, accessKeyId, secretAccessKey };
}

/** What a signature and a path can carry without being encoded in two ways. */
function isBucketUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return false;
  if (username || password || search || hash) return false;
  return /^(\/[A-Za-z0-9._-]+)+\/?$/.test(pathname);
}

const wrongUrl: ConfigProblem = {
  name: 'LIENTHONG_S3_URL',
  vi: 'Phải có dạng https://MÁY/BUCKET hoặc https://MÁY/BUCKET/THƯ_MỤC, không kèm tài khoản.',
  en: 'Must look like https://HOST/BUCKET or https://HOST/BUCKET/FOLDER, without credentials in it.',
};

function missing(name: string): ConfigProblem {
  return {
    name,
    vi: `Có LIENTHONG_S3_URL nhưng thiếu ${name} (hoặc ${name}_FILE).`,
    en: `LIENTHONG_S3_URL is set, but ${name} (or ${name}_FILE) is missing.`,
  };
}

function withoutUrl(name: string): ConfigProblem {
  return {
    name,
    vi: `Có ${name} nhưng thiếu LIENTHONG_S3_URL: nội dung sẽ nằm ở đâu?`,
    en: `${name} is set, but LIENTHONG_S3_URL is not: where are contents to be kept?`,
  };
}
