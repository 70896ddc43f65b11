/**
 * Who calls: a connected system that its dialect authenticated, and for whom it may act now. It speaks for the
 * organisations assigned to it (may send in their name), and receives for those whose one receiving system it is.
 */
import type { AuthenticatedSystem } from '#directory';
import type { Actor } from '#foundation/evidence';
import type { CredentialId, OrganisationId, SystemId } from '#foundation/ids';
import { refuse } from './refusals.ts';

export interface Caller {
  readonly systemId: SystemId;
  readonly externalId: string;
  readonly credentialId: CredentialId;
  readonly method: Actor['method'];
  /** Of the signature under which the system was let in, where its dialect has one: it goes into each entry. */
  readonly assertion?: string;
  readonly speaksFor: readonly OrganisationId[];
  readonly receivesFor: readonly OrganisationId[];
  /** The system asked for packages without junk before the XML declaration. */
  readonly normalisesOutgoing: boolean;
  readonly quota: AuthenticatedSystem['quota'];
}

/**
 * The system as it is now, once its dialect has proved who it is. A dialect that hands out tokens looks the system up
 * again for each request: a suspended one gets no further than here, whatever it holds.
 */
export function callerOf(
  system: AuthenticatedSystem,
  proof: Pick<Caller, 'credentialId' | 'method' | 'assertion'>,
): Caller {
  if (system.state === 'suspended') throw refuse('system_suspended');
  const { systemId, externalId, speaksFor, receivesFor, normalisesOutgoing, quota } = system;
  return { systemId, externalId, ...proof, speaksFor, receivesFor, normalisesOutgoing, quota };
}

export function actorOf(caller: Caller): Actor {
  const { method, systemId, credentialId, assertion } = caller;
  return {
    method,
    system: systemId,
    credential: credentialId,
    ...(assertion !== undefined && { assertion }),
  };
}
