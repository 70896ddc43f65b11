/** Every key of the installation: which there are, a new one, the end of a former one, and what to do after a theft. */
import { defineCommand, type Command, type Context } from '../command.ts';
import { exitCodes, misused } from '../failure.ts';
import type { Text } from '../language.ts';

const rootKeyOption = {
  type: 'string',
  placeholder: 'FILE',
  help: {
    vi: 'Khóa gốc ký tệp tin cậy (mặc định DIR/keys/root.key)',
    en: 'The root key, which signs the trust file (DIR/keys/root.key by default)',
  },
} as const;
const uses = ['receipt', 'log', 'master', 'root'] as const;
const useOperand = {
  name: 'KEY',
  help: { vi: 'receipt, log, master hoặc root', en: 'receipt, log, master or root' },
} as const;
const rotatedOperand = {
  name: 'KEY',
  help: { vi: 'receipt, log, master, root hoặc database', en: 'receipt, log, master, root or database' },
} as const;
const idOperand = {
  name: 'ID',
  help: { vi: 'mã của khóa (xem keys list)', en: 'id of the key (see keys list)' },
} as const;

const list = defineCommand({
  name: 'keys list',
  summary: { vi: 'Các khóa của trục và phạm vi hiệu lực', en: 'The keys of the axis and where each counts' },
  operands: [],
  options: {},
  async run({ context }) {
    const [{ openInstallation }, { listedKeys, quietSeconds }, { masterKeyId }] = await Promise.all([
      import('../keys/installation.ts'),
      import('../keys/signing-keys.ts'),
      import('#foundation/secrets'),
    ]);
    await using installation = await openInstallation(context);
    const { terminal } = context;
    const { trust, keys } = installation;
    const signing = [...listedKeys(installation, 'receipt'), ...listedKeys(installation, 'log')];
    const masters = keys.master.map((key, index) => ({ keyId: masterKeyId(key), isCurrent: index === 0 }));
    const { size } = await installation.keyUse(quietSeconds);
    terminal.json({
      size,
      trustSerial: trust.serial,
      rootFingerprints: trust.rootFingerprints,
      keys: signing,
      masterKeys: masters,
    });
    const bounds = (from: number, until: number | null): string => `${from} … ${until ?? ''}`;
    terminal.table(
      [
        { title: terminal.say({ vi: 'Khóa', en: 'Key' }) },
        { title: 'Id' },
        { title: terminal.say({ vi: 'Hiệu lực (kích thước nhật ký)', en: 'Counts at (size of the log)' }) },
        { title: terminal.say({ vi: 'Tình trạng', en: 'State' }), shrinks: true },
      ],
      [
        ...signing.map((key) => [
          key.use,
          key.keyId,
          bounds(key.fromSize, key.untilSize),
          terminal.say(
            key.distrustedFromSize !== null
              ? {
                  vi: `không tin từ ${key.distrustedFromSize}`,
                  en: `distrusted from ${key.distrustedFromSize}`,
                }
              : key.isHeld
                ? { vi: 'đang ký', en: 'signs' }
                : key.untilSize === null
                  ? { vi: 'không còn ký, chưa kết thúc', en: 'signs no more, not retired yet' }
                  : { vi: 'đã kết thúc', en: 'retired' },
          ),
        ]),
        ...masters.map(({ keyId, isCurrent }) => [
          'master',
          keyId,
          '',
          terminal.say(isCurrent ? { vi: 'đang dùng', en: 'in use' } : { vi: 'chỉ để mở', en: 'opens only' }),
        ]),
        ['root', trust.rootFingerprint.slice(0, 16), '', `trust.json #${trust.serial}`],
      ],
    );
    return exitCodes.ok;
  },
});

