import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { ConfigProblem } from '../../config-source.ts';
import type { Purpose } from '../../keys.ts';
import type { Context } from '../command.ts';
import { defineCommand } from '../command.ts';
import { exitCodes, misused } from '../failure.ts';

export const init = defineCommand({
  name: 'init',
  summary: {
    vi: 'Chuẩn bị vận hành thật: tạo khóa và tài khoản quản trị đầu tiên',
    en: 'Prepare production: make the keys and the first operator',
  },
  operands: [],
  options: {
    operator: {
      type: 'string',
      placeholder: 'ID',
      help: {
        vi: 'Tên tài khoản quản trị (mặc định operator)',
        en: 'Id of the operator (operator by default)',
      },
    },
  },
  details: {
    vi: 'Khóa nằm trong DIR/keys (0600), không bao giờ bị ghi đè. Khóa bí mật của tài khoản chỉ in ra một lần.\nCơ sở dữ liệu: DATABASE_URL (và DATABASE_MIGRATION_URL), hoặc PostgreSQL nhúng trong DIR. Chạy lại là an toàn.',
    en: "The keys are in DIR/keys (0600) and never replaced. The operator's secret is printed once.\nDatabase: DATABASE_URL (and DATABASE_MIGRATION_URL), or the embedded PostgreSQL in DIR. Running it again is safe.",
  },
  examples: [
    'lienthong init --data /srv/lienthong',
    'DATABASE_URL=postgresql://… lienthong init --operator nguyen-van-a',
  ],
  async run({ options, context }) {
    const dataFolder = resolve(context.dataFolder);
    const operatorId = parseOperatorId(options.operator ?? 'operator');
    const { makeMissingKeys, readPurpose, writePurpose } = await import('../../keys.ts');
    refuseSandbox(await readPurpose(dataFolder), dataFolder);
    await writePurpose(dataFolder, 'production');
    const keys = await makeMissingKeys(dataFolder);
    const secret = await makeOperator(operatorId, dataFolder, context);
    show({ keys, operatorId, secret, remaining: await remainingProblems(dataFolder, context) }, context);
    return exitCodes.ok;
  },
});

function parseOperatorId(id: string): string {
  // It is the user name of HTTP Basic, which a colon would end.
  if (/^[A-Za-z0-9._@-]{1,100}$/.test(id)) return id;
  throw misused({
    vi: `"${id}" không dùng làm tên tài khoản được.`,
    en: `"${id}" cannot be the id of an operator.`,
  });
}

/** A folder is a sandbox's or production's for good. */
function refuseSandbox(purpose: Purpose | undefined, dataFolder: string): void {
  if (purpose !== 'sandbox') return;
  throw misused(
    { vi: `${dataFolder} là thư mục của môi trường thử nghiệm.`, en: `${dataFolder} belongs to a sandbox.` },
    { remedy: { vi: 'Chọn thư mục khác: --data DIR', en: 'Choose another folder: --data DIR' } },
  );
}

/** Returns the secret, or undefined where that operator exists already; then the secret stays what it is. */
async function makeOperator(
  id: string,
  dataFolder: string,
  { environment, terminal }: Context,
): Promise<string | undefined> {
  const [
    { openDatabase },
    { connect, grantRoles, migrate },
    { migrations },
    { writeDatabaseKind },
    { addOperator, hasOperator },
  ] = await Promise.all([
    import('../doctor/open-database.ts'),
    import('#foundation/db'),
    import('../../migrations.ts'),
    import('../../database-kind.ts'),
    import('#directory'),
  ]);
  await using place = await openDatabase({
    dataFolder,
    environment,
    onNotice: (text) => terminal.note(text),
    mayMake: true,
  });
  await migrate(place.ownerUrl, migrations);
  await grantRoles(place.ownerUrl, decodeURIComponent(new URL(place.url).username));
  await writeDatabaseKind(dataFolder, place.kind === 'external' ? 'external' : 'embedded');
  const database = connect({ url: place.url, appConnections: 1 });
  try {
    if (await hasOperator({ database }, id)) return undefined;
    const secret = randomBytes(32).toString('base64url');
    await addOperator({ database }, { id, secret });
    return secret;
  } finally {
    await database.close();
  }
}

/** What `npm start -- --production` would still refuse for, by the very check that it makes. */
async function remainingProblems(
  dataFolder: string,
  { environment }: Context,
): Promise<readonly ConfigProblem[]> {
  const [{ loadConfig }, { ConfigError }] = await Promise.all([
    import('../../config.ts'),
    import('../../config-source.ts'),
  ]);
  try {
    await loadConfig({ argv: ['--production', '--data', dataFolder], env: environment });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

interface Prepared {
  readonly keys: readonly string[];
  readonly operatorId: string;
  readonly secret: string | undefined;
  readonly remaining: readonly ConfigProblem[];
}

function show({ keys, operatorId, secret, remaining }: Prepared, { terminal }: Context): void {
  const { language } = terminal;
  terminal.json({
    keysMade: keys,
    operator: { id: operatorId, secret: secret ?? null },
    remaining: remaining.map((problem) => ({ name: problem.name, sentence: problem[language] })),
  });
  for (const path of keys) {
    terminal.line(
      `${terminal.style('green', '✓')} ${terminal.say({ vi: 'Đã tạo khóa', en: 'Made the key' })} ${path}`,
    );
  }
  if (keys.length === 0)
    terminal.line(terminal.say({ vi: 'Khóa đã có từ trước.', en: 'The keys were there already.' }));
  terminal.line();
  if (secret) {
    terminal.line(
      terminal.say({
        vi: 'Tài khoản quản trị; khóa bí mật chỉ in ra lần này:',
        en: 'The operator; the secret is printed this once:',
      }),
    );
    terminal.line(`  LIENTHONG_OPERATOR_ID=${operatorId}`);
    terminal.line(`  LIENTHONG_OPERATOR_SECRET=${secret}`);
  } else {
    terminal.line(
      terminal.say({
        vi: `Tài khoản quản trị ${operatorId} đã có; khóa bí mật không đổi.`,
        en: `The operator ${operatorId} exists; the secret stays as it is.`,
      }),
    );
  }
  terminal.line();
  if (remaining.length > 0) {
    terminal.line(
      terminal.say({ vi: 'Còn thiếu để chạy --production:', en: 'Still missing for --production:' }),
    );
    for (const problem of remaining) terminal.line(`  ${problem.name}\n      ${problem[language]}`);
  } else {
    terminal.line(`${terminal.say({ vi: 'Khởi động', en: 'Start' })}: npm start -- --production`);
  }
  terminal.line();
  terminal.line(
    terminal.say({
      vi: 'Hãy sao lưu DIR/keys ngay, tách khỏi bản sao cơ sở dữ liệu; cất root.key ngoài máy chủ.',
      en: 'Back DIR/keys up now, apart from the copies of the database; keep root.key off the server.',
    }),
  );
}
