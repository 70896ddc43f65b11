/** What the use cases of the exchange share: the platform, and the gate that gathers acceptances. */
import type { Gatherer } from '#foundation/db';
import { createBacklogGate } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import type { Arrival } from './compose-acceptance.ts';
import { createFeedWatch } from './feed/feed-watch.ts';
import type { FeedWatch } from './feed/feed-watch.ts';
import { createGatheredAcceptance } from './gathered-acceptance.ts';
import type { Accepted } from './gathered-acceptance.ts';
import { createRefusalRecorder } from './record-refusal.ts';
import type { RefusalRecorder } from './record-refusal.ts';
import { createQuotaGate } from './quota-gate.ts';
import type { QuotaGate } from './quota-gate.ts';

export interface Exchange {
  readonly platform: Platform;
  readonly acceptance: Gatherer<Arrival, Accepted>;
  readonly gate: QuotaGate;
  readonly refusals: RefusalRecorder;
  /** Who of this process waits for events. */
  readonly feed: FeedWatch;
}

export function createExchange(platform: Platform): Exchange {
  return {
    platform,
    acceptance: createGatheredAcceptance(platform),
    refusals: createRefusalRecorder(platform),
    feed: createFeedWatch(),
    gate: createQuotaGate(createBacklogGate(platform.database.app)),
  };
}
