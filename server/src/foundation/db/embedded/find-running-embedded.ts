/** For those who look at a data folder while its server runs: the lock stays the server's, the database is shared. */
import { realpath } from 'node:fs/promises';
import { passwordsFile, readPasswords } from './cluster.ts';
import { prepareHome } from './home.ts';
import { findPostmaster } from './postmaster.ts';
import { urlsThrough } from './start-embedded.ts';

export interface RunningEmbedded {
  readonly url: string;
  readonly ownerUrl: string;
  readonly superuserUrl: string;
  readonly processId: number;
  readonly home: string;
}

/** Undefined where the folder has no cluster or no PostgreSQL runs in it. Starts and changes nothing. */
export async function findRunningEmbedded(folder: string): Promise<RunningEmbedded | undefined> {
  const dataFolder = await realpath(folder);
  const passwords = await passwordsIn(dataFolder);
  if (!passwords?.clusterMade) return undefined;
  const home = await prepareHome(dataFolder);
  const processId = await findPostmaster(home);
  if (processId === undefined) return undefined;
  const urlOf = urlsThrough(home, passwords);
  return {
    url: urlOf.login,
    ownerUrl: urlOf.owner,
    superuserUrl: urlOf.superuser,
    processId,
    home: home.folder,
  };
}

/** Whether the folder has a cluster, or had one that is lost. */
export async function hasCluster(dataFolder: string): Promise<boolean> {
  return (await passwordsIn(dataFolder))?.clusterMade ?? false;
}

function passwordsIn(dataFolder: string) {
  return readPasswords(passwordsFile(dataFolder));
}
