/**
 * What was typed and what the environment says, as one frozen object. Nobody else reads process.env. All problems are
 * reported at once, each with what to do about it. What an agency may change at run time lives in tables instead.
 */
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { BucketAddress } from '#foundation/s3';
import { readBucket } from './config-bucket.ts';
import { readStampSeconds, readTimeStamping, type TimeStampSettings } from './config-time-stamps.ts';
import { keyPaths, readKeys } from './config-keys.ts';
import { readTls, tlsPaths, type TlsPair } from './config-tls.ts';
import { readWebhookNetworks } from './config-webhooks.ts';
import { readWitnesses, type WitnessSettings } from './config-witnesses.ts';
import { checkDatabaseKind, databaseKindOf } from './database-kind.ts';
import {
  ConfigError,
  type ConfigProblem,
  type ConfigSource,
  readOptions,
  readVariables,
  unreadable,
  type Variables,
} from './config-source.ts';
import { type Keys, makeMissingKeys, type Purpose, readPurpose, writePurpose } from './keys.ts';

export interface Config {
  readonly mode: Purpose;
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  /** An external PostgreSQL; undefined is the embedded one. */
  readonly database: { readonly url: string; readonly ownerUrl: string } | undefined;
  readonly keys: Keys;
  /** Name of the evidence log: `sandbox.invalid/axis` unless in production. */
  readonly origin: string;
  /** Where clients reach the axis, without a slash at the end: the issuer of access tokens. */
  readonly publicUrl: string | undefined;
  readonly tls: TlsPair | undefined;
  /** Addresses or networks of proxies that end TLS and whose X-Forwarded-* are believed. */
  readonly trustedProxies: readonly string[];
  /** Where large contents and a second copy of the checkpoints go; undefined is the data folder. */
  readonly bucket: BucketAddress | undefined;
  /** How long a content stays after the last of its recipients has it. */
  readonly contentKeptDays: number;
  /** Undefined: nobody stamps checkpoints, or in the sandbox its own authority does. */
  readonly timeStamping: TimeStampSettings | undefined;
  readonly stampEverySeconds: number;
  /** What is read again when it changes, while the server runs: keys, trust file and TLS certificate. */
  readonly watchedFiles: readonly string[];
  /** Networks that are not public and hold webhooks. */
  readonly webhookNetworks: readonly string[];
  /** Who cosigns the checkpoints of the log. */
  readonly cosigning: WitnessSettings;
}

/** Throws a ConfigError with every problem. In the sandbox it makes the keys that are missing. */
export async function loadConfig({ argv, env }: ConfigSource): Promise<Config> {
  const problems: ConfigProblem[] = [];
  const options = readOptions(argv, problems);
  const variables = await readVariables(env, problems);
  const dataFolder = resolve(options.data ?? variables.LIENTHONG_DATA ?? '.data');
  const mode = options.production ? 'production' : 'sandbox';
  const isFolderUsable = await checkPurpose(dataFolder, mode, problems);
  if (isFolderUsable) await checkDatabaseKind(dataFolder, databaseKindOf(variables), problems);
  if (mode === 'sandbox' && problems.length === 0) await inFolder(dataFolder, problems, makeMissingKeys);

  const parsed = settingsSchema.safeParse({ ...options, ...variables });
  if (!parsed.success) problems.push(...parsed.error.issues.map(problemOf));
  // What is wrong with the folder would only be said again for each key.
  const keys = isFolderUsable && (await readKeys(variables, { dataFolder, mode }, problems));
  const tls = await readTls(variables, problems);
  const bucket = readBucket(variables, problems);
  const timeStamping = await readTimeStamping(variables, problems);
  const stampEverySeconds = readStampSeconds(variables, mode, problems);
  const webhookNetworks = readWebhookNetworks(variables, mode, problems);
  const cosigning = readWitnesses(variables, problems);
  problems.push(...(mode === 'production' ? missingInProduction(variables) : wrongInSandbox(variables)));
  // Last, so that a start that was refused leaves the folder free for either.
  if (problems.length === 0) await inFolder(dataFolder, problems, (folder) => writePurpose(folder, mode));
  if (problems.length > 0 || !parsed.success || !keys) throw new ConfigError(problems);

  const settings = parsed.data;
  return Object.freeze({
    mode,
    port: settings.port,
    host: settings.host,
    dataFolder,
    database: databaseOf(settings),
    keys,
    origin: settings.LIENTHONG_ORIGIN ?? sandboxOrigin,
    publicUrl: settings.LIENTHONG_PUBLIC_URL,
    tls,
    trustedProxies: settings.LIENTHONG_TRUSTED_PROXIES ?? [],
    bucket,
    contentKeptDays: settings.LIENTHONG_CONTENT_KEPT_DAYS,
    timeStamping,
    stampEverySeconds,
    watchedFiles: [join(dataFolder, 'trust.json'), ...keyPaths(env, dataFolder), ...tlsPaths(env)],
    webhookNetworks,
    cosigning,
  } satisfies Config);
}

