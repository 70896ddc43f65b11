/**
 * Makes a new secret; the former one signs beside it for a day. Whoever repeats it within that day, because the answer was
 * lost, gets another new one, and the one that his receiver knows goes on signing until its time.
 */
import { randomBytes } from 'node:crypto';
import { isId } from '#foundation/ids';
import { actorOf } from '../caller.ts';
import type { Caller } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { lockWebhook, replaceSecret } from '../store/webhook-rows.ts';
import { changeWebhooks } from './record-webhook.ts';
import { refuse } from './refusals.ts';
import { secretBytes } from './register-webhook.ts';
import { formatSecret } from './sign-message.ts';
import { rotationOverlapHours, webhookContext } from './webhook.ts';
import type { WebhookId } from './webhook.ts';

export async function rotateWebhookSecret(
  { platform }: Exchange,
  caller: Caller,
  id: string,
): Promise<{ readonly secret: string; readonly formerUntil: Temporal.Instant }> {
  const secret = randomBytes(secretBytes);
  const key = { systemId: caller.systemId, id: id as WebhookId };
  return changeWebhooks(platform, async (tx, tell) => {
    const webhook = isId(id) ? await lockWebhook(tx, key) : undefined;
    if (!webhook) throw refuse('unknown', { id: id.slice(0, 64) });
    const { formerSecret, formerUntil } = webhook;
    const kept =
      formerSecret && formerUntil && Temporal.Instant.compare(formerUntil, tx.now) > 0
        ? { formerSecret, formerUntil }
        : { formerSecret: webhook.secret, formerUntil: tx.now.add({ hours: rotationOverlapHours }) };
    await replaceSecret(tx, key, {
      secret: platform.secrets.seal(secret, webhookContext(key.id)),
      ...kept,
    });
    await tell(key, { kind: 'webhook_secret_rotated', by: actorOf(caller) });
    return { secret: formatSecret(secret), formerUntil: kept.formerUntil };
  });
}
