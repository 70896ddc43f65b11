/** What a connected system proves itself with: a kind for each way in, changed without an interruption. */
import { createPublicKey, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { administer, credentialPeriodSchema, rotatedSchema, type credentialSchema } from '../administer.ts';
import { defineCommand, type Context } from '../command.ts';
import { exitCodes, misused } from '../failure.ts';
import type { Text } from '../language.ts';
import { sayTime } from '../words.ts';

export const systemOperand = {
  name: 'SYSTEM',
  help: { vi: 'định danh hệ thống (XroadVnpt-systemid)', en: 'id of the system (XroadVnpt-systemid)' },
} as const;

export const credentialOptions = {
  kind: {
    type: 'string',
    placeholder: 'vxp|lgsp|api-secret|api-key',
    help: {
      vi: 'Dùng cho cách kết nối nào (mặc định vxp); mỗi loại chỉ mở đúng cách kết nối của nó',
      en: 'For which way in (vxp by default); each kind opens its own way in only',
    },
  },
  secret: {
    type: 'string',
    placeholder: 'TEXT',
    help: {
      vi: 'Khóa bí mật mà phần mềm đang dùng (mặc định: tạo mới, 256 bit)',
      en: 'The secret that a configured client already has (by default one of 256 bits is made)',
    },
  },
  'public-key': {
    type: 'string',
    placeholder: 'FILE',
    help: {
      vi: 'Với api-key: tệp khóa công khai, JWK hoặc PEM (Ed25519, P-256, RSA)',
      en: 'With api-key: file of the public key, JWK or PEM (Ed25519, P-256, RSA)',
    },
  },
  'key-id': {
    type: 'string',
    placeholder: 'KID',
    help: {
      vi: 'Với api-key: kid của khóa (mặc định: dấu vân của khóa)',
      en: 'With api-key: its kid (its thumbprint by default)',
    },
  },
} as const;

const kinds = { vxp: 'vxp', lgsp: 'lgsp', 'api-secret': 'api_secret', 'api-key': 'api_key' } as const;

const kindNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(kinds).map(([typed, kind]) => [kind, typed]),
);

export interface CredentialChoice {
  readonly kind?: string | undefined;
  readonly secret?: string | undefined;
  readonly 'public-key'?: string | undefined;
  readonly 'key-id'?: string | undefined;
}

/**
 * What is asked of the server. Where it keeps only a digest the secret is made here: then a request whose answer was
 * lost can be sent again and is answered the same.
 */
export async function chosenCredential(options: CredentialChoice): Promise<Record<string, unknown>> {
  const typed = options.kind ?? (options['public-key'] === undefined ? 'vxp' : 'api-key');
  if (!Object.hasOwn(kinds, typed)) {
    const all = Object.keys(kinds).join(', ');
    throw misused({ vi: `--kind phải là một trong: ${all}.`, en: `--kind is one of: ${all}.` });
  }
  const kind = kinds[typed as keyof typeof kinds];
  const { secret, 'public-key': path, 'key-id': keyId } = options;
  if (kind !== 'api_key') {
    if (path !== undefined || keyId !== undefined) throw misused(onlyForApiKey);
    return { kind, secret: secret ?? (kind === 'vxp' ? undefined : randomBytes(32).toString('base64url')) };
  }
  if (path === undefined || secret !== undefined) throw misused(needsPublicKey);
  return { kind, publicKey: { ...(await readPublicKey(path)), ...(keyId !== undefined && { kid: keyId }) } };
}

const onlyForApiKey: Text = {
  vi: '--public-key và --key-id chỉ đi với --kind api-key.',
  en: '--public-key and --key-id go with --kind api-key only.',
};
const needsPublicKey: Text = {
  vi: '--kind api-key cần --public-key TỆP, và không có --secret.',
  en: '--kind api-key needs --public-key FILE, and no --secret.',
};

/** A private key is turned away here already, so that it does not travel; node would quietly derive the public one. */
async function readPublicKey(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw misused({ vi: `Không đọc được ${path}.`, en: `${path} cannot be read.` }, { cause: error });
  });
  const isPrivate = /PRIVATE KEY|"d"\s*:/.test(text);
  if (isPrivate) {
    throw misused({
      vi: `${path} là khóa riêng: hãy đưa khóa công khai, và giữ khóa riêng ở nơi của nó.`,
      en: `${path} is a private key: give the public key, and leave the private one where it is.`,
    });
  }
  try {
    if (!text.trimStart().startsWith('{')) return { ...createPublicKey(text).export({ format: 'jwk' }) };
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (error) {
    throw misused(
      {
        vi: `${path} không phải khóa công khai dạng JWK hay PEM.`,
        en: `${path} is no public key in JWK or PEM.`,
      },
      { cause: error },
    );
  }
}

