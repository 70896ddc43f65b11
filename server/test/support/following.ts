/** Brings duties and figures of a world up to what happened in it, and lets things have happened at another time. */
import { Client } from 'pg';
import { sequenceEntries } from '../../src/foundation/evidence/sequence-entries.ts';
import { followLog } from '../../src/modules/exchange/statistics/follow-log.ts';
import type { World } from './world.ts';

/** What followers do in the background: the log first, then everything in it. */
export async function followAll(world: World): Promise<void> {
  const { sequencer } = world.test.database;
  while ((await sequenceEntries(sequencer, { size: 0 })) > 0);
  while (!(await followLog(world.platform)).isCaughtUp);
}

/** As the owner, who alone could write that something was accepted at another time. Before the log is followed. */
export async function acceptedAt(
  world: World,
  envelopeId: string,
  happened: { readonly at: string; readonly datedOn?: string },
): Promise<void> {
  await asOwner(world, async (owner) => {
    await owner.query('update exchange.envelope set accepted_at = $2 where id = $1', [
      envelopeId,
      happened.at,
    ]);
    if (happened.datedOn !== undefined) {
      await owner.query(
        `update exchange.envelope
         set header = header || jsonb_build_object('promulgatedOn', $2::text)
         where id = $1`,
        [envelopeId, happened.datedOn],
      );
    }
  });
}

/** Rows of every organisation. */
export async function rowsOf<Row>(
  world: World,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  return asOwner(world, async (owner) => (await owner.query(text, [...parameters])).rows as Row[]);
}

async function asOwner<Result>(world: World, work: (owner: Client) => Promise<Result>): Promise<Result> {
  const owner = new Client({ connectionString: world.test.ownerUrl });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
