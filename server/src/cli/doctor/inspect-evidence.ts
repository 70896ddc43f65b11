/** The evidence log and the stored packages, recomputed from the beginning: each thing that is wrong is a finding. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Pool } from 'pg';
import {
  createFolderArchive,
  inspectEvidence as inspectLog,
  parseTrust,
  type Trust,
} from '#foundation/evidence';
import { Refusal } from '#foundation/refusal';
import type { Context } from '../command.ts';
import type { Progress } from '../terminal/progress.ts';
import type { Finding } from './finding.ts';
import { fine, wrong } from './finding.ts';
import type { OpenedDatabase } from './open-database.ts';

// One flipped disk block may damage thousands of entries; so many say enough.
const findingsLimit = 1_000;
const progressLabel = { vi: 'Đang kiểm tra nhật ký', en: 'Checking the log' };

export async function inspectEvidence(database: OpenedDatabase, context: Context): Promise<Finding[]> {
  const trust = await readTrust(join(context.dataFolder, 'trust.json'));
  if ('check' in trust) return [trust];
  const owner = new Pool({
    connectionString: database.ownerUrl,
    max: 1,
    application_name: 'lienthong/doctor',
  });
  let progress: Progress | undefined;
  let doneEntries = 0;
  const findings: Finding[] = [];
  try {
    const inspection = inspectLog({
      owner,
      archive: createFolderArchive(join(context.dataFolder, 'checkpoints')),
      trust,
      onProgress: (now) => {
        context.signal.throwIfAborted();
        progress ??= context.terminal.progress(progressLabel, now.totalEntries);
        progress.advance(now.doneEntries - doneEntries);
        ({ doneEntries } = now);
      },
    });
    for await (const { code, vi, en } of inspection) {
      findings.push(wrong('evidence', { vi: `${vi} (${code})`, en: `${en} (${code})` }, investigate));
      if (findings.length >= findingsLimit) return [...findings, tooMany];
    }
  } finally {
    progress?.finish();
    await owner.end();
  }
  if (findings.length > 0) return findings;
  return [
    fine('evidence', {
      vi: `Nhật ký bằng chứng: ${doneEntries} mục, tất cả đúng (${trust.origin})`,
      en: `Evidence log: ${doneEntries} entries, all of them right (${trust.origin})`,
    }),
  ];
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
