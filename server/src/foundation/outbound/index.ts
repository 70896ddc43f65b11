export { createAddressRule, isNetwork } from './address-rule.ts';
export type { AddressKind, AddressRule } from './address-rule.ts';
export { createOutbound } from './outbound.ts';
export type { Outbound, OutboundAnswer, OutboundFault, OutboundOptions } from './outbound.ts';
