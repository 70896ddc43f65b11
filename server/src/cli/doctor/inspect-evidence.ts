/** The evidence log and the stored packages, recomputed from the beginning: each thing that is wrong is a finding. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Pool } from 'pg';
import { inspectHistory, inspectPackages } from '#exchange';
import type { PackageInspection } from '#exchange';
import { createBlobStore } from '#foundation/blob';
import { createBucket } from '#foundation/s3';
import type { BlobStore } from '#foundation/blob';
import type { CheckpointArchive } from '#foundation/evidence';
import {
  createBucketArchive,
  createFolderArchive,
  createJointArchive,
  inspectEvidence as inspectLog,
  parseTrust,
  type Trust,
} from '#foundation/evidence';
import { Refusal } from '#foundation/refusal';
import { createSecretBox } from '#foundation/secrets';
import { readBucket } from '../../config-bucket.ts';
import { readKeys } from '../../config-keys.ts';
import type { ConfigProblem } from '../../config-source.ts';
import { readVariables } from '../../config-source.ts';
import type { Context } from '../command.ts';
import type { Text } from '../language.ts';
import type { Progress } from '../terminal/progress.ts';
import type { Finding } from './finding.ts';
import { fine, wrong } from './finding.ts';
import type { OpenedDatabase } from './open-database.ts';

// One flipped disk block may damage thousands of entries; so many say enough.
const findingsLimit = 1_000;
const logLabel = { vi: 'Đang kiểm tra nhật ký', en: 'Checking the log' };
const packagesLabel = { vi: 'Đang kiểm tra nội dung', en: 'Checking the contents' };
// One holds the snapshot, the others read contents beside it.
const connections = 5;

export async function inspectEvidence(database: OpenedDatabase, context: Context): Promise<Finding[]> {
  const trust = await readTrust(join(context.dataFolder, 'trust.json'));
  if ('check' in trust) return [trust];
  await using owner = openPool(database.ownerUrl);
  const stored = await openPackages(context, owner.pool);
  const inspectedPackages = 'check' in stored ? undefined : stored;
  using entries = countProgress(context, logLabel);
  using packages = countProgress(context, packagesLabel);

  const findings: Finding[] = 'check' in stored ? [stored] : [];
  const inspection = inspectLog({
    owner: owner.pool,
    archive: await openArchive(context),
    trust,
    onProgress: ({ doneEntries, totalEntries }) => entries.reached(doneEntries, totalEntries),
    also: async function* (snapshot) {
      yield* inspectHistory(snapshot);
      if (!inspectedPackages) return;
      const onProgress: PackageInspection['onProgress'] = ({ done, total }) => packages.reached(done, total);
      yield* inspectPackages(snapshot, { blobs: inspectedPackages, onProgress });
    },
  });
  for await (const { code, vi, en } of inspection) {
    const check = code.startsWith('exchange.package_') ? 'package' : 'evidence';
    findings.push(wrong(check, { vi: `${vi} (${code})`, en: `${en} (${code})` }, investigate));
    if (findings.length >= findingsLimit) return [...findings, tooMany];
  }
  if (findings.length > 0) return findings;
  return [
    fine('evidence', {
      vi: `Nhật ký bằng chứng: ${entries.done} mục, tất cả đúng (${trust.origin})`,
      en: `Evidence log: ${entries.done} entries, all of them right (${trust.origin})`,
    }),
    fine('package', {
      vi: `Nội dung đã nhận: ${packages.done} gói, tất cả còn nguyên`,
      en: `Stored contents: ${packages.done} packages, all of them whole`,
    }),
  ];
}

function openPool(connectionString: string): { readonly pool: Pool } & AsyncDisposable {
  const pool = new Pool({ connectionString, max: connections, application_name: 'lienthong/doctor' });
  // A connection that breaks while it is idle would end the process if nobody heard it; the next query says so too.
  pool.on('error', () => undefined);
  return { pool, [Symbol.asyncDispose]: () => pool.end() };
}

async function openArchive({ dataFolder, environment }: Context): Promise<CheckpointArchive> {
  const folder = createFolderArchive(join(dataFolder, 'checkpoints'));
  // What is wrong with the bucket is said where its contents are opened.
  const bucket = readBucket(await readVariables(environment, []), []);
  return bucket ? createJointArchive([folder, createBucketArchive(createBucket(bucket))]) : folder;
}

/** The store of contents, or why it cannot be opened. Nothing is made here: looking must not change what is looked at. */
async function openPackages({ dataFolder, environment }: Context, pool: Pool): Promise<BlobStore | Finding> {
  const folder = join(dataFolder, 'blobs');
  const problems: ConfigProblem[] = [];
  const variables = await readVariables(environment, problems);
  const bucket = readBucket(variables, problems);
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere && !bucket) {
    return wrong(
      'package',
      { vi: `Không có thư mục nội dung ${folder}.`, en: `There is no folder of contents ${folder}.` },
      { vi: 'Khôi phục thư mục từ bản sao lưu.', en: 'Restore it from the backup.' },
    );
  }
  const keys = await readKeys(variables, { dataFolder, mode: 'production' }, problems);
  const [problem] = problems;
  if (problem || !keys) return wrong('package', { vi: problem?.vi ?? '', en: problem?.en ?? '' });
  return createBlobStore({
    folder,
    pool,
    secrets: createSecretBox(keys.master),
    ...(bucket && { bucket: createBucket(bucket) }),
  });
}

function countProgress(context: Context, label: Text) {
  let progress: Progress | undefined;
  let doneSoFar = 0;
  return {
    get done() {
      return doneSoFar;
    },
    reached(done: number, total: number) {
      context.signal.throwIfAborted();
      progress ??= context.terminal.progress(label, total);
      progress.advance(done - doneSoFar);
      doneSoFar = done;
    },
    [Symbol.dispose]: () => progress?.finish(),
  };
}

async function readTrust(path: string): Promise<Trust | Finding> {
  try {
    return parseTrust(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof Refusal)
      return wrong('evidence', { vi: error.sentence('vi'), en: error.sentence('en') });
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return wrong(
      'trust',
      { vi: `Không có tệp tin cậy ${path}.`, en: `There is no trust file ${path}.` },
      {
        vi: 'Khởi động máy chủ một lần, hoặc khôi phục tệp từ bản sao lưu.',
        en: 'Start the server once, or restore it from the backup.',
      },
    );
  }
}

const investigate = {
  vi: 'Giữ nguyên hiện trạng, sao chép thư mục dữ liệu, rồi đối chiếu với bản sao lưu gần nhất.',
  en: 'Leave everything as it is, copy the data folder, then compare it with the latest backup.',
};

const tooMany = wrong('evidence', {
  vi: `Dừng sau ${findingsLimit} sai lệch.`,
  en: `Stopped after ${findingsLimit} findings.`,
});
