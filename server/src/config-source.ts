/** Where the configuration comes from: what was typed, the environment, and the files that either names. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

export interface ConfigSource {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A sentence for the person who starts the server; the value itself, which may be a secret, is never in it. */
export interface ConfigProblem {
  /** The option or variable. */
  readonly name: string;
  readonly vi: string;
  readonly en: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ name, vi, en }) => `${name}\n    ${vi}\n    ${en}`).join('\n'));
    this.problems = problems;
  }
}

/** Each may also come as NAME_FILE, as secrets of containers and of systemd do. */
export const secretNames = [
  'DATABASE_URL',
  'DATABASE_MIGRATION_URL',
  'LIENTHONG_MASTER_KEY',
  'LIENTHONG_RECEIPT_KEY',
  'LIENTHONG_LOG_KEY',
  'LIENTHONG_ROOT_KEY',
  'LIENTHONG_S3_ACCESS_KEY',
  'LIENTHONG_S3_SECRET_KEY',
] as const;

export const plainNames = [
  'LIENTHONG_DATA',
  'LIENTHONG_ORIGIN',
  'LIENTHONG_PUBLIC_URL',
  'LIENTHONG_TLS_CERT_FILE',
  'LIENTHONG_TLS_KEY_FILE',
  'LIENTHONG_TRUSTED_PROXIES',
  'LIENTHONG_S3_URL',
  'LIENTHONG_S3_REGION',
  'LIENTHONG_CONTENT_KEPT_DAYS',
  'LIENTHONG_TSA_URL',
  'LIENTHONG_TSA_ANCHORS_FILE',
  'LIENTHONG_TSA_POLICY',
  'LIENTHONG_TSA_INTERVAL_SECONDS',
  'LIENTHONG_WEBHOOK_NETWORKS',
  'LIENTHONG_WITNESSES',
  'LIENTHONG_WITNESS_QUORUM',
] as const;

export type Variables = Partial<Record<(typeof secretNames)[number] | (typeof plainNames)[number], string>>;

export interface TypedOptions {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  readonly production?: boolean;
}

export function readOptions(argv: readonly string[], problems: ConfigProblem[]): TypedOptions {
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      data: { type: 'string' },
      production: { type: 'boolean' },
    },
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const typed: Record<string, string | boolean> = {};
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    const name = token.kind === 'option' ? token.rawName : token.value;
    if (token.kind === 'option' && token.name === 'production' && token.value === undefined) {
      typed['production'] = true;
    } else if (
      token.kind === 'option' &&
      ['port', 'host', 'data'].includes(token.name) &&
      token.rawName.startsWith('--')
    ) {
      if (token.value) typed[token.name] = token.value;
      else problems.push({ name, vi: 'Thiếu giá trị phía sau.', en: 'Needs a value after it.' });
    } else {
      problems.push({
        name,
        vi: 'Không có tùy chọn này. Có: --port CỔNG, --host ĐỊA_CHỈ, --data THƯ_MỤC, --production.',
        en: 'There is no such option. There are: --port PORT, --host ADDRESS, --data DIR, --production.',
      });
    }
  }
  return typed;
}

export async function readVariables(env: ConfigSource['env'], problems: ConfigProblem[]): Promise<Variables> {
  const variables: Variables = {};
  for (const name of plainNames) {
    const value = env[name]?.trim();
    if (value) variables[name] = value;
  }
  for (const name of secretNames) {
    const value = env[name]?.trim();
    const file = env[`${name}_FILE`]?.trim();
    if (value && file) {
      problems.push({
        name,
        vi: `Chỉ đặt một trong hai: ${name} hoặc ${name}_FILE.`,
        en: `Set only one of ${name} and ${name}_FILE.`,
      });
    }
    const content = file
      ? (await readNamedFile(`${name}_FILE`, file, problems))?.toString('utf8').trim()
      : value;
    if (content) variables[name] = content;
  }
  return variables;
}

export async function readOptional(
  path: string,
  name: string,
  problems: ConfigProblem[],
): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') problems.push(unreadable(name, path, error));
    return undefined;
  }
}

export async function readNamedFile(
  name: string,
  path: string,
  problems: ConfigProblem[],
): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    problems.push(unreadable(name, path, error));
    return undefined;
  }
}

export function unreadable(name: string, path: string, error: unknown): ConfigProblem {
  const code = (error as NodeJS.ErrnoException).code ?? 'error';
  return { name, vi: `Không dùng được ${path} (${code}).`, en: `Cannot use ${path} (${code}).` };
}
