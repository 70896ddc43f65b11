import type { CycleTraffic } from './cycle-traffic.ts';
import type { Address } from './http-connection.ts';
import type { Pace } from './pace.ts';
import type { SendTraffic } from './send-traffic.ts';
import type { SlowTraffic } from './slow-traffic.ts';

/** What the load generator is told to do; it travels to its process. */
export interface LoadPlan {
  readonly address: Address;
  readonly pace: Pace;
  readonly traffic: BareTraffic | SendTraffic | CycleTraffic | SlowTraffic;
}

/** The same POST again and again. */
export interface BareTraffic {
  readonly kind: 'bare';
  readonly bodyBytes: number;
}
