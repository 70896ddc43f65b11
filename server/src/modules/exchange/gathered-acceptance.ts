/**
 * The acceptance of documents, gathered: all who wait are written by one transaction, so that one flush serves them.
 * This is the one exception to "one use case, one transaction". Nothing is acknowledged before its commit, a bad one
 * never fails its neighbours, and an outage of PostgreSQL is waited out.
 *
 * A batch that was cut off during its commit is simply written again: the second attempt finds what the first may have
 * committed as a former sending with the same package, and answers with its receipt. So nobody has to know.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveCodes } from '#directory';
import type { ResolvedOrganisation } from '#directory';
import { insertBlobRows } from '#foundation/blob';
import { createGatherer, inTransaction, isOutage, isSerialisationConflict } from '#foundation/db';
import type { Gatherer, Outcome, Transaction } from '#foundation/db';
import { insertEntries, receiptOf } from '#foundation/evidence';
import type { EnvelopeId, OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { Refusal } from '#foundation/refusal';
import { decideAcceptance } from './acceptance.ts';
import type { FormerSending } from './acceptance.ts';
import { assertMaySend } from './policy.ts';
import { composeAcceptance } from './compose-acceptance.ts';
import type { AcceptedDecision, Arrival, Composed, WrittenMessage } from './compose-acceptance.ts';
import type { Origin, Recipient } from './envelope.ts';
import { prepareFollowUps } from './follow-up.ts';
import { findFormerSendings, insertEnvelopes, insertRecipients } from './store/acceptance-rows.ts';
import { findOrigins } from './store/onward-rows.ts';
import { refuse } from './refusals.ts';
import { takeBackCopies } from './store/taking-back-rows.ts';
import { addressesOf } from './taking-back.ts';

export type Accepted = {
  readonly senderId: OrganisationId;
  readonly envelopeId: EnvelopeId;
} & (
  | { readonly outcome: 'accepted'; readonly receipt: string; readonly recipients: readonly Recipient[] }
  /** `keepsPackage`: the sending that it repeats is its own first attempt, whose package is this arrival's. */
  | { readonly outcome: 'repeat'; readonly keepsPackage: boolean }
  /** The document id was used for other content, by that envelope. */
  | { readonly outcome: 'taken' }
);

const maxArrivalsPerBatch = 256;
const maxRecipientsPerBatch = 2_000;
/** Longer than a restart of PostgreSQL, shorter than a client waits for its answer. */
const outagePatienceMs = 20_000;
const outageRetryMs = 250;

export function createGatheredAcceptance(platform: Platform): Gatherer<Arrival, Accepted> {
  return createGatherer<Arrival, Accepted>({
    write: (arrivals) => writePatiently(platform, arrivals),
    maxItems: maxArrivalsPerBatch,
    weigh: (arrival) => arrival.message.to.length,
    maxWeight: maxRecipientsPerBatch,
    concurrency: 2,
  });
}

async function writePatiently(
  platform: Platform,
  arrivals: readonly Arrival[],
): Promise<Outcome<Accepted>[]> {
  const giveUpAt = performance.now() + outagePatienceMs;
  let wasCutOff = false;
  for (;;) {
    try {
      const outcomes = await writeBatch(platform, arrivals);
      return wasCutOff ? outcomes.map(withoutCertainty) : outcomes;
    } catch (error) {
      const mayPass = isOutage(error) || isSerialisationConflict(error);
      if (mayPass && performance.now() < giveUpAt) {
        wasCutOff = true;
        await sleep(outageRetryMs);
      } else if (mayPass || arrivals.length === 1) {
        return arrivals.map(() => ({
          error: new Error('the acceptance could not be written', { cause: error }),
        }));
      } else {
        // One of them carries what PostgreSQL does not take. Alone, each stands or falls by itself.
        const alone = await Promise.all(arrivals.map((arrival) => writePatiently(platform, [arrival])));
        return alone.flat();
      }
    }
  }
}

