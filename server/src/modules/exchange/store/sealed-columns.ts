/**
 * What this module keeps sealed under the master key: the keys of packages, with the sender and with each recipient, and
 * the secrets by which calls of webhooks are signed.
 */
import { keyContext } from '#foundation/blob';
import type { BlobId } from '#foundation/ids';
import type { SealedColumn } from '#foundation/secrets';
import { webhookContext } from '../webhooks/webhook.ts';
import type { WebhookId } from '../webhooks/webhook.ts';

const packageKeys: readonly SealedColumn[] = ['exchange.envelope', 'exchange.delivery'].map((table) => ({
  table,
  column: 'package_key',
  primaryKey: ['organisation_id', 'id'],
  boundTo: ['package_id'],
  contextOf: ([packageId]) => keyContext(packageId as BlobId),
}));

const webhookSecrets: readonly SealedColumn[] = ['secret', 'former_secret'].map((column) => ({
  table: 'exchange.webhook',
  column,
  primaryKey: ['system_id', 'id'],
  boundTo: ['id'],
  contextOf: ([id]) => webhookContext(id as WebhookId),
}));

export const sealedColumns: readonly SealedColumn[] = [...packageKeys, ...webhookSecrets];
