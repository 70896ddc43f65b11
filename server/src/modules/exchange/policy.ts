/**
 * Who may do what on the exchange. A system acts only for the organisations assigned to it now (Decision 28/2018 Art. 13.2:
 * the link is authenticated; design: the header's `from` is the XML's From is one of the caller's).
 */
import type { ResolvedOrganisation } from '#directory';
import type { Caller } from './caller.ts';
import { refuse } from './refusals.ts';

export interface ClaimedSender {
  /** The code in the request beside the message, where the dialect has one. */
  readonly claimedFrom: string | undefined;
  readonly message: { readonly from: { readonly organId: string } };
}

/** The organisation in whose name the message may be sent, or a refusal. */
export function assertMaySend(
  caller: Caller,
  { claimedFrom, message }: ClaimedSender,
  directory: ReadonlyMap<string, ResolvedOrganisation>,
): ResolvedOrganisation {
  const code = message.from.organId;
  const sender = directory.get(code);
  if (!sender) throw refuse('sender_unknown', { code });
  if (claimedFrom !== undefined && directory.get(claimedFrom)?.organisationId !== sender.organisationId) {
    throw refuse('from_differs', { header: claimedFrom, message: code });
  }
  if (!caller.speaksFor.includes(sender.organisationId)) throw refuse('not_your_organisation', { code });
  if (sender.state === 'ended') {
    throw refuse('sender_ended', { code, successor: sender.successorCode ?? '–' });
  }
  return sender;
}
