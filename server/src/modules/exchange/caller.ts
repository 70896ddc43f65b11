/**
 * Who calls: a connected system that its dialect authenticated, and for whom it may act now. It speaks for the
 * organisations assigned to it (may send in their name), and receives for those whose one receiving system it is.
 */
import type { Actor } from '#foundation/evidence';
import type { CredentialId, OrganisationId, SystemId } from '#foundation/ids';

export interface Caller {
  readonly systemId: SystemId;
  readonly externalId: string;
  readonly credentialId: CredentialId;
  readonly method: Actor['method'];
  readonly speaksFor: readonly OrganisationId[];
  readonly receivesFor: readonly OrganisationId[];
  /** The system asked for packages without junk before the XML declaration. */
  readonly normalisesOutgoing: boolean;
}

export function actorOf(caller: Caller): Actor {
  return { method: caller.method, system: caller.systemId, credential: caller.credentialId };
}