const rotate = defineCommand({
  name: 'keys rotate',
  summary: { vi: 'Thay một khóa của trục, máy chủ vẫn chạy', en: 'Replace a key of the axis while it runs' },
  operands: [rotatedOperand],
  options: {
    'root-key': rootKeyOption,
    prepare: {
      type: 'boolean',
      help: {
        vi: 'Chỉ ghi khóa mới vào tệp tin cậy; chạy lại không có tùy chọn này để dùng khóa',
        en: 'Only list the new key in the trust file; run again without this to use it',
      },
    },
  },
  details: {
    vi: 'receipt, log, root cần khóa gốc. Nhớ công bố trust.json mới. Bị ngắt giữa chừng thì chạy lại.\nHướng dẫn từng khóa: docs/operations/rotate-keys.md.',
    en: 'receipt, log and root need the root key. Publish the new trust.json. After an interruption run it again.\nEach key step by step: docs/operations/rotate-keys.md.',
  },
  examples: ['lienthong keys rotate receipt --root-key /media/usb/root.key', 'lienthong keys rotate master'],
  async run({ options, operands: { KEY }, context }) {
    if (KEY === 'database') return rotateDatabase(context);
    const use = parseUse(KEY);
    const { terminal } = context;
    const { openInstallation } = await import('../keys/installation.ts');
    await using installation = await openInstallation(context, options['root-key']);
    const done = (text: Text): void => terminal.line(`${terminal.style('green', '✓')} ${terminal.say(text)}`);
    if (options.prepare && use !== 'receipt' && use !== 'log') {
      throw misused({
        vi: '--prepare chỉ dùng cho receipt và log.',
        en: '--prepare is for receipt and log.',
      });
    }
    if (use === 'master') {
      const { rotateMasterKey } = await import('../keys/master-key.ts');
      terminal.note(
        terminal.say({
          vi: 'Chờ các máy chủ đọc khóa mới…',
          en: 'Waiting for the servers to read the new key…',
        }),
      );
      const { keyId, rewrapped } = await rotateMasterKey(installation);
      terminal.json({ use, keyId, rewrapped });
      done({
        vi: `Khóa chủ mới ${keyId}; đã niêm phong lại ${rewrapped} mục`,
        en: `New master key ${keyId}; ${rewrapped} items sealed again`,
      });
      return exitCodes.ok;
    }
    if (use === 'root') {
      const { rotateRootKey } = await import('../keys/root-key.ts');
      const rotated = await rotateRootKey(installation);
      terminal.json({ use, ...rotated });
      done({ vi: `Khóa gốc mới: ${rotated.fingerprint}`, en: `New root key: ${rotated.fingerprint}` });
      terminal.line(
        terminal.say({
          vi: `Cất ${rotated.path} ngoài máy chủ; công bố dấu vân này và trust.json #${rotated.serial}.`,
          en: `Take ${rotated.path} off the server; publish this fingerprint and trust.json #${rotated.serial}.`,
        }),
      );
      return exitCodes.ok;
    }
    const { rotateSigningKey } = await import('../keys/signing-keys.ts');
    const rotated = await rotateSigningKey(installation, use, { onlyPrepare: options.prepare });
    terminal.json({ use, ...rotated });
    const { keyId, fromSize, serial } = rotated;
    done(
      rotated.isActive
        ? {
            vi: `Khóa ${use} mới ${keyId}, từ kích thước ${fromSize}`,
            en: `New ${use} key ${keyId}, from size ${fromSize}`,
          }
        : {
            vi: `Đã ghi khóa ${keyId} vào trust.json, chưa dùng`,
            en: `Listed ${keyId} in trust.json, not used yet`,
          },
    );
    terminal.line(
      terminal.say({ vi: `Công bố trust.json #${serial}.`, en: `Publish trust.json #${serial}.` }),
    );
    return exitCodes.ok;
  },
});

