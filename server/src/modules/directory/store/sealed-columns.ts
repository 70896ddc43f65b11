/** What this module keeps sealed under the master key. */
import { credentialContext } from '../credential.ts';
import type { CredentialId, SystemId } from '#foundation/ids';
import type { SealedColumn } from '#foundation/secrets';

export const sealedColumns: readonly SealedColumn[] = [
  {
    table: 'directory.credential',
    column: 'secret_sealed',
    primaryKey: ['id'],
    boundTo: ['system_id', 'id'],
    contextOf: ([systemId, id]) => credentialContext(systemId as SystemId, id as CredentialId),
  },
];
