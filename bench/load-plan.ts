import type { Address } from './http-connection.ts';
import type { Pace } from './pace.ts';

export interface LoadPlan {
  readonly address: Address;
  readonly pace: Pace;
  readonly traffic: Traffic;
}

export type Traffic =
  /** The same POST again and again. */
  { readonly kind: 'bare'; readonly bodyBytes: number };
