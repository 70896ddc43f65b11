/** What the use cases of the exchange share: the platform, and the gate that gathers acceptances. */
import type { Gatherer } from '#foundation/db';
import { createBacklogGate } from '#foundation/evidence';
import { createOutbound } from '#foundation/outbound';
import type { Outbound } from '#foundation/outbound';
import type { Platform } from '#foundation/platform';
import type { Arrival } from './compose-acceptance.ts';
import { createFeedWatch } from './feed/feed-watch.ts';
import type { FeedWatch } from './feed/feed-watch.ts';
import { createPollPlaces } from './feed/poll-places.ts';
import type { PollPlaces } from './feed/poll-places.ts';
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
  /** For those who do. */
  readonly polls: PollPlaces;
  /** The way to addresses that connected systems chose. */
  readonly outbound: Outbound;
}

export function createExchange(
  platform: Platform,
  outbound: Outbound = createOutbound({ listedNetworks: [] }),
): Exchange {
  return {
    outbound,
    platform,
    acceptance: createGatheredAcceptance(platform),
    refusals: createRefusalRecorder(platform),
    feed: createFeedWatch(),
    polls: createPollPlaces(),
    gate: createQuotaGate(createBacklogGate(platform.database.app)),
  };
}
