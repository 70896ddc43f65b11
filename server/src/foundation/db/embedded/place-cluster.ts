/** A place for a cluster that was copied: where a start of that data folder looks for it, owned by whom it runs as. */
import { chmod, chown, mkdir, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareHome } from './home.ts';

export interface ClusterPlace {
  readonly cluster: string;
  /** The folder that holds the cluster, which for root is outside of the data folder. */
  readonly home: string;
  /** To be called when everything is copied. */
  handOver(): Promise<void>;
}

export async function placeCluster(dataFolder: string): Promise<ClusterPlace> {
  const { cluster, folder, account } = await prepareHome(await realpath(dataFolder));
  await mkdir(cluster, { mode: 0o700 });
  return {
    cluster,
    home: folder,
    async handOver() {
      await chmod(cluster, 0o700);
      if (!account) return;
      for (const path of ['', ...(await readdir(cluster, { recursive: true }))]) {
        await chown(join(cluster, path), account.uid, account.gid);
      }
    },
  };
}
