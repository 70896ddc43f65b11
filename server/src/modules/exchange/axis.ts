/**
 * Everything that a dialect asks of the axis. It decides nothing: each line is a use case of the exchange or of the
 * directory, the same whatever the way in.
 */
import {
  endOrganisationBySystem,
  findSystem,
  listOrganisations,
  registerOrganisationBySystem,
} from '#directory';
import type {
  AuthenticatedSystem,
  DirectoryHooks,
  EndingOutcome,
  Level,
  Organisation,
  RegistrationInput,
  RegistrationOutcome,
} from '#directory';
import { inTransaction } from '#foundation/db';
import type { Platform } from '#foundation/platform';
import { actorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import type { Mark } from './delivery.ts';
import type { MessageKind, SentRecipient } from './envelope.ts';
import type { Exchange } from './exchange.ts';
import { fetchDelivery } from './fetch-delivery.ts';
import type { FetchedDelivery } from './fetch-delivery.ts';
import { listSent, readTimeline } from './list-sent.ts';
import { readOnward } from './read-onward.ts';
import type { OnwardProgress } from './read-onward.ts';
import type { SentQuery, TimelineEvent } from './list-sent.ts';
import { countWaiting, listWaiting } from './list-waiting.ts';
import type { WaitingDelivery, WaitingQuery } from './list-waiting.ts';
import { markDelivery } from './mark-delivery.ts';
import type { MarkedDelivery } from './mark-delivery.ts';
import type { QuotaGate } from './quota-gate.ts';
import type { Sent } from './read-sent.ts';
import { send } from './send-envelope.ts';
import type { SendRequest } from './send-envelope.ts';

export interface Axis {
  findSystem(externalId: string): Promise<AuthenticatedSystem | undefined>;
  /** Whether the caller's quota has room for this request; each dialect asks once it knows the caller. */
  takeRequest: QuotaGate['takeRequest'];

  send(caller: Caller, request: SendRequest): Promise<Sent>;
  countWaiting(caller: Caller, kind: MessageKind): Promise<number>;
  listWaiting(caller: Caller, query: WaitingQuery): Promise<readonly WaitingDelivery[]>;
  fetchDelivery(caller: Caller, id: string): Promise<FetchedDelivery>;
  markDelivery(caller: Caller, marking: { id: string; mark: Mark }): Promise<MarkedDelivery>;
  listSent(caller: Caller, query: SentQuery): Promise<readonly SentRecipient[]>;
  readTimeline(caller: Caller, envelopeId: string): Promise<readonly TimelineEvent[]>;
  readOnward(caller: Caller, envelopeId: string): Promise<OnwardProgress>;

  /** In order of code, at most 1,000 at once. */
  listOrganisations(page: OrganisationPage): Promise<readonly Organisation[]>;
  registerOrganisation(caller: Caller, registration: RegistrationInput): Promise<RegistrationOutcome>;
  endOrganisation(caller: Caller, code: string): Promise<EndingOutcome>;
}

export interface OrganisationPage {
  readonly level?: Level;
  readonly state?: Organisation['state'];
  /** The code of the last one of the page before. */
  readonly after?: string;
}

export interface AxisParts {
  readonly exchange: Exchange;
  readonly platform: Platform;
  /** What the directory asks of those above it before an organisation ends. */
  readonly hooks: DirectoryHooks;
}

export function connectAxis({ exchange, platform, hooks }: AxisParts): Axis {
  return {
    findSystem: (externalId) => findSystem(platform, externalId),
    takeRequest: (caller) => exchange.gate.takeRequest(caller),
    send: (caller, request) => send(exchange, caller, request),
    countWaiting: (caller, kind) => countWaiting(exchange, caller, kind),
    listWaiting: (caller, query) => listWaiting(exchange, caller, query),
    fetchDelivery: (caller, id) => fetchDelivery(exchange, caller, id),
    markDelivery: (caller, marking) => markDelivery(exchange, caller, marking),
    listSent: (caller, query) => listSent(exchange, caller, query),
    readTimeline: (caller, envelopeId) => readTimeline(exchange, caller, envelopeId),
    readOnward: (caller, envelopeId) => readOnward(exchange, caller, envelopeId),
    listOrganisations: (page) =>
      inTransaction(platform.database.app, {}, (tx) =>
        listOrganisations(tx, { ...page, limit: organisationsPageRows }),
      ),
    registerOrganisation: (caller, registration) =>
      registerOrganisationBySystem(platform, { systemId: caller.systemId, registration }, actorOf(caller)),
    endOrganisation: (caller, code) =>
      endOrganisationBySystem(platform, hooks, { systemId: caller.systemId, code }, actorOf(caller)),
  };
}

const organisationsPageRows = 1_000;
