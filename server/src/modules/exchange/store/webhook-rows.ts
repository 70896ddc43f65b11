/** Webhooks: each row is one address with its own place in the feed and its own next time. */
import type { Transaction } from '#foundation/db';
import type { SystemId } from '#foundation/ids';
import type { Lane, Webhook, WebhookId } from '../webhooks/webhook.ts';

const columns = `webhook.system_id as "systemId", webhook.id, webhook.url, webhook.description, webhook.secret,
  webhook.former_secret as "formerSecret", webhook.former_until as "formerUntil", webhook.created_at as "createdAt",
  webhook.state_at as "stateAt", webhook.stop_reason as "stopReason", webhook.cursor,
  webhook.repeated_events as "repeatedEvents", webhook.failures, webhook.failing_since as "failingSince",
  webhook.last_failure as "lastFailure", webhook.last_success_at as "lastSuccessAt", webhook.due_at as "dueAt"`;

type WebhookRow = Webhook & Record<string, unknown>;

export interface WebhookKey {
  readonly systemId: SystemId;
  readonly id: WebhookId;
}

/** Those who register for one system come one after the other. */
export async function lockWebhooksOf(tx: Transaction, systemId: SystemId): Promise<Webhook[]> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('exchange.webhook ' || $1, 0))`, [systemId]);
  return listWebhooks(tx, systemId);
}

export async function listWebhooks(tx: Transaction, systemId: SystemId): Promise<Webhook[]> {
  return tx.query<WebhookRow>(
    `select ${columns}
     from exchange.webhook
     where system_id = $1
     order by id`,
    [systemId],
  );
}

export async function lockWebhook(
  tx: Transaction,
  { systemId, id }: WebhookKey,
): Promise<Webhook | undefined> {
  const [row] = await tx.query<WebhookRow>(
    `select ${columns}
     from exchange.webhook
     where system_id = $1
       and id = $2
     for update`,
    [systemId, id],
  );
  return row;
}

/** In the first slot that is free; the caller holds the lock of the system's webhooks and has seen that there is one. */
export async function insertWebhook(
  tx: Transaction,
  webhook: Pick<Webhook, 'systemId' | 'id' | 'url' | 'description' | 'secret' | 'cursor'>,
): Promise<Webhook> {
  const [row] = await tx.query<WebhookRow>(
    `insert into exchange.webhook
       (system_id, id, slot, url, description, secret, created_at, state, state_at, cursor, due_at)
     select $1, $2, min(slots.slot), $3, $4, $5, $7, 'active', $7, $6, $7
     from generate_series(1, 5) as slots (slot)
     where not exists (
       select from exchange.webhook taken where taken.system_id = $1 and taken.slot = slots.slot
     )
     returning ${columns}`,
    [
      webhook.systemId,
      webhook.id,
      webhook.url,
      webhook.description,
      webhook.secret,
      webhook.cursor,
      tx.now.toString(),
    ],
  );
  return row!;
}

export async function deleteWebhook(tx: Transaction, { systemId, id }: WebhookKey): Promise<boolean> {
  const deleted = await tx.query(
    'delete from exchange.webhook where system_id = $1 and id = $2 returning true',
    [systemId, id],
  );
  return deleted.length === 1;
}

export async function replaceSecret(
  tx: Transaction,
  { systemId, id }: WebhookKey,
  secrets: Pick<Webhook, 'secret' | 'formerSecret' | 'formerUntil'>,
): Promise<void> {
  await tx.query(
    `update exchange.webhook
     set secret = $3,
       former_secret = $4,
       former_until = $5
     where system_id = $1
       and id = $2`,
    [systemId, id, secrets.secret, secrets.formerSecret, secrets.formerUntil?.toString() ?? null],
  );
}

/** Whatever a call under way comes to: its lease counts no more. */
export async function restartLane(tx: Transaction, key: WebhookKey, lane: Lane): Promise<void> {
  await writeLane(tx, { ...key, lane, leasedUntil: null });
}

export interface LeasedWebhook extends Webhook {
  readonly leasedUntil: Temporal.Instant;
}

/** Takes the lanes that are due, or that somebody says have news, each until its lease ends. */
export async function leaseWebhooks(
  tx: Transaction,
  asked: {
    /** Those that fail have places of their own, so that they never take those of the others. */
    readonly failing: boolean;
    readonly withNews: readonly WebhookId[];
    readonly leaseSeconds: number;
    readonly limitRows: number;
  },
): Promise<LeasedWebhook[]> {
  return tx.prepared<LeasedWebhook & Record<string, unknown>>(
    'lease-webhooks',
    `update exchange.webhook
     set leased_until = $5
     from (
       select system_id, id
       from exchange.webhook
       where state = 'active'
         and (due_at <= $1 or id = any ($2::uuid[]))
         and (leased_until is null or leased_until <= $1)
         and (failures > 0) = $3
       order by due_at
       limit $4
       for update skip locked
     ) due
     where webhook.system_id = due.system_id
       and webhook.id = due.id
     returning ${columns}, leased_until as "leasedUntil"`,
    [
      tx.now.toString(),
      asked.withNews,
      asked.failing,
      asked.limitRows,
      tx.now.add({ seconds: asked.leaseSeconds }).toString(),
    ],
  );
}

/** False where the lease had ended, and another process may be at it, or the webhook is gone. */
export async function endLease(
  tx: Transaction,
  { systemId, id, leasedUntil }: LeasedWebhook,
  lane: Lane,
): Promise<boolean> {
  return writeLane(tx, { systemId, id, lane, leasedUntil });
}

async function writeLane(
  tx: Transaction,
  {
    systemId,
    id,
    lane,
    leasedUntil,
  }: WebhookKey & { readonly lane: Lane; readonly leasedUntil: Temporal.Instant | null },
): Promise<boolean> {
  const written = await tx.query(
    `update exchange.webhook
     set state = case when $3::text is null then 'active' else 'stopped' end,
       state_at = case when stop_reason is not distinct from $3 then state_at else $4 end,
       stop_reason = $3,
       cursor = $5,
       repeated_events = $6,
       failures = $7,
       failing_since = $8,
       last_failure = $9,
       last_success_at = $10,
       due_at = $11,
       leased_until = null
     where system_id = $1
       and id = $2
       and ($12::timestamptz is null or leased_until = $12)
     returning true`,
    [
      systemId,
      id,
      lane.stopReason,
      tx.now.toString(),
      lane.cursor,
      lane.repeatedEvents,
      lane.failures,
      lane.failingSince?.toString() ?? null,
      lane.lastFailure,
      lane.lastSuccessAt?.toString() ?? null,
      lane.dueAt.toString(),
      leasedUntil?.toString() ?? null,
    ],
  );
  return written.length === 1;
}

export async function listActiveWebhooks(tx: Transaction): Promise<WebhookKey[]> {
  return tx.prepared<WebhookKey & Record<string, unknown>>(
    'list-active-webhooks',
    `select system_id as "systemId", id
     from exchange.webhook
     where state = 'active'`,
    [],
  );
}

/** Of all systems, those that fail or are stopped; longest failing first. */
export async function listAilingWebhooks(tx: Transaction, limitRows: number): Promise<Webhook[]> {
  return tx.query<WebhookRow>(
    `select ${columns}
     from exchange.webhook
     where failures > 0
     order by failing_since, id
     limit $1`,
    [limitRows],
  );
}

/** By its id alone, for an operator. */
export async function findWebhook(tx: Transaction, id: WebhookId): Promise<Webhook | undefined> {
  const [row] = await tx.query<WebhookRow>(`select ${columns} from exchange.webhook where id = $1`, [id]);
  return row;
}
