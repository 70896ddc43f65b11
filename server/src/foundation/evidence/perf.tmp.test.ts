import { mkdtemp } from 'node:fs/promises';
import { Pool } from 'pg';
import { test } from 'vitest';
import { inTransaction } from '#foundation/db';
import { createTestDatabase } from '../../../test/support/database.ts';
import { organisation, receiptSigner, someFact, trust } from '../../../test/support/evidence.ts';
import { inspectEvidence } from './doctor.ts';
import { createFolderArchive } from './checkpoint-archive.ts';
import { prepareEntry } from './entry.ts';
import { sequenceEntries } from './sequence-entries.ts';
import { insertEntries } from './store/entries.ts';
test('perf', async () => {
  const t = await createTestDatabase();
  const at = Temporal.Now.instant();
  let insert = 0;
  for (let i = 0; i < 50; i++) {
    const entries = Array.from({ length: 1000 }, () => prepareEntry(someFact(), { at, signer: receiptSigner }));
    const s = performance.now();
    for (let j = 0; j < 1000; j += 100)
      await inTransaction(t.database.ingest, { organisations: [organisation.id] }, (tx) => insertEntries(tx, entries.slice(j, j + 100)));
    insert += performance.now() - s;
  }
  console.log('insert/s', 50_000 / (insert / 1000));
  let s = performance.now(); let n = 0; let c;
  while ((c = await sequenceEntries(t.database.sequencer, { size: 0 }))) n += c;
  console.log('sequenced/s', n / ((performance.now() - s) / 1000));
  const owner = new Pool({ connectionString: t.ownerUrl });
  await owner.query('analyze');
  s = performance.now();
  const u = process.cpuUsage();
  for await (const f of inspectEvidence({ owner, archive: createFolderArchive(await mkdtemp('/tmp/lienthong-x-')), trust })) console.log(f);
  console.log('doctor s for 50k', (performance.now() - s) / 1000, process.cpuUsage(u), process.memoryUsage().rss / 1e6);
  await owner.end();
  await t.drop();
}, 200_000);
