/**
 * Hands a copy out to the system that receives for its organisation. "Fetched" is committed, with its entry, before the
 * first byte leaves: the sender learns of every handing out, even of one that broke off.
 */
import { inTransaction } from '#foundation/db';
import type { Transaction } from '#foundation/db';
import { readEntries, receiptOf } from '#foundation/evidence';
import type { Entry } from '#foundation/evidence';
import { isId } from '#foundation/ids';
import type { DeliveryId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { assert } from '#foundation/refusal';
import { actorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import { changeDelivery } from './change-delivery.ts';
import { isPoison } from './delivery.ts';
import { normaliseEdxml } from './edxml/index.ts';
import type { MessageKind } from './envelope.ts';
import type { Exchange } from './exchange.ts';
import { refuse } from './refusals.ts';
import { countFetch, lockDelivery } from './store/delivery-rows.ts';
import type { LockedDelivery } from './store/delivery-rows.ts';

export interface FetchedDelivery {
  readonly deliveryId: DeliveryId;
  readonly kind: MessageKind;
  readonly sizeBytes: number;
  readonly digest: Buffer;
  /**
   * The package byte for byte as it was sent; for a system that asks for it, without junk before the declaration. It can
   * be read again from its start: a dialect that shows its parts reads it more than once.
   */
  readonly content: AsyncIterable<Buffer>;
  /** Of the first handing out; later ones are the same fact. */
  readonly receipt: string;
}

export async function fetchDelivery(
  exchange: Exchange,
  caller: Caller,
  id: string,
): Promise<FetchedDelivery> {
  if (!isId(id)) throw refuse('delivery_unknown', { id: id.slice(0, 64) });
  const { platform } = exchange;
  const organisations = caller.receivesFor;
  const { delivery, receipt } = await inTransaction(platform.database.app, { organisations }, async (tx) => {
    const found = await lockDelivery(tx, { organisations, id });
    if (!found) throw refuse('delivery_unknown', { id });
    if (found.isTakenBack) throw refuse('delivery_recalled', { id });
    // Before anything is recorded: what is gone cannot be handed out.
    if (!found.package.key) throw refuse('content_destroyed', { id });
    return { delivery: found, receipt: await handOut(platform, tx, { caller, delivery: found }) };
  });

  const { key, junkBytes, ...reference } = delivery.package;
  assert(key, 'a copy that was handed out has its content');
  const skipBytes = caller.normalisesOutgoing ? junkBytes : 0;
  return {
    deliveryId: delivery.id,
    kind: delivery.kind,
    sizeBytes: reference.sizeBytes - skipBytes,
    digest: reference.digest,
    content: {
      [Symbol.asyncIterator]: () =>
        normaliseEdxml(platform.blobs.open({ ...reference, key }), { xmlOffset: skipBytes }),
    },
    receipt,
  };
}

/** Records the first handing out; later ones are counted, until there were so many that the copy is set aside. */
async function handOut(
  platform: Platform,
  tx: Transaction,
  { caller, delivery }: { caller: Caller; delivery: LockedDelivery },
): Promise<string> {
  const { progress } = delivery;
  const fetchCount = delivery.fetchCount + 1;
  if (!progress.fetched_at) {
    const actor = actorOf(caller);
    return receiptOf(
      await changeDelivery(platform, tx, delivery, { kind: 'exchange.fetched', actor, fetchCount }),
    );
  }
  if (isPoison(progress.state, fetchCount)) {
    const actor = { method: 'axis' } as const;
    await changeDelivery(platform, tx, delivery, { kind: 'exchange.parked', actor, fetchCount });
  } else {
    await countFetch(tx, delivery);
  }
  return receiptOf(await getFirstFetch(tx, delivery));
}

async function getFirstFetch(tx: Transaction, { organisationId, id }: LockedDelivery): Promise<Entry> {
  const entries = await readEntries(tx, { organisationId, subjectId: id });
  const first = entries.find(({ kind }) => kind === 'exchange.fetched');
  assert(first, 'a fetched delivery has its entry');
  return first;
}
