export { findRunningEmbedded, hasCluster } from './find-running-embedded.ts';
export type { RunningEmbedded } from './find-running-embedded.ts';
export { sharedFolder } from './home.ts';
export { startEmbedded } from './start-embedded.ts';
export type { EmbeddedOptions, EmbeddedPostgres } from './start-embedded.ts';
