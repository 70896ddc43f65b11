/** What waits for the organisations that the system receives for. */
import { formatVietnamTime } from '#foundation/clock';
import type { WaitingDelivery } from '../../list-waiting.ts';
import { okAnswer } from '../answer.ts';
import type { Answer, Call } from '../call.ts';
import { readDays, readMessageKind, readPage } from '../parameters.ts';
import { transportStatus } from '../../wire/transport-words.ts';
import { messageTypeOf } from '../../wire/message-type.ts';

/**
 * `from` is not read: it is left over from a sending, and a system that receives for several organisations cannot
 * mean one of them by it.
 */
export async function getReceivedEdocList({ axis, caller, parameters }: Call): Promise<Answer> {
  const page = readPage(parameters);
  const waiting = await axis.listWaiting(caller, {
    kind: readMessageKind(parameters),
    ...(page && { page }),
    ...readDays(parameters),
  });
  return { json: okAnswer({ data: waiting.map(presentWaiting) }) };
}

/** The path says what is counted; `messagetype` is left over from another call. */
export async function countReceiveEdoc({ axis, caller }: Call): Promise<Answer> {
  return { json: okAnswer({ count: await axis.countWaiting(caller, 'document') }) };
}

export async function countReceiveStatus({ axis, caller }: Call): Promise<Answer> {
  return { json: okAnswer({ count: await axis.countWaiting(caller, 'status') }) };
}

function presentWaiting(delivery: WaitingDelivery) {
  const { word, description } = transportStatus(delivery.state);
  return {
    docId: delivery.deliveryId,
    serviceType: 'eDoc',
    messageType: messageTypeOf(delivery.kind),
    created_time: formatVietnamTime(delivery.acceptedAt),
    updated_time: formatVietnamTime(delivery.changedAt),
    from: delivery.fromCode,
    to: delivery.toCode,
    status: word,
    status_desc: description,
    contentSha256: delivery.digest.toString('hex'),
    contentLength: delivery.sizeBytes,
    // Beside what the SDK reads.
    title: delivery.subject ?? '',
  };
}
