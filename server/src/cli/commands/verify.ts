import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Level, Trust, Verdict } from '#foundation/evidence';
import { Refusal } from '#foundation/refusal';
import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import type { ExitCode } from '../failure.ts';
import { exitCodes, misused } from '../failure.ts';
import { parseFingerprint } from '../fingerprint.ts';
import type { Text } from '../language.ts';
import { readReceiptBytes, receiptOperand } from '../receipt-input.ts';
import { claimNames, claimValue, factNames, isDigest, subjectName } from '../receipt-words.ts';
import { sayTime } from '../words.ts';

const levelNames: Readonly<Record<Level, Text>> = {
  R0: { vi: 'Trục đã ký', en: 'signed by the axis' },
  R1: { vi: 'Có trong nhật ký', en: 'in the log' },
  R2: { vi: 'Có nhân chứng', en: 'witnessed' },
  R3: { vi: 'Có dấu thời gian', en: 'time-stamped' },
};

export const verify = defineCommand({
  name: 'verify',
  summary: { vi: 'Kiểm chứng một biên nhận, không cần mạng', en: 'Verify a receipt, offline' },
  operands: [receiptOperand],
  options: {
    trust: {
      type: 'string',
      placeholder: 'FILE',
      help: {
        vi: 'Tệp tin cậy (mặc định trust.json trong thư mục dữ liệu)',
        en: 'The trust file (trust.json in the data folder by default)',
      },
    },
    fingerprint: {
      type: 'string',
      placeholder: 'HEX',
      help: {
        vi: 'Chỉ chấp nhận tệp tin cậy có khóa gốc mang dấu vân tay này',
        en: 'Accept only a trust file whose root key has this fingerprint',
      },
    },
  },
  details: {
    vi: 'Mức: R0 trục đã ký · R1 có trong nhật ký · R2 có nhân chứng · R3 có dấu thời gian.\nMã thoát 4 nếu sai dù chỉ một byte.',
    en: 'Levels: R0 signed · R1 in the log · R2 witnessed · R3 time-stamped.\nExit code 4 if a single byte is wrong.',
  },
  examples: [
    'lienthong verify bien-nhan.txt',
    'lienthong verify bien-nhan.txt --trust trust.json',
    'cat bien-nhan.txt | lienthong verify -',
  ],
  async run({ options, operands: { RECEIPT: path }, context }) {
    const expectation =
      options.fingerprint === undefined ? {} : { rootFingerprint: parseFingerprint(options.fingerprint) };
    const receipt = await readReceiptBytes(path, context);
    const trustPath = options.trust ?? join(context.dataFolder, 'trust.json');
    const text = await readTrust(trustPath);
    // Not at the top of the file: the other commands need not wait for the evidence module to load.
    const { parseTrust, verifyReceiptText } = await import('#foundation/evidence');
    let trust: Trust;
    try {
      trust = parseTrust(text, expectation);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code } = error;
      context.terminal.json({ ok: false, code, vi: error.sentence('vi'), en: error.sentence('en') });
      return tellWrong(unusableTrust, { code, why: error.sentence(context.terminal.language) }, context);
    }
    return show(verifyReceiptText(receipt, trust), { trust, trustPath, context });
  },
});

/** As wide as the longest name of a claim. */
const labelWidth = 15;
const wrongReceipt = { vi: 'KHÔNG ĐÚNG', en: 'DOES NOT VERIFY' };
const unusableTrust = {
  vi: 'KHÔNG DÙNG ĐƯỢC TỆP TIN CẬY (chưa xét biên nhận)',
  en: 'THE TRUST FILE CANNOT BE USED (the receipt was not examined)',
};

function tellWrong(
  heading: Text,
  { code, why }: { code: string; why: string },
  { terminal }: Context,
): ExitCode {
  terminal.line(`${terminal.style('red', '✗')} ${terminal.say(heading)}: ${why}`);
  terminal.line(`  ${terminal.say({ vi: 'Mã lỗi', en: 'Code' })}: ${code}`);
  return exitCodes.unverified;
}

async function readTrust(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw misused(
      { vi: `Không có tệp tin cậy ${path}.`, en: `There is no trust file ${path}.` },
      {
        cause,
        remedy: {
          vi: 'Chỉ tệp bằng --trust FILE, hoặc thư mục dữ liệu bằng --data; máy chủ phát tệp này ở /trust.json.',
          en: 'Name it with --trust FILE, or the data folder with --data; the server offers it at /trust.json.',
        },
      },
    );
  }
}

function show(
  verdict: Verdict,
  { trust, trustPath, context }: { trust: Trust; trustPath: string; context: Context },
): ExitCode {
  const { terminal } = context;
  terminal.json(
    verdict.ok ? { ...verdict, trust: trustPath, rootFingerprint: trust.rootFingerprint } : verdict,
  );
  if (!verdict.ok) {
    return tellWrong(wrongReceipt, { code: verdict.code, why: verdict[terminal.language] }, context);
  }
  const { level, payload, inLog, timeStamp, isSandbox, missing } = verdict;
  const row = (name: Text, value: string): void => {
    if (value) terminal.line(`  ${terminal.say(name).padEnd(labelWidth)}  ${value}`);
  };
  terminal.line(
    `${terminal.style('green', '✓')} ${terminal.say({ vi: 'Biên nhận đúng', en: 'The receipt is genuine' })}: ${level} (${terminal.say(levelNames[level])})`,
  );
  terminal.line();
  row(
    { vi: 'Việc', en: 'Fact' },
    terminal.say(factNames[payload.kind] ?? { vi: payload.kind, en: payload.kind }),
  );
  row({ vi: 'Lúc', en: 'At' }, sayTime(payload.at));
  row({ vi: 'Cơ quan', en: 'Agency' }, payload.organisation);
  // Whoever reads wants the words; the digests, which programs compare, stand below.
  const claims = Object.entries(payload.claims);
  const showClaims = (chosen: typeof claims): void => {
    for (const [name, value] of chosen) {
      row(claimNames[name] ?? { vi: name, en: name }, terminal.say(claimValue(name, value)));
    }
  };
  row(subjectName(payload.kind), payload.subject);
  showClaims(claims.filter(([, value]) => !isDigest(value)));
  showClaims(claims.filter(([, value]) => isDigest(value)));
  row({ vi: 'Xác thực', en: 'Actor' }, Object.values(payload.actor).join(' · '));
  if (inLog) row({ vi: 'Nhật ký', en: 'Log' }, `${inLog.origin}, ${inLog.index} / ${inLog.size}`);
  for (const { name, at } of inLog?.cosigned ?? []) {
    row({ vi: 'Nhân chứng', en: 'Witness' }, `${name}, ${sayTime(at)}`);
  }
  if (timeStamp) {
    const by = {
      vi: `${sayTime(timeStamp.at)}, ${timeStamp.authority}`,
      en: `${sayTime(timeStamp.at)}, by ${timeStamp.authority}`,
    };
    row({ vi: 'Dấu thời gian', en: 'Time-stamp' }, terminal.say(by));
  }
  row({ vi: 'Tin cậy', en: 'Trust' }, `${trustPath} (${trust.rootFingerprint.slice(0, 16)}…)`);
  for (const needed of missing)
    terminal.line(terminal.style('dim', `  ${needed.level}: ${needed[terminal.language]}`));
  if (isSandbox) {
    terminal.note(
      terminal.say({
        vi: 'Lưu ý: đây là biên nhận của môi trường thử nghiệm, không có giá trị chứng minh.',
        en: 'Note: this is a receipt of a sandbox; it proves nothing.',
      }),
    );
  }
  return exitCodes.ok;
}
