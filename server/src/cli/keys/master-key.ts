/** The master key: the new one can be opened everywhere before anything is sealed under it, then all is sealed again. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { directorySealedColumns } from '#directory';
import { exchangeSealedColumns } from '#exchange';
import { countSealed, createSecretBox, masterKeyId, rewrapColumn } from '#foundation/secrets';
import { uploadSealedColumns } from '#foundation/upload';
import { newMasterKey, parseMasterKeys, writeOnce } from '../../keys.ts';
import { reloadMilliseconds } from '../../reloading.ts';
import { misused, troubled } from '../failure.ts';
import { removeFile, replaceKeyFile, type Installation } from './installation.ts';

/** Every column that holds something sealed under the master key. */
export const sealedColumns = [...directorySealedColumns, ...exchangeSealedColumns, ...uploadSealedColumns];

export interface RotatedMaster {
  readonly keyId: string;
  readonly rewrapped: number;
}

/** Interrupted anywhere it goes on where it was, as long as the file of the next key is there. */
export async function rotateMasterKey(
  installation: Installation,
  waitMilliseconds: number = 2 * reloadMilliseconds + 500,
): Promise<RotatedMaster> {
  const path = installation.pathOf('master');
  await writeOnce(`${path}.next`, newMasterKey());
  const [next] = parseMasterKeys(await readFile(`${path}.next`, 'utf8'));
  const former = installation.keys.master.filter((key) => !key.equals(next!));
  if (former.length > 1) throw misused(retireFirst);

  // A server that does not know the new key yet could not open what another one seals under it.
  await replaceKeyFile(path, textOf([...former, next!]));
  await sleep(waitMilliseconds);
  await replaceKeyFile(path, textOf([next!, ...former]));
  await sleep(waitMilliseconds);
  const rewrapped = await rewrapAll(installation, [next!, ...former]);
  const keyId = masterKeyId(next!);
  await installation.record('activated', { use: 'master', keyId });
  await removeFile(`${path}.next`);
  return { keyId, rewrapped };
}

/** Takes a former master key away, once nothing is sealed under it. */
export async function retireMasterKey(installation: Installation, keyId: string): Promise<RotatedMaster> {
  const { keys, owner } = installation;
  const [current, ...former] = keys.master;
  const isFormer = former.some((key) => masterKeyId(key) === keyId);
  if (!isFormer) throw misused(masterKeyId(current!) === keyId ? rotateFirst : unknownKey);
  const rewrapped = await rewrapAll(installation, keys.master);
  for (const column of sealedColumns) {
    const left = (await countSealed(owner, column)).get(keyId) ?? 0;
    if (left > 0) throw troubled(stillSealed(column.table, left));
  }
  const kept = keys.master.filter((key) => masterKeyId(key) !== keyId);
  await installation.record('retired', { use: 'master', keyId });
  await replaceKeyFile(installation.pathOf('master'), textOf(kept));
  return { keyId, rewrapped };
}

async function rewrapAll({ owner }: Installation, keys: readonly Buffer[]): Promise<number> {
  const box = createSecretBox(keys);
  let rewrapped = 0;
  for (const column of sealedColumns) rewrapped += (await rewrapColumn(owner, box, column)).rewrapped;
  return rewrapped;
}

function textOf(keys: readonly Buffer[]): string {
  return keys.map((key) => `${key.toString('base64')}\n`).join('');
}

const retireFirst = {
  vi: 'Còn một khóa chủ cũ. Hãy kết thúc nó trước: lienthong keys retire master ID.',
  en: 'A former master key is still there. Retire it first: lienthong keys retire master ID.',
};
const rotateFirst = {
  vi: 'Đây là khóa chủ đang dùng. Hãy thay trước: lienthong keys rotate master.',
  en: 'This is the master key in use. Rotate it first: lienthong keys rotate master.',
};
const unknownKey = { vi: 'Không có khóa chủ mang mã này.', en: 'There is no master key with this id.' };
const stillSealed = (table: string, count: number) => ({
  vi: `Còn ${count} dòng của ${table} được niêm phong bằng khóa này. Hãy chạy lại.`,
  en: `${count} rows of ${table} are still sealed under this key. Run this again.`,
});
