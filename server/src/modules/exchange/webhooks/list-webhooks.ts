/** The webhooks of a system, and how each of them does. */
import { inTransaction } from '#foundation/db';
import { isId } from '#foundation/ids';
import type { Caller } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { listAilingWebhooks, listWebhooks as listRows } from '../store/webhook-rows.ts';
import { refuse } from './refusals.ts';
import type { Webhook } from './webhook.ts';

const maxAiling = 1_000;

export async function listWebhooks({ platform }: Exchange, caller: Caller): Promise<Webhook[]> {
  return inTransaction(platform.database.app, {}, (tx) => listRows(tx, caller.systemId));
}

export async function getWebhook(exchange: Exchange, caller: Caller, id: string): Promise<Webhook> {
  const own = isId(id) ? await listWebhooks(exchange, caller) : [];
  const found = own.find((webhook) => webhook.id === id);
  if (!found) throw refuse('unknown', { id: id.slice(0, 64) });
  return found;
}

/** Of all systems, for an operator: those that fail now, and those that were stopped. */
export async function listAiling({ platform }: Exchange): Promise<Webhook[]> {
  return inTransaction(platform.database.app, {}, (tx) => listAilingWebhooks(tx, maxAiling));
}
