/** What the use cases of the exchange share: the platform, and the gate that gathers acceptances. */
import type { Gatherer } from '#foundation/db';
import type { Platform } from '#foundation/platform';
import type { Arrival } from './compose-acceptance.ts';
import { createGatheredAcceptance } from './gathered-acceptance.ts';
import type { Accepted } from './gathered-acceptance.ts';
import { createUploadGate } from './upload-gate.ts';
import type { UploadGate } from './upload-gate.ts';

export interface Exchange {
  readonly platform: Platform;
  readonly acceptance: Gatherer<Arrival, Accepted>;
  readonly uploads: UploadGate;
}

export interface ExchangeOptions {
  /** How far the evidence log is behind, in entries; beyond its bound nothing more is accepted. */
  readonly pendingEntries: () => number;
}

export function createExchange(platform: Platform, options: ExchangeOptions): Exchange {
  return {
    platform,
    acceptance: createGatheredAcceptance(platform),
    uploads: createUploadGate(options.pendingEntries),
  };
}
