import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import type { Finding } from '../doctor/finding.ts';
import type { EvidenceOptions } from '../doctor/inspect-evidence.ts';
import type { ExitCode } from '../failure.ts';
import { exitCodes, misused } from '../failure.ts';

export const doctor = defineCommand({
  name: 'doctor',
  summary: {
    vi: 'Khám: thư mục dữ liệu, cơ sở dữ liệu, máy chủ, bằng chứng',
    en: 'Examine data folder, database, server and evidence',
  },
  operands: [],
  options: {
    evidence: {
      type: 'boolean',
      help: {
        vi: 'Tính lại nhật ký bằng chứng và đối chiếu các gói đã lưu: phần mới từ lần khám trước và một phần cũ chọn ngẫu nhiên',
        en: 'Recompute the evidence log and check stored packages: what is new since the last time, and some of the old at random',
      },
    },
    all: {
      type: 'boolean',
      help: {
        vi: 'Cùng với --evidence: khám lại toàn bộ từ đầu',
        en: 'With --evidence: all of it, from the beginning',
      },
    },
    sample: {
      type: 'string',
      placeholder: 'PERCENT',
      help: {
        vi: 'Cùng với --evidence: khám lại bao nhiêu phần trăm phần cũ (mặc định 1)',
        en: 'With --evidence: how many percent of the old are checked again (1 unless said)',
      },
    },
  },
  details: {
    vi: 'Lần đầu, và khi có --all, khám toàn bộ nhật ký. Chạy được cả khi máy chủ đang chạy lẫn khi đã dừng. Mã thoát 4 nếu bằng chứng có sai lệch, 3 nếu có điều khác không ổn.',
    en: 'The first time, and with --all, the whole log is examined. Works whether the server runs or not. Exit code 4 where the evidence is wrong, 3 where something else is.',
  },
  examples: ['lienthong doctor', 'lienthong doctor --evidence --json', 'lienthong doctor --evidence --all'],
  async run({ options, context }) {
    const { evidence, all, sample } = options;
    if (!evidence && (all || sample !== undefined)) throw misused(onlyWithEvidence);
    const sampleShare = shareOf(sample ?? '1');
    const findings = await examine(context, evidence ? { isWhole: all, sampleShare } : undefined);
    show(findings, context);
    return exitCodeOf(findings);
  },
});

function shareOf(percent: string): number {
  const share = Number(percent) / 100;
  if (!/^[0-9]{1,3}(\.[0-9]+)?$/.test(percent) || share > 1) throw misused(wrongSample);
  return share;
}

const onlyWithEvidence = {
  vi: '--all và --sample đi cùng --evidence.',
  en: '--all and --sample go with --evidence.',
};
const wrongSample = {
  vi: '--sample là số phần trăm từ 0 đến 100.',
  en: '--sample is a percentage from 0 to 100.',
};

// The parts are loaded only here: no other command opens the database.
async function examine(context: Context, evidence: EvidenceOptions | undefined): Promise<Finding[]> {
  const { dataFolder, environment, terminal } = context;
  const { inspectFolder } = await import('../doctor/inspect-folder.ts');
  const findings = await inspectFolder(dataFolder);
  if (findings.some(({ check, state }) => check === 'folder' && state === 'wrong')) return findings;

  const [{ openDatabase }, { inspectDatabase }, { inspectServer }, { inspectBackups }, { inspectClock }] =
    await Promise.all([
      import('../doctor/open-database.ts'),
      import('../doctor/inspect-database.ts'),
      import('../doctor/inspect-server.ts'),
      import('../doctor/inspect-backups.ts'),
      import('../doctor/inspect-clock.ts'),
    ]);
  await using database = await openDatabase({
    dataFolder,
    environment,
    onNotice: (text) => terminal.note(text),
    mayMake: false,
  });
  findings.push(...(await inspectDatabase(database)), ...(await inspectServer(context)));
  findings.push(...(await inspectBackups(dataFolder, { database, now: context.now() })));
  const isReachable = !findings.some(({ check, state }) => check === 'database' && state === 'wrong');
  if (isReachable) findings.push(await inspectClock(database.url, () => context.now()));
  if (evidence && isReachable) {
    const { inspectEvidence } = await import('../doctor/inspect-evidence.ts');
    findings.push(...(await inspectEvidence(database, context, evidence)));
  }
  return findings;
}

function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const wrong = findings.filter(({ state }) => state === 'wrong');
  if (wrong.some(({ check }) => check === 'evidence' || check === 'package')) return exitCodes.unverified;
  return wrong.length > 0 ? exitCodes.trouble : exitCodes.ok;
}

const marks = { fine: ['green', '✓'], attention: ['yellow', '!'], wrong: ['red', '✗'] } as const;

function show(findings: readonly Finding[], { terminal }: Context): void {
  const { language } = terminal;
  terminal.json({
    findings: findings.map(({ check, state, text, remedy }) => ({
      check,
      state,
      sentence: text[language],
      remedy: remedy?.[language] ?? null,
    })),
  });
  for (const { state, text, remedy } of findings) {
    const [style, mark] = marks[state];
    terminal.line(`${terminal.style(style, mark)} ${text[language]}`);
    if (remedy) terminal.line(`    → ${remedy[language]}`);
  }
}
