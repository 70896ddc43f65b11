export { createSecretBox, MasterKeyMissing } from './secret-box.ts';
export type { SecretBox } from './secret-box.ts';
