import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import type { Finding } from '../doctor/finding.ts';
import type { ExitCode } from '../failure.ts';
import { exitCodes } from '../failure.ts';

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
        vi: 'Tính lại toàn bộ nhật ký bằng chứng và đối chiếu từng gói đã lưu',
        en: 'Recompute the whole evidence log and check every stored package',
      },
    },
  },
  details: {
    vi: 'Chạy được cả khi máy chủ đang chạy lẫn khi đã dừng. Mã thoát 4 nếu bằng chứng có sai lệch, 3 nếu có điều khác không ổn.',
    en: 'Works whether the server runs or not. Exit code 4 where the evidence is wrong, 3 where something else is.',
  },
  examples: ['lienthong doctor', 'lienthong doctor --evidence --json'],
  async run({ options, context }) {
    const findings = await examine(context, { withEvidence: options.evidence });
    show(findings, context);
    return exitCodeOf(findings);
  },
});

// The parts are loaded only here: no other command opens the database.
async function examine(context: Context, { withEvidence }: { withEvidence: boolean }): Promise<Finding[]> {
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
  if (withEvidence && isReachable) {
    const { inspectEvidence } = await import('../doctor/inspect-evidence.ts');
    findings.push(...(await inspectEvidence(database, context)));
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
