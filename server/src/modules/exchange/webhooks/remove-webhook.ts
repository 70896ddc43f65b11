/** Nobody is told there any more. Removing it again is no change. */
import { isId } from '#foundation/ids';
import { actorOf } from '../caller.ts';
import type { Caller } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { deleteWebhook } from '../store/webhook-rows.ts';
import { changeWebhooks } from './record-webhook.ts';
import type { WebhookId } from './webhook.ts';

export async function removeWebhook({ platform }: Exchange, caller: Caller, id: string): Promise<void> {
  if (!isId(id)) return;
  const key = { systemId: caller.systemId, id: id as WebhookId };
  await changeWebhooks(platform, async (tx, tell) => {
    if (await deleteWebhook(tx, key)) await tell(key, { kind: 'webhook_removed', by: actorOf(caller) });
  });
}
