/**
 * Calls again at once, from where it stopped: a webhook that was stopped, or that waits for its next attempt. By its
 * system, or by an operator who was asked to.
 */
import type { Actor } from '#foundation/evidence';
import { isId } from '#foundation/ids';
import type { SystemId } from '#foundation/ids';
import type { Exchange } from '../exchange.ts';
import { findWebhook, lockWebhook, restartLane } from '../store/webhook-rows.ts';
import { changeWebhooks } from './record-webhook.ts';
import { refuse } from './refusals.ts';
import { begunAgain } from './webhook.ts';
import type { Webhook, WebhookId } from './webhook.ts';

export interface Resumption {
  readonly id: string;
  /** Of which system it must be; an operator may resume that of any. */
  readonly systemId?: SystemId;
  readonly by: Actor;
}

export async function resumeWebhook(
  { platform }: Exchange,
  { id, systemId, by }: Resumption,
): Promise<Webhook> {
  return changeWebhooks(platform, async (tx, tell) => {
    const found = isId(id) ? await findWebhook(tx, id as WebhookId) : undefined;
    const isTheirs = found && (systemId === undefined || found.systemId === systemId);
    const webhook = isTheirs ? await lockWebhook(tx, found) : undefined;
    if (!webhook) throw refuse('unknown', { id: id.slice(0, 64) });
    if (webhook.failures === 0) return webhook;
    const lane = begunAgain(webhook, tx.now);
    await restartLane(tx, webhook, lane);
    if (webhook.stopReason === null) return { ...webhook, ...lane };
    await tell(webhook, { kind: 'webhook_resumed', by });
    return { ...webhook, ...lane, stateAt: tx.now };
  });
}
