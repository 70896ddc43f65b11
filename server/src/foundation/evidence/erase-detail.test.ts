import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { inTransaction } from '#foundation/db';
import { createTestDatabase } from '../../../test/support/database.ts';
import {
  logSigner,
  organisation,
  origin,
  receiptSigner,
  someFact,
  trust,
} from '../../../test/support/evidence.ts';
import { createFolderArchive } from './checkpoint-archive.ts';
import { inspectEvidence } from './doctor.ts';
import { prepareEntry } from './entry.ts';
import { canBeErased, eraseDetail } from './erase-detail.ts';
import { publishCheckpoint } from './publish-checkpoint.ts';
import { sequenceEntries } from './sequence-entries.ts';
import { insertEntries, readEntries } from './store/entries.ts';

test('the doctor accepts a missing detail where an entry says that it was erased, and only there', async () => {
  const test_ = await createTestDatabase();
  const owner = new Pool({ connectionString: test_.ownerUrl, max: 2 });
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-erasure-'));
  const archive = createFolderArchive(folder);
  const asOrganisation = { organisations: [organisation.id] };
  const inspect = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { code, where } of inspectEvidence({ owner, archive, trust }))
      found.push(`${code} ${where}`);
    return found;
  };
  const subjectId = crypto.randomUUID();
  const history = () =>
    inTransaction(test_.database.app, asOrganisation, (tx) =>
      readEntries(tx, { organisationId: organisation.id, subjectId }),
    );
  try {
    const at = Temporal.Now.instant();
    const [kept, erased] = [1, 2].map(() =>
      prepareEntry(someFact({ subjectId }), { at, signer: receiptSigner }),
    );
    await inTransaction(test_.database.app, asOrganisation, (tx) => insertEntries(tx, [kept!, erased!]));
    const entry = (await history()).find(({ id }) => id === erased!.id)!;
    await inTransaction(test_.database.app, asOrganisation, (tx) =>
      eraseDetail(tx, receiptSigner, {
        entry,
        organisation,
        legalBasis: 'Luật số 91/2025/QH15',
        by: { method: 'operator' },
      }),
    );
    // While it waits for its leaf, and afterwards.
    expect(await inspect()).toEqual([]);
    await sequenceEntries(test_.database.sequencer, { size: 0 });
    await publishCheckpoint({ pool: test_.database.sequencer, origin, archive }, logSigner);
    expect(await inspect()).toEqual([]);
    expect((await history()).map((each) => [each.kind, canBeErased(each)])).toEqual([
      ['exchange.accepted', true],
      ['exchange.accepted', false],
      ['evidence.erased', false],
    ]);

    // The entry of erasure names the other one: this one's detail went without any.
    await owner.query('alter table evidence.entry_detail disable trigger user, no force row level security');
    await owner.query('delete from evidence.entry_detail where entry_id = $1', [kept!.id]);
    expect(await inspect()).toEqual([`evidence.detail_missing entry ${kept!.id}`]);
  } finally {
    await owner.end();
    await test_.drop();
    await rm(folder, { recursive: true });
  }
});
