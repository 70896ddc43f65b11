/** The senders' half of the replay: letters of the plan, signed before the clock starts and composed when they are sent. */
import { createLetters } from '../letter.ts';
import { writeSendHead } from '../send-traffic.ts';
import { readAnswer } from '../vxp-call.ts';
import type { HttpConnection } from '../http-connection.ts';
import type { Letters } from '../letter.ts';
import type { System } from './replay-plan.ts';
import type { PlannedDocument } from './traffic.ts';
import type { Nation } from './tree.ts';

export interface SendingOptions {
  readonly nation: Nation;
  readonly systemOf: ReadonlyMap<number, System>;
  readonly planned: readonly PlannedDocument[];
  readonly runId: string;
}

export interface Outbox {
  send(connection: HttpConnection, ordinal: number): Promise<void>;
  documentId(ordinal: number): string;
}

export function prepareOutbox({ nation, systemOf, planned, runId }: SendingOptions): Outbox {
  const partyOf = (place: number) => nation.organisations[place]!;
  /** A repeat is the letter that it repeats, byte for byte. */
  const originalOf = (ordinal: number): number => {
    const { act, about } = planned[ordinal]!;
    return act === 'repeat' ? about! : ordinal;
  };
  const compose = (ordinal: number): Letters => {
    const { from, to, sizeBytes, priority, act, about } = planned[ordinal]!;
    const isFollowUp = act === 'update' || act === 'recall';
    return createLetters({
      from: partyOf(from),
      to: to.map(partyOf),
      sizeBytes,
      priority,
      runId,
      about: isFollowUp ? { act, documentId: documentId(about!) } : undefined,
    });
  };
  const documentId = (ordinal: number): string =>
    compose(originalOf(ordinal)).documentId(originalOf(ordinal));
  const heads = planned.map(({ from }, ordinal) => {
    const { system } = systemOf.get(partyOf(from).hub)!;
    return writeSendHead({ ...partyOf(from), system }, compose(originalOf(ordinal)), originalOf(ordinal));
  });
  return {
    documentId,
    async send(connection, ordinal) {
      const parts = compose(originalOf(ordinal)).parts(originalOf(ordinal));
      readAnswer(await connection.request([heads[ordinal]!, ...parts]));
    },
  };
}
