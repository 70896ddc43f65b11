/** What happens to a webhook is told in the history of the axis, as everything about systems; never its address. */
import { axisOrganisation } from '#directory';
import { inTransaction } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import { record } from '#foundation/evidence';
import type { Actor, Json } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import type { WebhookKey } from '../store/webhook-rows.ts';

export interface WebhookFact {
  readonly kind:
    | 'webhook_registered'
    | 'webhook_removed'
    | 'webhook_secret_rotated'
    | 'webhook_stopped'
    | 'webhook_resumed';
  readonly by: Actor;
  readonly claims?: { readonly [key: string]: Json };
}

export type Tell = (webhook: WebhookKey, fact: WebhookFact) => Promise<void>;

/** One transaction in which webhooks change and the axis tells of it. */
export async function changeWebhooks<Result>(
  platform: Platform,
  work: (tx: Transaction, tell: Tell) => Promise<Result>,
): Promise<Result> {
  const axis = await inTransaction(platform.database.app, {}, axisOrganisation);
  const organisation = { id: axis.organisationId, code: axis.code };
  return inTransaction(platform.database.app, { organisations: [axis.organisationId] }, (tx) =>
    work(tx, async ({ systemId, id }, { kind, by, claims }) => {
      await record(tx, platform.receipts, {
        kind: `exchange.${kind}`,
        organisation,
        subjectId: systemId,
        actor: by,
        claims: { webhook: id, ...claims },
      });
    }),
  );
}