export const rotate = defineCommand({
  name: 'system rotate',
  summary: {
    vi: 'Cấp khóa mới; khóa đang dùng còn hiệu lực',
    en: 'Give a new credential; the one in use stays valid',
  },
  operands: [systemOperand],
  options: credentialOptions,
  details: {
    vi: 'Hai khóa cùng loại có hiệu lực cùng lúc (bốn với api-key), nên việc thay không gián đoạn; khóa cũ hơn hết hiệu lực.',
    en: 'Two credentials of a kind are valid at once (four of api-key), so that the change interrupts nothing; the one before them ends.',
  },
  examples: [
    'lienthong system rotate btc.qlvb',
    'lienthong system rotate btc.qlvb --kind lgsp',
    'lienthong system rotate btc.qlvb --public-key khoa-cong-khai.pem --key-id may-1',
  ],
  async run({ options, operands: { SYSTEM: system }, context }) {
    const json = await chosenCredential(options);
    const credential = await (
      await administer(context)
    ).ask({
      method: 'POST',
      path: `systems/${encodeURIComponent(system)}/credentials`,
      makesSecret: true,
      json,
      answer: rotatedSchema,
    });
    context.terminal.json({ system, credential });
    showCredential({ vi: 'Đã cấp khóa mới cho', en: 'New credential of' }, { system, credential }, context);
    showOthers(credential.others, context);
    return exitCodes.ok;
  },
});

export const credentials = defineCommand({
  name: 'system credentials',
  summary: { vi: 'Các khóa của một hệ thống', en: 'The credentials of a system' },
  operands: [systemOperand],
  options: {},
  async run({ operands: { SYSTEM: system }, context }) {
    const answer = await (
      await administer(context)
    ).ask({
      method: 'GET',
      path: `systems/${encodeURIComponent(system)}/credentials`,
      answer: z.object({ credentials: z.array(credentialPeriodSchema) }),
    });
    const { terminal } = context;
    terminal.json({ system, ...answer });
    terminal.table(
      [
        { title: 'Id' },
        { title: terminal.say({ vi: 'Loại', en: 'Kind' }) },
        { title: 'kid', shrinks: true },
        { title: terminal.say({ vi: 'Cấp lúc', en: 'Issued' }) },
        { title: terminal.say({ vi: 'Hết hiệu lực', en: 'Ended' }) },
      ],
      answer.credentials.map(({ credentialId, kind, keyId, issuedAt, endedAt }) => [
        credentialId,
        kindNames[kind] ?? kind,
        keyId ?? '',
        sayTime(issuedAt),
        endedAt === null ? '' : sayTime(endedAt),
      ]),
    );
    return exitCodes.ok;
  },
});

export const retire = defineCommand({
  name: 'system retire',
  summary: {
    vi: 'Chấm dứt ngay một khóa của hệ thống (bị lộ, máy không còn)',
    en: 'End a credential of a system at once (stolen, machine gone)',
  },
  operands: [
    systemOperand,
    {
      name: 'CREDENTIAL',
      help: { vi: 'id của khóa (xem system credentials)', en: 'its id (see system credentials)' },
    },
  ],
  options: {},
  async run({ operands: { SYSTEM: system, CREDENTIAL: credential }, context }) {
    const retired = await (
      await administer(context)
    ).ask({
      method: 'DELETE',
      path: `systems/${encodeURIComponent(system)}/credentials/${encodeURIComponent(credential)}`,
      answer: credentialPeriodSchema,
    });
    const { terminal } = context;
    terminal.json({ system, credential: retired });
    const done = terminal.say({ vi: 'Đã hết hiệu lực', en: 'Ended' });
    terminal.line(
      `${terminal.style('green', '✓')} ${done}: ${system} ${kindNames[retired.kind] ?? retired.kind} ${credential}`,
    );
    return exitCodes.ok;
  },
});

export function showCredential(
  done: Text,
  { system, credential }: { system: string; credential: z.infer<typeof credentialSchema> },
  { terminal }: Context,
): void {
  terminal.line(`${terminal.style('green', '✓')} ${terminal.say(done)} ${system}`);
  terminal.line();
  const { kind, secret, keyId } = credential;
  if (secret === null) {
    terminal.line(`  kid: ${keyId}`);
    return;
  }
  terminal.line(
    terminal.say({ vi: 'Khóa bí mật chỉ in ra lần này:', en: 'The secret is printed this once:' }),
  );
  terminal.line(`  ${idNames[kind]}=${system}`);
  terminal.line(`  ${secretNames[kind]}=${secret}`);
}

const idNames = {
  vxp: 'LIENTHONG_SYSTEM_ID',
  lgsp: 'systemid',
  api_secret: 'client_id',
  api_key: 'client_id',
} as const;
const secretNames = {
  vxp: 'LIENTHONG_SYSTEM_SECRET',
  lgsp: 'secret',
  api_secret: 'client_secret',
  api_key: '',
} as const;

function showOthers(others: z.infer<typeof rotatedSchema>['others'], { terminal }: Context): void {
  if (others.length > 0) terminal.line();
  for (const { issuedAt, state } of others) {
    const at = sayTime(issuedAt);
    terminal.line(
      state === 'valid'
        ? terminal.say({
            vi: `Khóa cấp lúc ${at} vẫn còn hiệu lực, cho tới lần đổi sau.`,
            en: `The one of ${at} still works, until a later rotation ends it.`,
          })
        : `${terminal.style('yellow', '!')} ${terminal.say({
            vi: `Khóa cấp lúc ${at} đã hết hiệu lực với lần đổi này.`,
            en: `The one of ${at} ended with this rotation.`,
          })}`,
    );
  }
}
