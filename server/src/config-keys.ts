/** The keys as the configuration gives them: by the environment, by a file that it names, or in `DIR/keys`. */
import { join } from 'node:path';
import { type ConfigProblem, type ConfigSource, readOptional, type Variables } from './config-source.ts';
import {
  initCommand,
  type Keys,
  keyFiles,
  parseMasterKeys,
  parseSigningKey,
  parseSigningKeys,
  type Purpose,
} from './keys.ts';

const keyVariables = {
  master: 'LIENTHONG_MASTER_KEY',
  receipt: 'LIENTHONG_RECEIPT_KEY',
  log: 'LIENTHONG_LOG_KEY',
  root: 'LIENTHONG_ROOT_KEY',
} as const satisfies Record<keyof Keys, keyof Variables>;

export async function readKeys(
  variables: Variables,
  { dataFolder, mode }: { dataFolder: string; mode: Purpose },
  problems: ConfigProblem[],
): Promise<Keys | undefined> {
  const read = async <Key>(
    key: keyof Keys,
    parse: (text: string) => Key,
    { isRequired }: { isRequired: boolean },
  ): Promise<Key | undefined> => {
    const path = join(dataFolder, 'keys', keyFiles[key]);
    const name = keyVariables[key];
    const text = variables[name] ?? (await readOptional(path, name, problems));
    if (text === undefined) {
      // A sandbox makes its keys once nothing else is wrong.
      if (isRequired && mode === 'production') problems.push(missingKey(name, path, dataFolder));
      return undefined;
    }
    try {
      return parse(text);
    } catch (error) {
      const reason = (error as Error).message;
      problems.push({
        name: variables[name] ? name : path,
        vi: `Khóa không hợp lệ (${reason}). Hãy khôi phục khóa từ bản sao lưu.`,
        en: `Not a valid key (${reason}). Restore it from the backup.`,
      });
      return undefined;
    }
  };
  const master = await read('master', parseMasterKeys, { isRequired: true });
  const receipt = await read('receipt', parseSigningKey, { isRequired: true });
  const log = await read('log', parseSigningKeys, { isRequired: false });
  const root = await read('root', parseSigningKey, { isRequired: false });
  return master && receipt && { master, receipt, log: log ?? [], root };
}

/** Where the keys of a running server lie; none for what the environment holds itself, which cannot change. */
export function keyPaths(env: ConfigSource['env'], dataFolder: string): string[] {
  return servingKeys.flatMap((key) => keyPath(env, { key, dataFolder }) ?? []);
}

/** Undefined where the environment holds the key itself. */
export function keyPath(
  env: ConfigSource['env'],
  { key, dataFolder }: { readonly key: keyof Keys; readonly dataFolder: string },
): string | undefined {
  const name = keyVariables[key];
  if (env[name]?.trim()) return undefined;
  return env[`${name}_FILE`]?.trim() || join(dataFolder, 'keys', keyFiles[key]);
}

const servingKeys = ['master', 'receipt', 'log'] as const;

function missingKey(name: string, path: string, dataFolder: string): ConfigProblem {
  const command = initCommand(dataFolder);
  return {
    name,
    vi: `Thiếu khóa: không có ${name}, ${name}_FILE hay ${path}. Tạo khóa bằng: ${command}`,
    en: `The key is missing: neither ${name}, ${name}_FILE nor ${path}. Make it with: ${command}`,
  };
}
