/**
 * The exchange: six commands that every dialect parses into and presents from. Each takes a `Caller` that the dialect
 * authenticated; each either does what it says, with its entry in the evidence log, or throws a `Refusal`.
 */
export { createExchange } from './exchange.ts';
export type { Exchange } from './exchange.ts';
export { callerOf } from './caller.ts';
export type { Caller } from './caller.ts';
export { send } from './send-envelope.ts';
export type { SendRequest } from './send-envelope.ts';
export type { Sent } from './read-sent.ts';
export { countWaiting, listWaiting } from './list-waiting.ts';
export type { WaitingDelivery, WaitingQuery } from './list-waiting.ts';
export { fetchDelivery } from './fetch-delivery.ts';
export type { FetchedDelivery } from './fetch-delivery.ts';
export { markDelivery } from './mark-delivery.ts';
export type { MarkedDelivery } from './mark-delivery.ts';
export { readOnward } from './read-onward.ts';
export type { OnwardProgress } from './read-onward.ts';
export { redeliver } from './redeliver.ts';
export type { Redelivery } from './redeliver.ts';
export { returnDelivery } from './return-delivery.ts';
export { listSent, readTimeline } from './list-sent.ts';
export type { SentQuery, TimelineEvent } from './list-sent.ts';
export type { DeliveryState, Mark } from './delivery.ts';
export type { MessageKind, SentRecipient } from './envelope.ts';
export { hasWaitingMail } from './store/waiting-mail.ts';
export { inspectHistory } from './inspect-history.ts';
export { inspectPackages } from './inspect-packages.ts';
export type { PackageInspection } from './inspect-packages.ts';
export type { ExchangeFinding } from './inspect-finding.ts';
export { destroyContents } from './destroy-contents.ts';
export type { DestroyReport } from './destroy-contents.ts';
export { sweepPackages } from './sweep-packages.ts';
export { sweepRequestKeys } from './native/idempotent-request.ts';
export { nativeRoutes } from './http/routes.ts';
export { vxpRoutes } from './vxp/index.ts';
export { lgspRoutes } from './lgsp/index.ts';
export { statusNames } from './business-status.ts';
export type { BusinessStatus } from './business-status.ts';
export { sealedColumns as exchangeSealedColumns } from './store/sealed-columns.ts';
