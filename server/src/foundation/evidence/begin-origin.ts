/**
 * A log whose tail is lost cannot be signed on under its name: that would show two histories. It goes on under another
 * name, with the leaves that are left; the first thing that it says is where the former one had come to.
 */
import type { Database } from '#foundation/db';
import { inTransaction } from '#foundation/db';
import { Refusal } from '#foundation/refusal';
import type { CheckpointArchive } from './checkpoint-archive.ts';
import type { Fact } from './entry.ts';
import { verifyHistory } from './publish-checkpoint.ts';
import type { ReceiptSigner } from './receipt.ts';
import { record } from './record.ts';
import { refuse } from './refusals.ts';
import { sequenceEntries } from './sequence-entries.ts';
import { readHead } from './store/log.ts';
import { originsOf, type TrustContent } from './trust.ts';

export interface OriginBeginning {
  readonly database: Pick<Database, 'app' | 'sequencer'>;
  readonly archive: CheckpointArchive;
  readonly receipts: ReceiptSigner;
  readonly trust: TrustContent;
  readonly origin: string;
  /** The axis, in whose history it stands. */
  readonly organisation: Fact['organisation'];
}

export interface BegunOrigin {
  readonly formerOrigin: string;
  /** The largest size that was signed under the former name. */
  readonly lastSize: number;
  /** So many leaves of it are left. */
  readonly keptSize: number;
  /** The log's size with the entry that names the former checkpoint: nothing smaller is signed under the new name. */
  readonly fromSize: number;
}

/** Refuses where the log is not forked. To be called while no server runs; the new trust file makes it count. */
export async function beginOrigin(beginning: OriginBeginning): Promise<BegunOrigin> {
  const { database, archive, receipts, trust, origin, organisation } = beginning;
  if (originsOf(trust).includes(origin)) throw refuse('origin_used', { origin });
  await assertForked(beginning);
  const last = await archive.newest(trust.origin);
  if (!last) throw refuse('not_forked', { origin: trust.origin, size: 0 });
  const keptSize = await sizeOf(database);
  await inTransaction(database.app, { organisations: [organisation.id] }, (tx) =>
    record(tx, receipts, {
      kind: 'log.origin_begun',
      organisation,
      subjectId: organisation.id,
      actor: { method: 'axis' },
      claims: {
        origin,
        former: { origin: trust.origin, size: last.size, root: last.root.toString('base64'), kept: keptSize },
      },
    }),
  );
  // What waited comes before it; the former name's guard does not hold for the new one.
  while ((await sequenceEntries(database.sequencer, { size: keptSize })) > 0);
  return { formerOrigin: trust.origin, lastSize: last.size, keptSize, fromSize: await sizeOf(database) };
}

/** The next trust file: both names with their keys and intervals, everything else as it was. */
export function trustOfOrigin(
  former: TrustContent,
  {
    begun,
    origin,
    vkeys,
    issuedAt,
  }: {
    readonly begun: BegunOrigin;
    readonly origin: string;
    /** The log key's, under the new name. */
    readonly vkeys: readonly string[];
    readonly issuedAt: Temporal.Instant;
  },
): TrustContent {
  const { formerOrigin, keptSize, lastSize, fromSize } = begun;
  const untilSize = lastSize + 1;
  return {
    ...former,
    serial: former.serial + 1,
    issuedAt: issuedAt.toString({ smallestUnit: 'millisecond' }),
    origin,
    formerOrigins: [...(former.formerOrigins ?? []), { origin: formerOrigin, keptSize }],
    logKeys: [
      ...former.logKeys.map((key) => ({
        ...key,
        untilSize: Math.min(key.untilSize ?? untilSize, untilSize),
      })),
      ...vkeys.map((vkey) => ({ vkey, fromSize, untilSize: null })),
    ],
  };
}

async function assertForked({ database, archive, trust }: OriginBeginning): Promise<void> {
  const formerOrigins = originsOf(trust);
  try {
    const { size } = await verifyHistory({
      pool: database.sequencer,
      origin: trust.origin,
      formerOrigins,
      archive,
    });
    throw refuse('not_forked', { origin: trust.origin, size });
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'evidence.fork')) throw error;
  }
}

function sizeOf({ sequencer }: OriginBeginning['database']): Promise<number> {
  return inTransaction(sequencer, {}, async (tx) => (await readHead(tx)).size);
}