/**
 * After a commit that was cut off, a refusal is no certain answer: the first attempt may have counted, and the directory
 * may have changed since. The sender is asked to repeat, and is then told what became of it.
 */
function withoutCertainty(outcome: Outcome<Accepted>): Outcome<Accepted> {
  if (!('error' in outcome)) return outcome;
  return { error: new Error('nobody knows whether the acceptance was written', { cause: outcome.error }) };
}

/**
 * Two arrivals about one document must be decided one after the other, since the second sees what became of the first:
 * one of them goes on to the next batch. So does what lost a race against another server.
 */
async function writeBatch(platform: Platform, arrivals: readonly Arrival[]): Promise<Outcome<Accepted>[]> {
  const first = firstOfEachDocument(arrivals);
  const outcomes = await inTransaction(platform.database.ingest, {}, (tx) => writeFirst(platform, tx, first));
  return arrivals.map((arrival) => outcomes.get(arrival) ?? { again: true });
}

function firstOfEachDocument(arrivals: readonly Arrival[]): Arrival[] {
  const taken = new Set<string>();
  return arrivals.filter(({ caller, message }) => {
    // By system: organisations that share a document id by chance do not share a system.
    const key = `${caller.systemId} ${message.documentId}`;
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  });
}

/** Those missing from the answer lost a race against another server. */
async function writeFirst(
  platform: Platform,
  tx: Transaction,
  arrivals: readonly Arrival[],
): Promise<Map<Arrival, Outcome<Accepted>>> {
  const directory = await resolveCodes(tx, arrivals.flatMap(codesOf));
  const outcomes = new Map<Arrival, Outcome<Accepted>>();
  const admitted = arrivals.flatMap((arrival) => {
    const sender = attempt(outcomes, arrival, () => assertMaySend(arrival.caller, arrival, directory));
    return sender ? [{ arrival, sender }] : [];
  });
  const former = await findFormerSendings(
    tx,
    admitted.map(({ arrival, sender }) => ({
      organisationId: sender.organisationId,
      documentId: arrival.message.documentId,
      contentDigest: arrival.contentDigest,
    })),
  );

  const toAccept: Omit<AcceptedDecision, 'followUp' | 'origin'>[] = [];
  for (const [index, { arrival, sender }] of admitted.entries()) {
    const decision = attempt(outcomes, arrival, () => decide(arrival, former[index]!, directory));
    if (decision?.outcome === 'accept') {
      toAccept.push({ arrival, sender, ...decision });
    } else if (decision) {
      const { envelopeId, packageId } = decision.sending;
      const { outcome } = decision;
      const keepsPackage = packageId === arrival.package.id;
      outcomes.set(arrival, {
        result: { outcome, senderId: sender.organisationId, envelopeId, keepsPackage },
      });
    }
  }
  const composed = await composeAll(platform, tx, { toAccept, directory, outcomes });
  for (const { arrival, acceptance } of await insertComposed(tx, composed)) {
    outcomes.set(arrival, {
      result: {
        outcome: 'accepted',
        senderId: acceptance.envelope.organisationId,
        envelopeId: acceptance.envelope.id,
        receipt: receiptOf(acceptance.entry),
        recipients: acceptance.envelope.recipients,
      },
    });
  }
  return outcomes;
}

/**
 * Composes what is to be accepted, with what it does to earlier documents; what is about an unknown one is refused, and
 * what is about the same copies as another of the batch is left for the next.
 */
