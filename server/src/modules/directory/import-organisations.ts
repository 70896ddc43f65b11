import { createHash } from 'node:crypto';
import { getAxisOrganisation } from './axis-organisation.ts';
import { readImportFile, type ImportRow, type RefusedRow } from './import-file.ts';
import { change, locateAxis, nameOf, recordChange } from './record-change.ts';
import { refuse } from './refusals.ts';
import {
  addRows,
  applyChanges,
  applyLevel,
  beginImport,
  lockDirectory,
  matchRows,
  readRefused,
  tryLockImport,
  type RefusedImportRow,
} from './store/organisation-import.ts';
import { vietnamDate } from '#foundation/clock';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import { newId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

export interface ImportReport {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Each line that was refused, in order of the file. */
  readonly refused: readonly RefusedRow[];
}

const rowsPerBatch = 5_000;
const levels = [1, 2, 3, 4] as const;

/**
 * Takes over a directory from a file, all in one transaction: what is new is added, what differs is changed (an
 * empty cell says nothing), what is the same stays, and each line that cannot be taken is named with its reason. A
 * code that is not known beside an old code that is gives that organisation its new code. Parents may come after
 * their children. Importing the same file again changes nothing.
 */
export async function importOrganisations(
  platform: Platform,
  file: AsyncIterable<Uint8Array>,
  by: Actor,
): Promise<ImportReport> {
  const axis = await locateAxis(platform);
  return change(platform, [axis.organisationId], async (tx) => {
    if (!(await tryLockImport(tx))) throw refuse('import_in_progress');
    await beginImport(tx);
    const digest = createHash('sha256');
    const refusedByForm = await loadFile(tx, digested(file, digest));

    // Only now that the file is here: reading a slow upload must not hold up other changes of the directory.
    await lockDirectory(tx);
    await matchRows(tx);
    const on = vietnamDate(tx.now);
    let added = 0;
    // A child's level is always below its parent's. So going down the levels every parent is there before its
    // children, whatever the order of the file.
    for (const level of levels) added += await applyLevel(tx, { level, on, by: nameOf(by) });
    const { changed, unchanged } = await applyChanges(tx, on);

    const refused = [...refusedByForm, ...refusedRows(await readRefused(tx), refusedByForm)].sort(
      (a, b) => a.line - b.line,
    );
    await recordImport(
      platform,
      tx,
      { added, changed, unchanged, refused: refused.length },
      digest.digest(),
      by,
    );
    return { added, changed, unchanged, refused };
  });
}

async function* digested(
  file: AsyncIterable<Uint8Array>,
  digest: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of file) {
    digest.update(chunk);
    yield chunk;
  }
}

/** Returns the lines that are refused for their form alone. */
async function loadFile(tx: Transaction, file: AsyncIterable<Uint8Array>): Promise<RefusedRow[]> {
  const refused: RefusedRow[] = [];
  let batch: ImportRow[] = [];
  for await (const line of readImportFile(file)) {
    if ('refused' in line) refused.push(line.refused);
    else batch.push(line.row);
    if (batch.length < rowsPerBatch) continue;
    await addRows(tx, batch);
    batch = [];
  }
  if (batch.length > 0) await addRows(tx, batch);
  return refused;
}

function refusedRows(rows: readonly RefusedImportRow[], refusedByForm: readonly RefusedRow[]): RefusedRow[] {
  const codesRefusedByForm = new Set(refusedByForm.map(({ code }) => code));
  return rows.map(({ line, code, reason, parameters }) => {
    const { parentCode } = parameters;
    const isParentRefused =
      reason === 'parent_unknown' && typeof parentCode === 'string' && codesRefusedByForm.has(parentCode);
    return { line, code, refusal: refuse(isParentRefused ? 'parent_refused' : reason, parameters) };
  });
}

/** One entry for the whole import: its counts and the digest of the file, which the operator keeps. */
async function recordImport(
  platform: Platform,
  tx: Transaction,
  counts: { added: number; changed: number; unchanged: number; refused: number },
  digest: Buffer,
  by: Actor,
): Promise<void> {
  const axis = await getAxisOrganisation(tx);
  await recordChange(platform, tx, {
    kind: 'organisations_imported',
    organisation: { id: axis.organisationId, code: axis.code },
    subjectId: newId<'import'>(),
    by,
    claims: { ...counts, fileDigest: `sha256:${digest.toString('hex')}` },
  });
}
