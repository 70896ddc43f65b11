/** Systems that agencies connect to the axis. */
import type { ValidCredentials } from './credential.ts';
import type { OrganisationId, SystemId } from '#foundation/ids';
import { refuse } from './refusals.ts';
import type { SystemQuota } from './system-quota.ts';

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
  readonly credentials: ValidCredentials;
  readonly quota: SystemQuota;
  /** Ended organisations stay in it: their mail and statuses can still be handled. */
  readonly speaksFor: readonly OrganisationId[];
  readonly receivesFor: readonly OrganisationId[];
  readonly normalisesOutgoing: boolean;
  readonly parentCode: string | null;
}

/** Ids travel in HTTP headers, so they are printable ASCII without blanks. */
export function parseExternalId(text: string): string {
  if (!/^[!-~]{1,100}$/.test(text)) throw refuse('system_id_malformed');
  return text;
}
