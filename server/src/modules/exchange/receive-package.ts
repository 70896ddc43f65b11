/**
 * Takes in a package while it arrives: hashed, checked and stored in one pass, with flat memory. Nothing is left of it
 * unless everything about it was right.
 */
import { createHash } from 'node:crypto';
import type { BlobWriter, StoredBlob } from '#foundation/blob';
import type { Platform } from '#foundation/platform';
import { createEdxmlReader, maxPackageBytes } from './edxml/index.ts';
import type { EdxmlMessage } from './edxml/index.ts';
import type { MessageKind } from './envelope.ts';
import { refuse } from './refusals.ts';

/** Real status messages have two kilobytes. */
const largestStatusBytes = 64 * 1024;

export interface IncomingPackage {
  /** What the sender says that it is. A form may say so behind its file only: then it is asked at the end. */
  readonly kind: MessageKind | (() => MessageKind);
  /** The size announced beforehand (Content-Length), which the body must have. */
  readonly sizeBytes: number | undefined;
  /** Where only what is around the package was announced: it has at least so many bytes. */
  readonly leastBytes?: number;
  /** Whether the SHA-256 of the body is the one that was announced, where the dialect announces one. */
  readonly expectedDigest?: (digest: Buffer) => boolean;
  readonly body: AsyncIterable<Buffer>;
}

export interface ReceivedPackage<Message extends EdxmlMessage = EdxmlMessage> {
  readonly message: Message;
  readonly digest: Buffer;
  /** Finishes the storing: durable when it resolves. Only now does a large package cost a flush. */
  store(): Promise<StoredBlob>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

export async function receivePackage(
  platform: Platform,
  incoming: IncomingPackage,
): Promise<ReceivedPackage> {
  const announcedBytes = incoming.sizeBytes ?? incoming.leastBytes ?? 0;
  refuseTooLarge(announcedBytes);
  // Statuses are what the reserve of the disk is kept for, beside PostgreSQL and fetches.
  if (incoming.kind === 'document' || announcedBytes > largestStatusBytes) {
    await platform.blobs.requireRoomFor(announcedBytes);
  }
  const writer = platform.blobs.create({ digestBy: 'caller' });
  try {
    const { message, digest } = await readThrough(incoming, writer);
    const claimed = typeof incoming.kind === 'function' ? incoming.kind() : incoming.kind;
    if (message.kind !== claimed) throw refuse('kind_differs', { claimed, found: message.kind });
    if (claimed === 'document' && claimed !== incoming.kind) await platform.blobs.requireRoomFor(0);
    return { message, digest, store: () => writer.finish({ digest }), discard: () => writer.discard() };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

async function readThrough(
  incoming: IncomingPackage,
  writer: BlobWriter,
): Promise<{ message: EdxmlMessage; digest: Buffer }> {
  const hash = createHash('sha256');
  const reader = createEdxmlReader();
  let receivedBytes = 0;
  for await (const chunk of incoming.body) {
    receivedBytes += chunk.length;
    refuseTooLarge(receivedBytes);
    hash.update(chunk);
    // Both answer at once for ordinary sizes; waiting for a promise that is none would cost a turn a chunk.
    const parsed = reader.write(chunk);
    if (parsed) await parsed;
    const written = writer.write(chunk);
    if (written) await written;
  }
  if (incoming.sizeBytes !== undefined && receivedBytes !== incoming.sizeBytes) {
    throw refuse('size_differs', { received: receivedBytes, announced: incoming.sizeBytes });
  }
  const digest = hash.digest();
  if (incoming.expectedDigest && !incoming.expectedDigest(digest)) throw refuse('digest_differs');
  return { message: await reader.end(), digest };
}

function refuseTooLarge(sizeBytes: number): void {
  if (sizeBytes > maxPackageBytes) throw refuse('package_too_large', { limitBytes: maxPackageBytes });
}
