/**
 * The evidence log and the stored packages: from where the last inspection came to, or from the beginning. Each thing that
 * is wrong is a finding.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Pool } from 'pg';
import { inspectHistory, inspectPackages } from '#exchange';
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
  type EvidenceInspection,
  type InspectedExtent,
  type Trust,
} from '#foundation/evidence';
import { Refusal } from '#foundation/refusal';
import { createSecretBox } from '#foundation/secrets';
import type { SecretBox } from '#foundation/secrets';
import { readBucket } from '../../config-bucket.ts';
import { readKeys } from '../../config-keys.ts';
import type { ConfigProblem } from '../../config-source.ts';
import { readVariables } from '../../config-source.ts';
import type { Context } from '../command.ts';
import type { Text } from '../language.ts';
import type { Progress } from '../terminal/progress.ts';
import type { Finding } from './finding.ts';
import { attention, fine, wrong } from './finding.ts';
import type { OpenedDatabase } from './open-database.ts';
import { readPlace, writePlace } from './remembered-place.ts';

// One flipped disk block may damage thousands of entries; so many say enough.
const findingsLimit = 1_000;
const logLabel = { vi: 'Đang kiểm tra nhật ký', en: 'Checking the log' };
const packagesLabel = { vi: 'Đang kiểm tra nội dung', en: 'Checking the contents' };
// One holds the snapshot, the others read contents beside it.
const connections = 5;

export interface EvidenceOptions {
  /** From the beginning, whatever was inspected before. */
  readonly isWhole: boolean;
  /** How much of what was inspected before is inspected again, of 1. */
  readonly sampleShare: number;
}

export async function inspectEvidence(
  database: OpenedDatabase,
  context: Context,
  { isWhole, sampleShare }: EvidenceOptions,
): Promise<Finding[]> {
  const { dataFolder } = context;
  const trust = await readTrust(join(dataFolder, 'trust.json'));
  if ('check' in trust) return [trust];
  await using owner = openPool(database.ownerUrl);
  const stored = await openPackages(context, owner.pool);
  const contents = 'check' in stored ? undefined : stored;
  const remembered = contents && !isWhole ? await readPlace(dataFolder, contents.secrets) : undefined;
  using entries = countProgress(context, logLabel);
  using packages = countProgress(context, packagesLabel);

  const findings: Finding[] = 'check' in stored ? [stored] : [];
  let extent: InspectedExtent | undefined;
  const inspection = inspectLog({
    owner: owner.pool,
    archive: await openArchive(context),
    trust,
    remembered: remembered?.place,
    sampleShare,
    onProgress: ({ doneEntries, totalEntries }) => entries.reached(doneEntries, totalEntries),
    onInspected: (reached) => (extent = reached),
    also: inspectExchange(contents?.blobs, packages),
  });
  for await (const { code, vi, en } of inspection) {
    const check = code.startsWith('exchange.package_') ? 'package' : 'evidence';
    findings.push(wrong(check, { vi: `${vi} (${code})`, en: `${en} (${code})` }, investigate));
    if (findings.length >= findingsLimit) return [...findings, tooMany];
  }
  if (findings.length > 0 || !extent || !contents) return findings;
  if (extent.place) await writePlace(dataFolder, { place: extent.place, secrets: contents.secrets });
  return [
    ...(remembered?.isForeign ? [foreignPlace] : []),
    sayExtent(extent, trust),
    fine('package', {
      vi: `Nội dung đã nhận: ${packages.done} gói, tất cả còn nguyên`,
      en: `Stored contents: ${packages.done} packages, all of them whole`,
    }),
  ];
}

type Counted = ReturnType<typeof countProgress>;

function inspectExchange(
  blobs: BlobStore | undefined,
  packages: Counted,
): NonNullable<EvidenceInspection['also']> {
  return async function* (snapshot, subjects) {
    if (!subjects) {
      yield* inspectHistory(snapshot);
      if (!blobs) return;
      yield* inspectPackages(snapshot, {
        blobs,
        onProgress: ({ done, total }) => packages.reached(done, total),
      });
      return;
    }
    let doneBefore = 0;
    for await (const page of subjects) {
      yield* inspectHistory(snapshot, page);
      if (!blobs) continue;
      let donePage = 0;
      yield* inspectPackages(snapshot, {
        blobs,
        subjects: page,
        onProgress: ({ done }) => {
          donePage = done;
          packages.reached(doneBefore + done, undefined);
        },
      });
      doneBefore += donePage;
    }
  };
}

function sayExtent({ isWhole, newEntries, sampledEntries, place }: InspectedExtent, trust: Trust): Finding {
  if (isWhole) {
    return fine('evidence', {
      vi: `Nhật ký bằng chứng: ${newEntries} mục, tất cả đúng (${trust.origin})`,
      en: `Evidence log: ${newEntries} entries, all of them right (${trust.origin})`,
    });
  }
  const wholeOn = place ? String(place.wholeAt).slice(0, 10) : '';
  const [year, month, day] = wholeOn.split('-');
  return fine('evidence', {
    vi: `Nhật ký bằng chứng: ${newEntries} mục mới và ${sampledEntries} mục cũ chọn ngẫu nhiên, tất cả đúng; lần khám toàn bộ gần nhất: ${day}/${month}/${year} (${trust.origin})`,
    en: `Evidence log: ${newEntries} new entries and ${sampledEntries} old ones drawn at random, all of them right; last examined whole on ${wholeOn} (${trust.origin})`,
  });
}

const foreignPlace = attention(
  'evidence',
  {
    vi: 'Tệp ghi nhớ lần khám trước (evidence-inspected) không phải do hệ thống này ghi, hoặc đã bị sửa: đã khám lại toàn bộ.',
    en: 'What the last examination remembered (evidence-inspected) was not written here, or was changed: everything was examined.',
  },
  {
    vi: 'Xem ai đã sửa thư mục dữ liệu, nếu khóa chủ không vừa được thay.',
    en: 'Find out who changed the data folder, unless the master key was replaced lately.',
  },
);

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

interface Contents {
  readonly blobs: BlobStore;
  readonly secrets: SecretBox;
}

/** The store of contents, or why it cannot be opened. Nothing is made here: looking must not change what is looked at. */
async function openPackages({ dataFolder, environment }: Context, pool: Pool): Promise<Contents | Finding> {
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
  const secrets = createSecretBox(keys.master);
  const blobs = await createBlobStore({
    folder,
    pool,
    secrets,
    ...(bucket && { bucket: createBucket(bucket) }),
  });
  return { blobs, secrets };
}

function countProgress(context: Context, label: Text) {
  let progress: Progress | undefined;
  let doneSoFar = 0;
  return {
    get done() {
      return doneSoFar;
    },
    reached(done: number, total: number | undefined) {
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