const sandboxOrigin = 'sandbox.invalid/axis';

const databaseUrl = z
  .string()
  .refine((text) => /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text), {
    params: {
      vi: 'Phải có dạng postgresql://NGƯỜI_DÙNG:MẬT_KHẨU@MÁY:CỔNG/CƠ_SỞ_DỮ_LIỆU.',
      en: 'Must look like postgresql://USER:PASSWORD@HOST:PORT/DATABASE.',
    },
  })
  .optional();

const settingsSchema = z.object({
  port: z
    .string()
    .default('3000')
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, {
      params: { vi: 'Phải là số cổng từ 0 đến 65535.', en: 'Must be a port number from 0 to 65535.' },
    })
    .transform(Number),
  host: z
    .string()
    .default('127.0.0.1')
    .refine((text) => isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text), {
      params: { vi: 'Phải là địa chỉ IP hoặc tên máy.', en: 'Must be an IP address or a host name.' },
    }),
  DATABASE_URL: databaseUrl,
  DATABASE_MIGRATION_URL: databaseUrl,
  LIENTHONG_ORIGIN: z
    .string()
    .refine((text) => /^[a-z0-9][a-z0-9.-]*\.[a-z]+(\/[a-z0-9._-]+)*$/.test(text) && text.length <= 200, {
      params: {
        vi: 'Phải có dạng tên-miền/tên-trục, ví dụ truc.example.gov.vn/axis, và không đổi về sau.',
        en: 'Must look like domain/name, e.g. truc.example.gov.vn/axis, and never change afterwards.',
      },
    })
    .optional(),
  LIENTHONG_PUBLIC_URL: z
    .string()
    .refine(isPublicUrl, {
      params: {
        vi: 'Phải là địa chỉ https mà các hệ thống dùng để gọi trục, ví dụ https://truc.example.gov.vn.',
        en: 'Must be the https address at which systems reach the axis, e.g. https://truc.example.gov.vn.',
      },
    })
    .transform((text) => text.replace(/\/$/, ''))
    .optional(),
  LIENTHONG_TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
    .refine((networks) => networks.length > 0 && networks.every(isNetwork), {
      params: {
        vi: 'Phải là các địa chỉ hoặc mạng, cách nhau bằng dấu phẩy, ví dụ 10.0.0.5,10.1.0.0/16.',
        en: 'Must be addresses or networks separated by commas, e.g. 10.0.0.5,10.1.0.0/16.',
      },
    })
    .optional(),
  LIENTHONG_CONTENT_KEPT_DAYS: z
    .string()
    .default('90')
    .refine((text) => /^[1-9]\d{0,4}$/.test(text), {
      params: { vi: 'Phải là số ngày từ 1 đến 99999.', en: 'Must be a number of days from 1 to 99999.' },
    })
    .transform(Number),
});

/** False where the folder cannot be read. */
async function checkPurpose(dataFolder: string, mode: Purpose, problems: ConfigProblem[]): Promise<boolean> {
  try {
    const purpose = await readPurpose(dataFolder);
    if (purpose !== undefined && purpose !== mode) problems.push(wrongPurpose(dataFolder, purpose));
    return true;
  } catch (error) {
    const isFile = (error as NodeJS.ErrnoException).code === 'ENOTDIR';
    problems.push(isFile ? noFolder(dataFolder) : unreadable('--data', dataFolder, error));
    return false;
  }
}