const retire = defineCommand({
  name: 'keys retire',
  summary: { vi: 'Kết thúc một khóa cũ không còn dùng', en: 'End a former key that is no longer used' },
  operands: [useOperand, idOperand],
  options: { 'root-key': rootKeyOption },
  details: {
    vi: 'Chỉ làm khi không máy chủ nào còn dùng khóa đó trong một phút qua. Điều đã ký vẫn kiểm chứng được.',
    en: 'Only done when no server has used the key for a minute. What it signed still verifies.',
  },
  async run({ options, operands: { KEY, ID: keyId }, context }) {
    const use = parseUse(KEY);
    const { terminal } = context;
    const { openInstallation } = await import('../keys/installation.ts');
    await using installation = await openInstallation(context, options['root-key']);
    if (use === 'root')
      throw misused({ vi: 'Khóa gốc kết thúc khi được thay.', en: 'A root key ends when it is replaced.' });
    if (use === 'master') {
      const { retireMasterKey } = await import('../keys/master-key.ts');
      terminal.json({ use, ...(await retireMasterKey(installation, keyId)) });
    } else {
      const { retireSigningKey } = await import('../keys/signing-keys.ts');
      terminal.json({ use, ...(await retireSigningKey(installation, use, { keyId })) });
    }
    const done = terminal.say({ vi: 'Đã kết thúc khóa', en: 'Retired' });
    terminal.line(`${terminal.style('green', '✓')} ${done} ${use} ${keyId}`);
    return exitCodes.ok;
  },
});

const distrust = defineCommand({
  name: 'keys distrust',
  summary: {
    vi: 'Khóa bị lộ: không tin từ một kích thước nhật ký',
    en: 'A stolen key: distrust it from a size of the log on',
  },
  operands: [useOperand, idOperand],
  options: {
    'from-size': {
      type: 'string',
      placeholder: 'N',
      help: {
        vi: 'Kích thước nhật ký chắc chắn trước khi lộ',
        en: 'A size of the log that is surely before the theft',
      },
    },
    'root-key': rootKeyOption,
  },
  details: {
    vi: 'Thay khóa trước (keys rotate). Biên nhận ký bằng khóa này chỉ còn giá trị khi có bằng chứng nằm trong nhật ký tới kích thước N.',
    en: 'Rotate the key first. Receipts of this key then count only with proof that the log had them at size N.',
  },
  async run({ options, operands: { KEY, ID: keyId }, context }) {
    const use = parseUse(KEY);
    const size = options['from-size'];
    if (use !== 'receipt' && use !== 'log') {
      throw misused({ vi: 'Chỉ receipt và log.', en: 'Only receipt and log.' });
    }
    if (size === undefined || !/^\d{1,15}$/.test(size)) {
      throw misused({ vi: 'Cần --from-size N.', en: '--from-size N is needed.' });
    }
    const { terminal } = context;
    const [{ openInstallation }, { distrustSigningKey }] = await Promise.all([
      import('../keys/installation.ts'),
      import('../keys/signing-keys.ts'),
    ]);
    await using installation = await openInstallation(context, options['root-key']);
    const ended = await distrustSigningKey(installation, use, { keyId, fromSize: Number(size) });
    terminal.json({ use, ...ended });
    const done = terminal.say({
      vi: `Không tin khóa ${keyId} từ ${size}; công bố trust.json #${ended.serial}`,
      en: `Distrusted ${keyId} from ${size}; publish trust.json #${ended.serial}`,
    });
    terminal.line(`${terminal.style('green', '✓')} ${done}`);
    return exitCodes.ok;
  },
});

async function rotateDatabase(context: Context) {
  const { rotateDatabasePasswords } = await import('../keys/database-passwords.ts');
  await rotateDatabasePasswords(context);
  const { terminal } = context;
  terminal.json({ use: 'database', takesEffect: 'at the next start' });
  const done = terminal.say({
    vi: 'Đã tạo mật khẩu mới cho cơ sở dữ liệu nhúng; có hiệu lực khi khởi động lại máy chủ',
    en: 'New passwords of the embedded database; they take effect when the server is restarted',
  });
  terminal.line(`${terminal.style('green', '✓')} ${done}`);
  return exitCodes.ok;
}

function parseUse(text: string): (typeof uses)[number] {
  const use = uses.find((known) => known === text);
  if (!use)
    throw misused({ vi: `Khóa phải là: ${uses.join(', ')}.`, en: `The key is one of: ${uses.join(', ')}.` });
  return use;
}

export const keysCommands: readonly Command[] = [list, rotate, retire, distrust];
