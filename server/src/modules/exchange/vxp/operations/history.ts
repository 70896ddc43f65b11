/** The history of a sending and of each recipient's copy, each step with its receipt. An operation of ours, beside the SDK's. */
import { formatVietnamTime } from '#foundation/clock';
import { okAnswer } from '../answer.ts';
import type { Answer, Call } from '../call.ts';

export async function getSentEdocHistory({ axis, caller, parameters }: Call): Promise<Answer> {
  const envelopeId = parameters.get('docid')!.trim();
  const [events, onward] = await Promise.all([
    axis.readTimeline(caller, envelopeId),
    axis.readOnward(caller, envelopeId),
  ]);
  const data = events.map(({ deliveryId, kind, at, receipt }) => ({
    receiverDocId: deliveryId ?? '',
    event: kind,
    eventTime: formatVietnamTime(at),
    receipt,
  }));
  // How far the recipients passed it on: counts only.
  return {
    json: okAnswer({ data, onward: { recipients: onward.recipients, reached: onward.reached } }),
  };
}
