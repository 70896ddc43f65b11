/**
 * A fetched message taken apart for a receiver who does not read edXML: its fields, and each attachment decoded and
 * unwrapped. The first reading is a fetch like any other, recorded before the first byte; looking at the parts after it
 * is not another one, so that a letter with ten annexes does not look like one that nobody can store.
 */
import type { Caller } from '../caller.ts';
import { getDelivery } from './browse-mailbox.ts';
import type { DeliveryState } from '../delivery.ts';
import { createEdxmlReader, readAttachment } from '../edxml/index.ts';
import type { Attachment, EdxmlMessage } from '../edxml/index.ts';
import type { Exchange } from '../exchange.ts';
import { fetchDelivery } from '../fetch-delivery.ts';
import { refuse as refuseExchange } from '../refusals.ts';
import { refuse } from './refusals.ts';

export async function readMessage(exchange: Exchange, caller: Caller, id: string): Promise<EdxmlMessage> {
  return parse(await openPackage(exchange, caller, id));
}

export interface DeliveredAttachment {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sniffedType: string;
  readonly content: AsyncIterable<Buffer>;
}

/** Counted from 1. */
export async function readDeliveredAttachment(
  exchange: Exchange,
  caller: Caller,
  { id, number }: { readonly id: string; readonly number: number },
): Promise<DeliveredAttachment> {
  const open = await openPackage(exchange, caller, id);
  const message = await parse(open);
  const attachment = message.kind === 'document' ? message.attachments[number - 1] : undefined;
  if (!attachment) throw refuse('attachment_unknown', { id, number });
  return {
    name: attachment.name,
    sizeBytes: sizeOf(attachment),
    sniffedType: attachment.sniffedType,
    content: readAttachment(open(), attachment),
  };
}

export function sizeOf({ unwrapped, sizeBytes }: Attachment): number {
  return unwrapped?.sizeBytes ?? sizeBytes;
}

const handedOut: ReadonlySet<DeliveryState> = new Set(['fetched', 'done', 'failed', 'parked']);

type OpenPackage = () => AsyncIterable<Buffer>;

async function openPackage(exchange: Exchange, caller: Caller, id: string): Promise<OpenPackage> {
  const delivery = await getDelivery(exchange, caller, id);
  if (delivery.is_taken_back) throw refuseExchange('delivery_recalled', { id });
  if (!handedOut.has(delivery.state)) {
    // Its content is not read here: the parts are read from the store, as often as they are asked for.
    await fetchDelivery(exchange, caller, id);
  }
  const { package_key: key, package_id, package_size_bytes: sizeBytes } = delivery;
  if (!key) throw refuseExchange('content_destroyed', { id });
  return () => exchange.platform.blobs.open({ id: package_id, sizeBytes, key });
}

async function parse(open: OpenPackage): Promise<EdxmlMessage> {
  const reader = createEdxmlReader();
  for await (const chunk of open()) await reader.write(chunk);
  return reader.end();
}
