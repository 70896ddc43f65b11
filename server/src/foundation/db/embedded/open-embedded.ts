/** The cluster of a data folder, for those who copy it: found where its server runs, and started where none does. */
import { Refusal } from '#foundation/refusal';
import { findRunningEmbedded } from './find-running-embedded.ts';
import { startEmbedded } from './start-embedded.ts';

export interface OpenedEmbedded extends AsyncDisposable {
  readonly url: string;
  readonly ownerUrl: string;
  readonly superuserUrl: string;
  /** The folder that holds the cluster. */
  readonly home: string;
  /** Whether a server goes on using it meanwhile. */
  readonly isShared: boolean;
}

export async function openEmbedded(
  folder: string,
  onNotice: (text: string) => void,
): Promise<OpenedEmbedded> {
  try {
    const started = await startEmbedded({ folder, onNotice });
    const { url, ownerUrl, superuserUrl, home } = started;
    return {
      url,
      ownerUrl,
      superuserUrl,
      home,
      isShared: false,
      [Symbol.asyncDispose]: () => started.stop(),
    };
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'embedded.folder_in_use')) throw error;
    const running = await findRunningEmbedded(folder);
    if (!running) throw error;
    return { ...running, isShared: true, [Symbol.asyncDispose]: async () => {} };
  }
}
