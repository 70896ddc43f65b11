import type { Address } from '../http-connection.ts';
import type { LatencySummary } from '../latencies.ts';
import type { ConnectedParty } from '../send-traffic.ts';
import type { PlannedDocument } from './traffic.ts';
import type { Nation } from './tree.ts';

/** Of a province or a ministry; it speaks and receives for all below it. */
export interface System extends Pick<ConnectedParty, 'system'> {
  /** Its place in the nation. */
  readonly hub: number;
}

/** What the generator is told; it travels to its process. */
export interface ReplayPlan {
  readonly address: Address;
  readonly nation: Nation;
  readonly systems: readonly System[];
  readonly planned: readonly PlannedDocument[];
  readonly seed: number;
  readonly runId: string;
  /** When each is to be sent; without it, as fast as receivers keep up. */
  readonly dueSeconds?: readonly number[];
}

export interface ReplayReport {
  readonly documents: number;
  /** Copies fetched and marked done. */
  readonly deliveries: number;
  /** Status messages sent; each was fetched and marked done by the sender of its document. */
  readonly statuses: number;
  /** Copies taken back before they were fetched, as far as a receiver noticed. */
  readonly withdrawn: number;
  readonly sentBytes: number;
  readonly fetchedBytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of sendEdoc, from when it was to be sent. */
  readonly sending: LatencySummary;
  /** From accepted to marked done by the receiver. */
  readonly arriving: LatencySummary;
  readonly failures: readonly string[];
}
