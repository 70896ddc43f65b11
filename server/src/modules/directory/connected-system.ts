/** Systems that agencies connect to the axis, and their credentials. */
import type { CredentialId, OrganisationId, SystemId } from '#foundation/ids';
import { refuse } from './refusals.ts';

export interface ConnectedSystem {
  readonly id: SystemId;
  /** The id that the system itself sends, `XroadVnpt-systemid`. */
  readonly externalId: string;
  readonly name: string;
  /** The root of what the system may register by itself. */
  readonly parentId: OrganisationId | null;
  readonly parentCode: string | null;
  readonly normalisesOutgoing: boolean;
  /** Whether what the system registers waits for an operator. */
  readonly needsApproval: boolean;
  readonly state: 'active' | 'suspended';
  readonly stateSince: Temporal.Instant;
  readonly stateBy: string;
  readonly stateReason: string | null;
}

/** What authentication and authorisation of a connected system need, as it is now. */
export interface AuthenticatedSystem {
  readonly systemId: SystemId;
  readonly externalId: string;
  readonly name: string;
  readonly state: 'active' | 'suspended';
  readonly credentials: readonly { readonly credentialId: CredentialId; readonly secret: string }[];
  /** Ended organisations stay in it: their mail and statuses can still be handled. */
  readonly speaksFor: readonly OrganisationId[];
  readonly receivesFor: readonly OrganisationId[];
  readonly normalisesOutgoing: boolean;
  readonly parentCode: string | null;
}

export interface IssuedCredential {
  readonly credentialId: CredentialId;
  readonly secret: string;
}

const secretLength = { minimum: 16, maximum: 200 };

/** Ids travel in HTTP headers, so they are printable ASCII without blanks. */
export function parseExternalId(text: string): string {
  if (!/^[!-~]{1,100}$/.test(text)) throw refuse('system_id_malformed');
  return text;
}

/** A secret brought along by a client that is already configured; otherwise one is made. */
export function parseSecret(text: string): string {
  const { minimum, maximum } = secretLength;
  if (!/^[!-~]+$/.test(text) || text.length < minimum || text.length > maximum) {
    throw refuse('secret_too_weak', { minimum, maximum });
  }
  return text;
}

/** What a sealed secret is bound to, so that it opens in no other row. */
export function credentialContext(systemId: SystemId, credentialId: CredentialId): string {
  return `directory.credential ${systemId} ${credentialId}`;
}
