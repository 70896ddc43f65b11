/** What waits for the organisations that the system receives for, until it is marked done. */
import { formatVietnamTime } from '#foundation/clock';
import type { WaitingDelivery } from '../../list-waiting.ts';
import { messageTypeOf } from '../../wire/message-type.ts';
import { transportStatus } from '../../wire/transport-words.ts';
import type { Answer } from '../../wire/write-answer.ts';
import { okAnswer } from '../answer.ts';
import type { Call } from '../call.ts';
import { readDays, readMessageKind } from '../parameters.ts';

export async function syncReceivedEdocList({ axis, caller, parameters }: Call): Promise<Answer> {
  const waiting = await axis.listWaiting(caller, {
    kind: readMessageKind(parameters.get('messagetype')),
    ...readDays(parameters),
  });
  return { json: okAnswer({ count: waiting.length, data: waiting.map(presentWaiting) }) };
}

function presentWaiting(delivery: WaitingDelivery) {
  const { word, description } = transportStatus(delivery.state);
  return {
    docId: delivery.deliveryId,
    from: delivery.fromCode,
    to: delivery.toCode,
    serviceType: 'eDoc',
    messageType: messageTypeOf(delivery.kind),
    status: word,
    statusDesc: description,
    createdTime: formatVietnamTime(delivery.acceptedAt),
    updatedTime: formatVietnamTime(delivery.changedAt),
  };
}