async function inFolder<Result>(
  dataFolder: string,
  problems: ConfigProblem[],
  work: (dataFolder: string) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work(dataFolder);
  } catch (error) {
    problems.push(unreadable('--data', dataFolder, error));
    return undefined;
  }
}

function noFolder(path: string): ConfigProblem {
  return { name: '--data', vi: `${path} không phải là thư mục.`, en: `${path} is not a folder.` };
}

function wrongPurpose(dataFolder: string, purpose: Purpose): ConfigProblem {
  if (purpose === 'sandbox') {
    return {
      name: '--production',
      vi: `${dataFolder} là thư mục của môi trường thử nghiệm. Hãy chọn thư mục khác bằng --data.`,
      en: `${dataFolder} is the folder of a sandbox. Choose another one with --data.`,
    };
  }
  return {
    name: '--data',
    vi: `${dataFolder} là thư mục của trục thật, không dùng để chạy thử. Hãy thêm --production, hoặc chọn thư mục khác.`,
    en: `${dataFolder} is the folder of a real axis, not for a sandbox. Add --production, or choose another folder.`,
  };
}

function databaseOf(settings: z.infer<typeof settingsSchema>): Config['database'] {
  if (settings.DATABASE_URL === undefined) return undefined;
  return { url: settings.DATABASE_URL, ownerUrl: settings.DATABASE_MIGRATION_URL ?? settings.DATABASE_URL };
}

/** Production invents nothing: what the sandbox defaults is asked for. */
function missingInProduction(variables: Variables): ConfigProblem[] {
  const missing: ConfigProblem[] = [];
  if (!variables.LIENTHONG_ORIGIN || variables.LIENTHONG_ORIGIN.startsWith('sandbox.invalid')) {
    missing.push({
      name: 'LIENTHONG_ORIGIN',
      vi: 'Thiếu tên của nhật ký bằng chứng, ví dụ LIENTHONG_ORIGIN=truc.example.gov.vn/axis; về sau không đổi được.',
      en: 'The name of the evidence log is missing, e.g. LIENTHONG_ORIGIN=truc.example.gov.vn/axis; it can never change.',
    });
  }
  if (
    !variables.LIENTHONG_TLS_CERT_FILE &&
    !variables.LIENTHONG_TLS_KEY_FILE &&
    !variables.LIENTHONG_TRUSTED_PROXIES
  ) {
    missing.push({
      name: 'LIENTHONG_TLS_CERT_FILE',
      vi: 'Cần TLS: đặt LIENTHONG_TLS_CERT_FILE và LIENTHONG_TLS_KEY_FILE, hoặc LIENTHONG_TRUSTED_PROXIES nếu máy chủ đứng sau một proxy có TLS.',
      en: 'TLS is needed: set LIENTHONG_TLS_CERT_FILE and LIENTHONG_TLS_KEY_FILE, or LIENTHONG_TRUSTED_PROXIES where a proxy ends TLS in front of the server.',
    });
  }
  return missing;
}

/** Receipts of a sandbox must never pass for real ones, so its log cannot have another name. */
function wrongInSandbox({ LIENTHONG_ORIGIN: origin }: Variables): ConfigProblem[] {
  if (!origin || origin === sandboxOrigin) return [];
  return [
    {
      name: 'LIENTHONG_ORIGIN',
      vi: `Trong môi trường thử nghiệm, tên nhật ký luôn là ${sandboxOrigin}. Hãy bỏ biến này, hoặc thêm --production.`,
      en: `In the sandbox the log is always named ${sandboxOrigin}. Unset this variable, or add --production.`,
    },
  ];
}

function problemOf(issue: z.core.$ZodIssue): ConfigProblem {
  const key = String(issue.path[0]);
  const sentences =
    issue.code === 'custom' ? (issue.params as Omit<ConfigProblem, 'name'> | undefined) : undefined;
  return {
    name: /^[a-z]/.test(key) ? `--${key}` : key,
    vi: sentences?.vi ?? issue.message,
    en: sentences?.en ?? issue.message,
  };
}

/** RFC 8414 §2: an issuer has neither query nor fragment. Plain http only for a trial on the machine itself. */
function isPublicUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.has(url.hostname));
  return isSafe && url?.search === '' && url.hash === '' && url.username === '' && text.length <= 200;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
