/** A system asks to be told at an address. The secret is shown in this answer and never again. */
import { randomBytes } from 'node:crypto';
import { newId } from '#foundation/ids';
import { actorOf } from '../caller.ts';
import type { Caller } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { beginFeed } from '../feed/read-feed.ts';
import { insertWebhook, lockWebhooksOf } from '../store/webhook-rows.ts';
import { changeWebhooks } from './record-webhook.ts';
import { faultWords, refuse } from './refusals.ts';
import { formatSecret } from './sign-message.ts';
import { maxWebhooksPerSystem, webhookContext } from './webhook.ts';
import type { Webhook } from './webhook.ts';

export const secretBytes = 32;

export interface RegisteredWebhook {
  readonly webhook: Webhook;
  /** Undefined where the address was registered before: whoever lost the secret makes another. */
  readonly secret: string | undefined;
}

/** It tells what happens from now on. */
export async function registerWebhook(
  exchange: Exchange,
  caller: Caller,
  { url, description }: { readonly url: string; readonly description: string | null },
): Promise<RegisteredWebhook> {
  const fault = await exchange.outbound.inspect(url);
  if (fault) throw refuse('address_unusable', { reason: faultWords[fault] });
  const { platform } = exchange;
  const { cursor } = await beginFeed(exchange);
  const { systemId } = caller;
  const id = newId<'webhook'>();
  const secret = randomBytes(secretBytes);
  return changeWebhooks(platform, async (tx, tell) => {
    const present = await lockWebhooksOf(tx, systemId);
    const same = present.find((webhook) => webhook.url === url);
    if (same) return { webhook: same, secret: undefined };
    if (present.length >= maxWebhooksPerSystem) throw refuse('too_many', { limit: maxWebhooksPerSystem });
    const sealed = platform.secrets.seal(secret, webhookContext(id));
    const webhook = await insertWebhook(tx, { systemId, id, url, description, secret: sealed, cursor });
    await tell(webhook, { kind: 'webhook_registered', by: actorOf(caller) });
    return { webhook, secret: formatSecret(secret) };
  });
}
