/**
 * Whom to talk to and as whom: `LIENTHONG_URL` with its credentials, or else `sandbox.json` in the data folder.
 * Never a mixture: credentials of one place are not shown to the address of another.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Context } from '../command.ts';
import { misused, troubled } from '../failure.ts';

export interface Agency {
  readonly code: string;
  readonly oldCode: string | null;
  readonly name: string;
}

export interface SystemAccess {
  readonly baseUrl: URL;
  readonly systemId: string;
  readonly secret: string;
}

export interface OperatorAccess {
  readonly baseUrl: URL;
  readonly operatorId: string;
  readonly secret: string;
}

export interface Settings {
  readonly baseUrl: URL;
  readonly agencies: readonly (Agency & { readonly system: SystemAccess })[];
  /** From the environment: one system, which may speak for any number of organisations. */
  readonly system: SystemAccess | undefined;
  readonly operator: OperatorAccess | undefined;
}

const sandboxSchema = z.object({
  baseUrl: z.url(),
  agencies: z.array(
    z.object({
      name: z.string(),
      code: z.string(),
      oldCode: z.string().nullable(),
      system: z.object({ id: z.string(), secret: z.string() }),
    }),
  ),
  operator: z.object({ id: z.string(), secret: z.string() }).optional(),
});

/** Which credentials a command needs: what is told to whoever has none. */
export type Role = 'system' | 'operator';

export async function loadSettings(context: Context, role: Role = 'system'): Promise<Settings> {
  const address = context.environment['LIENTHONG_URL'];
  return address ? fromEnvironment(address, context.environment) : fromSandbox(context.dataFolder, role);
}

/** The one system that speaks for the code, or the only one there is. */
export function systemFor(settings: Settings, code: string | undefined): SystemAccess {
  if (settings.system) return settings.system;
  if (settings.agencies.length === 0) {
    throw misused({
      vi: 'Thiếu LIENTHONG_SYSTEM_ID và LIENTHONG_SYSTEM_SECRET.',
      en: 'LIENTHONG_SYSTEM_ID and LIENTHONG_SYSTEM_SECRET are missing.',
    });
  }
  if (code !== undefined) return getAgency(settings, code).system;
  const systems = knownSystems(settings);
  const [only] = systems;
  if (only && systems.length === 1) return only;
  throw misused(
    { vi: 'Cần cho biết làm việc thay cơ quan nào: --as MÃ', en: 'Say which agency you act for: --as CODE' },
    { remedy: listCodes(settings) },
  );
}

export function findAgency(
  settings: Settings,
  code: string,
): (Agency & { readonly system: SystemAccess }) | undefined {
  return settings.agencies.find((agency) => agency.code === code || agency.oldCode === code);
}

/** Each system once, however many organisations it speaks for. */
export function knownSystems(settings: Settings): SystemAccess[] {
  if (settings.system) return [settings.system];
  return [...new Map(settings.agencies.map(({ system }) => [system.systemId, system])).values()];
}

export function operatorOf(settings: Settings): OperatorAccess {
  if (settings.operator) return settings.operator;
  throw misused(
    { vi: 'Lệnh này cần quyền quản trị trục.', en: 'This command needs an operator of the axis.' },
    {
      remedy: {
        vi: 'Đặt LIENTHONG_OPERATOR_ID và LIENTHONG_OPERATOR_SECRET (do "lienthong init" cấp).',
        en: 'Set LIENTHONG_OPERATOR_ID and LIENTHONG_OPERATOR_SECRET (issued by "lienthong init").',
      },
    },
  );
}

function getAgency(settings: Settings, code: string) {
  const agency = findAgency(settings, code);
  if (agency) return agency;
  throw misused(
    { vi: `sandbox.json không có cơ quan ${code}.`, en: `There is no agency ${code} in sandbox.json.` },
    { remedy: listCodes(settings) },
  );
}

function listCodes(settings: Settings) {
  const codes = settings.agencies.map(({ code, name }) => `  ${code}  ${name}`).join('\n');
  return { vi: `Các mã có sẵn:\n${codes}`, en: `The codes at hand:\n${codes}` };
}

function fromEnvironment(address: string, environment: Context['environment']): Settings {
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    throw misused({
      vi: `LIENTHONG_URL không phải địa chỉ web: ${address}`,
      en: `LIENTHONG_URL is not a web address: ${address}`,
    });
  }
  const baseUrl = new URL(address);
  const pair = (idName: string, secretName: string): { id: string; secret: string } | undefined => {
    const id = environment[idName];
    const secret = environment[secretName];
    if (Boolean(id) !== Boolean(secret)) {
      const missing = id ? secretName : idName;
      throw misused({ vi: `Thiếu ${missing}.`, en: `${missing} is missing.` });
    }
    return id && secret ? { id, secret } : undefined;
  };
  const system = pair('LIENTHONG_SYSTEM_ID', 'LIENTHONG_SYSTEM_SECRET');
  const operator = pair('LIENTHONG_OPERATOR_ID', 'LIENTHONG_OPERATOR_SECRET');
  return {
    baseUrl,
    agencies: [],
    system: system && { baseUrl, systemId: system.id, secret: system.secret },
    operator: operator && { baseUrl, operatorId: operator.id, secret: operator.secret },
  };
}

async function fromSandbox(dataFolder: string, role: Role): Promise<Settings> {
  const path = join(dataFolder, 'sandbox.json');
  const sandbox = sandboxSchema.safeParse(parseJson(await readSandbox(path, role)));
  if (!sandbox.success) {
    throw troubled(
      { vi: `Tệp ${path} không đúng dạng.`, en: `The file ${path} is not of the right form.` },
      {
        cause: sandbox.error,
        remedy: { vi: 'Chạy npm start để tạo lại.', en: 'Run npm start, which writes it anew.' },
      },
    );
  }
  const baseUrl = new URL(sandbox.data.baseUrl);
  const { agencies, operator } = sandbox.data;
  return {
    baseUrl,
    agencies: agencies.map(({ name, code, oldCode, system }) => ({
      name,
      code,
      oldCode,
      system: { baseUrl, systemId: system.id, secret: system.secret },
    })),
    system: undefined,
    operator: operator && { baseUrl, operatorId: operator.id, secret: operator.secret },
  };
}

const variables = {
  system: ['LIENTHONG_SYSTEM_ID', 'LIENTHONG_SYSTEM_SECRET'],
  operator: ['LIENTHONG_OPERATOR_ID', 'LIENTHONG_OPERATOR_SECRET'],
} as const;

async function readSandbox(path: string, role: Role): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    const [id, secret] = variables[role];
    throw misused(
      {
        vi: `Chưa biết kết nối tới đâu: không có ${path}.`,
        en: `Nothing says where to connect: there is no ${path}.`,
      },
      {
        cause,
        remedy: {
          vi: `Khởi động bằng npm start trong thư mục dự án (hoặc chỉ thư mục bằng --data), hoặc đặt LIENTHONG_URL, ${id} và ${secret}.`,
          en: `Run npm start in the project folder (or name the folder with --data), or set LIENTHONG_URL, ${id} and ${secret}.`,
        },
      },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
