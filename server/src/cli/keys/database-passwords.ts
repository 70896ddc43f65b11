import { hasCluster, orderNewPasswords } from '#foundation/db/embedded';
import { readVariables } from '../../config-source.ts';
import type { Context } from '../command.ts';
import { misused } from '../failure.ts';

/** Of the embedded database only: whoever keeps an external one changes its roles there. */
export async function rotateDatabasePasswords({ dataFolder, environment }: Context): Promise<void> {
  const isExternal = (await readVariables(environment, [])).DATABASE_URL !== undefined;
  if (isExternal || !(await hasCluster(dataFolder))) throw misused(notEmbedded);
  await orderNewPasswords(dataFolder);
}

const notEmbedded = {
  vi: 'Không có cơ sở dữ liệu nhúng ở đây. Với PostgreSQL bên ngoài, xem docs/operations/rotate-keys.md.',
  en: 'There is no embedded database here. For an external PostgreSQL see docs/operations/rotate-keys.md.',
};
