/**
 * Brings the sandbox's state into the directory, what is missing of it, and writes `sandbox.json` with the address and
 * every credential, for scripts and people to use. What somebody changed since stays changed.
 */
import { hkdfSync } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addOperator,
  addOrganisation,
  addSystem,
  assignOrganisation,
  findCredentialBySecret,
  findSystem,
  hasOperator,
  resolveCodes,
  rotateCredential,
} from '#directory';
import type { DigestKind } from '#directory';
import { inTransaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import { sandboxAgencies, sandboxAxis } from './state.ts';
import type { SandboxAgency } from './state.ts';

export interface SandboxFile {
  readonly baseUrl: string;
  readonly agencies: readonly {
    readonly name: string;
    readonly level: number;
    readonly code: string;
    readonly oldCode: string | null;
    readonly system: SandboxSystem;
  }[];
  readonly operator: { readonly id: string; readonly secret: string };
}

/** One system with a secret for each way in; null where somebody replaced it, since the axis keeps only digests of these. */
export interface SandboxSystem {
  readonly id: string;
  /** For VXP, and for the command line. */
  readonly secret: string;
  readonly lgspSecret: string | null;
  /** For `/oauth/token`. */
  readonly apiSecret: string | null;
}

export interface SandboxOptions {
  readonly dataFolder: string;
  readonly baseUrl: string;
  readonly masterKey: Uint8Array;
}

const byAxis: Actor = { method: 'axis' };

export async function prepareSandbox(platform: Platform, options: SandboxOptions): Promise<SandboxFile> {
  await addMissingOrganisations(platform);
  const agencies: SandboxFile['agencies'][number][] = [];
  for (const agency of sandboxAgencies) {
    const { name, level, code, oldCode } = agency;
    const { id, secret } = await connectSystem(platform, agency);
    const secretFor = (kind: DigestKind) => keepSecret(platform, { id, kind, masterKey: options.masterKey });
    const system = {
      id,
      secret,
      lgspSecret: await secretFor('lgsp'),
      apiSecret: await secretFor('api_secret'),
    };
    agencies.push({ name, level, code, oldCode, system });
  }
  const operator = { id: 'sandbox-operator', secret: derivedSecret(options.masterKey, 'operator') };
  if (!(await hasOperator(platform, operator.id))) await addOperator(platform, operator);
  const file = { baseUrl: options.baseUrl, agencies, operator };
  await writeSecretFile(join(options.dataFolder, 'sandbox.json'), `${JSON.stringify(file, null, 2)}\n`);
  return file;
}

async function addMissingOrganisations(platform: Platform): Promise<void> {
  const codes = [sandboxAxis.code, ...sandboxAgencies.map(({ code }) => code)];
  const known = await inTransaction(platform.database.app, {}, (tx) => resolveCodes(tx, codes));
  if (!known.has(sandboxAxis.code)) {
    await addOrganisation(platform, { ...sandboxAxis, level: 1, kind: 'axis' }, byAxis);
  }
  for (const agency of sandboxAgencies) {
    if (!known.has(agency.code)) await addOrganisation(platform, agency, byAxis);
  }
}

async function connectSystem(
  platform: Platform,
  agency: SandboxAgency,
): Promise<{ id: string; secret: string }> {
  const { systemId: id, code, name } = agency;
  const existing = await findSystem(platform, id);
  const [newest] = existing?.credentials.vxp ?? [];
  if (existing && newest && existing.speaksFor.length > 0) return { id, secret: newest.secret };
  const { credential } = await addSystem(
    platform,
    // The same key gives the same secret again when a first start was cut off after this.
    {
      externalId: id,
      name: `Hệ thống của ${name}`,
      parentCode: code,
      needsApproval: false,
      requestKey: 'sandbox',
    },
    byAxis,
  );
  await assignOrganisation(platform, { system: id, code, receives: true }, byAxis);
  return { id, secret: credential.secret! };
}

/** The secret of that kind that the sandbox hands out, made where the system has none. */
async function keepSecret(
  platform: Platform,
  { id, kind, masterKey }: { readonly id: string; readonly kind: DigestKind; readonly masterKey: Uint8Array },
): Promise<string | null> {
  const secret = derivedSecret(masterKey, `${kind} ${id}`);
  const system = await findSystem(platform, id);
  if (system?.credentials[kind].length === 0) {
    await rotateCredential(platform, { system: id, kind, secret }, byAxis);
    return secret;
  }
  return findCredentialBySecret(system, kind, secret) ? secret : null;
}

/** Derived, so that it is the same after every start although the directory keeps only its digest. */
function derivedSecret(masterKey: Uint8Array, of: string): string {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `lienthong sandbox ${of}`, 32)).toString('base64url');
}

/** Written beside and renamed: a reader never sees half of it, and nobody else on the machine may read it. */
async function writeSecretFile(path: string, content: string): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