async function composeAll(
  platform: Platform,
  tx: Transaction,
  {
    toAccept,
    directory,
    outcomes,
  }: {
    readonly toAccept: readonly Omit<AcceptedDecision, 'followUp' | 'origin'>[];
    readonly directory: ReadonlyMap<string, ResolvedOrganisation>;
    readonly outcomes: Map<Arrival, Outcome<Accepted>>;
  },
): Promise<Composed[]> {
  const followUps = await prepareFollowUps(
    tx,
    toAccept.map(({ arrival, sender, recipients }) => ({ message: arrival.message, sender, recipients })),
    directory,
  );
  const origins = await originsOf(tx, toAccept);
  const codes = new Map([...directory.values()].map(({ organisationId, code }) => [organisationId, code]));
  const codeOf = (organisationId: OrganisationId): string => codes.get(organisationId)!;
  const composed: Composed[] = [];
  for (const [index, decision] of toAccept.entries()) {
    const followUp = followUps[index];
    const origin = origins[index]!;
    const refusal = [followUp, origin].find((found) => found instanceof Refusal);
    if (refusal) outcomes.set(decision.arrival, { error: refusal });
    else if (followUp && !(followUp instanceof Refusal) && !(origin instanceof Refusal)) {
      composed.push(await composeAcceptance(platform, tx, { ...decision, followUp, origin }, codeOf));
    }
  }
  return composed;
}

/** For each, in order, where what it passes on began; null where it passes nothing on. */
async function originsOf(
  tx: Transaction,
  toAccept: readonly Pick<AcceptedDecision, 'arrival' | 'sender'>[],
): Promise<(Origin | Refusal | null)[]> {
  const asked = toAccept.flatMap(({ arrival: { onwardOf }, sender }) =>
    onwardOf === undefined ? [] : [{ deliveryId: onwardOf, organisationId: sender.organisationId }],
  );
  if (asked.length === 0) return toAccept.map(() => null);
  const found = (await findOrigins(tx, asked)).values();
  return toAccept.map(({ arrival: { onwardOf } }) =>
    onwardOf === undefined ? null : (found.next().value ?? refuse('onward_unknown', { id: onwardOf })),
  );
}

/** Writes what is still free and returns it; the axis' notices of refused recipients go with their document or not at all. */
async function insertComposed(tx: Transaction, composed: readonly Composed[]): Promise<Composed[]> {
  const inserted = await insertEnvelopes(
    tx,
    composed.map(({ acceptance }) => acceptance.envelope),
  );
  const kept = composed.filter(({ acceptance }) => inserted.has(acceptance.envelope.id));
  const notices = kept.flatMap(({ notices }) => notices);
  if (notices.length > 0)
    await insertEnvelopes(
      tx,
      notices.map(({ envelope }) => envelope),
    );
  const messages: readonly WrittenMessage[] = [...kept.map(({ acceptance }) => acceptance), ...notices];
  await Promise.all([
    takeBackCopies(
      tx,
      kept.flatMap(({ changes }) => changes),
    ),
    insertRecipients(
      tx,
      messages.map(({ envelope }) => envelope),
    ),
    insertBlobRows(
      tx,
      messages.map(({ blob }) => blob),
    ),
    insertEntries(tx, [
      ...messages.map(({ entry }) => entry),
      ...kept.flatMap(({ copyEntries }) => copyEntries),
    ]),
  ]);
  return kept;
}

function codesOf({ message, claimedFrom }: Arrival): string[] {
  return [
    message.from.organId,
    ...(claimedFrom ? [claimedFrom] : []),
    ...addressesOf(message).map(({ code }) => code),
    ...message.business.replacements.flatMap(({ organIds }) => organIds),
  ];
}

function decide(
  arrival: Arrival,
  former: readonly FormerSending[],
  directory: ReadonlyMap<string, ResolvedOrganisation>,
): ReturnType<typeof decideAcceptance> {
  const { message, contentDigest } = arrival;
  return decideAcceptance(
    {
      documentId: message.documentId,
      businessType: message.business.docType,
      contentDigest,
      to: addressesOf(message),
    },
    former,
    directory,
  );
}

/** A refusal is the outcome of its arrival alone; anything else fails the batch. */
function attempt<Value>(
  outcomes: Map<Arrival, Outcome<Accepted>>,
  arrival: Arrival,
  decision: () => Value,
): Value | undefined {
  try {
    return decision();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    outcomes.set(arrival, { error });
    return undefined;
  }
}
