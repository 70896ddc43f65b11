export { createSecretBox, masterKeyId, MasterKeyMissing, sealedUnder } from './secret-box.ts';
export type { RotatingSecretBox, SecretBox } from './secret-box.ts';
export { countSealed, rewrapColumn } from './rewrap-rows.ts';
export type { RewrapReport, SealedColumn } from './rewrap-rows.ts';
