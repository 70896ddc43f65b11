export { defineRefusals, listRefusals, Refusal, refusalEntry } from './refusal.ts';
export type { RefusalEntry, RefusalKind, RefusalParameters } from './refusal.ts';
export { assert, assertNever } from './assert.ts';
