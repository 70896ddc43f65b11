/** The database that the server uses, whether the server runs or not. */
import { hasCluster, openEmbedded } from '#foundation/db/embedded';
import type { ConfigProblem } from '../../config-source.ts';
import { readVariables } from '../../config-source.ts';
import { checkDatabaseKind, databaseKindOf } from '../../database-kind.ts';
import { misused, troubled } from '../failure.ts';

export interface OpenedDatabase extends AsyncDisposable {
  readonly url: string;
  readonly ownerUrl: string;
  readonly kind: 'external' | 'running' | 'started';
}

export interface DatabasePlace {
  readonly dataFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onNotice: (text: string) => void;
  /** Whether an embedded database is made where there is none yet. */
  readonly mayMake: boolean;
}

/** An embedded PostgreSQL that nobody runs is started for as long as it is looked at. */
export async function openDatabase({
  dataFolder,
  environment,
  onNotice,
  mayMake,
}: DatabasePlace): Promise<OpenedDatabase> {
  const problems: ConfigProblem[] = [];
  const variables = await readVariables(environment, problems);
  await checkDatabaseKind(dataFolder, databaseKindOf(variables), problems);
  const [problem] = problems;
  if (problem) throw misused({ vi: `${problem.name}: ${problem.vi}`, en: `${problem.name}: ${problem.en}` });
  if (variables.DATABASE_URL) {
    const ownerUrl = variables.DATABASE_MIGRATION_URL ?? variables.DATABASE_URL;
    return { url: variables.DATABASE_URL, ownerUrl, kind: 'external', [Symbol.asyncDispose]: async () => {} };
  }
  if (!mayMake && !(await hasCluster(dataFolder))) throw troubled(noneYet(dataFolder), { remedy: toMake });
  const embedded = await openEmbedded(dataFolder, onNotice);
  const { url, ownerUrl, isShared } = embedded;
  return {
    url,
    ownerUrl,
    kind: isShared ? 'running' : 'started',
    [Symbol.asyncDispose]: () => embedded[Symbol.asyncDispose](),
  };
}

const noneYet = (dataFolder: string) => ({
  vi: `Thư mục ${dataFolder} chưa có cơ sở dữ liệu nhúng, và không có DATABASE_URL.`,
  en: `The folder ${dataFolder} has no embedded database yet, and there is no DATABASE_URL.`,
});
const toMake = {
  vi: 'Đặt DATABASE_URL như khi chạy máy chủ, hoặc khởi động máy chủ một lần.',
  en: 'Set DATABASE_URL as for the server, or start the server once.',
};
