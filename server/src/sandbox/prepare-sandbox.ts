/**
 * Brings the sandbox's state into the directory, what is missing of it, and writes `sandbox.json` with the address and
 * every credential, for scripts and people to use. What somebody changed since stays changed.
 */
import { hkdfSync } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addOperator,
  addOrganisation,
  addSystem,
  assignOrganisation,
  authenticateOperator,
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
import { assert, Refusal } from '#foundation/refusal';
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
  /** The current one first. */
  readonly masterKeys: readonly Uint8Array[];
}

const byAxis: Actor = { method: 'axis' };

export async function prepareSandbox(platform: Platform, options: SandboxOptions): Promise<SandboxFile> {
  await addMissingOrganisations(platform);
  const { masterKeys } = options;
  const path = join(options.dataFolder, 'sandbox.json');
  const former = await readFormer(path);
  const agencies: SandboxFile['agencies'][number][] = [];
  for (const agency of sandboxAgencies) {
    const { name, level, code, oldCode } = agency;
    const { id, secret } = await connectSystem(platform, agency);
    const written = former?.agencies.find(({ system }) => system.id === id)?.system;
    const secretFor = (kind: DigestKind, known: string | null | undefined) =>
      keepSecret(platform, { id, kind, candidates: secretsOf(`${kind} ${id}`, { known, masterKeys }) });
    const system = {
      id,
      secret,
      lgspSecret: await secretFor('lgsp', written?.lgspSecret),
      apiSecret: await secretFor('api_secret', written?.apiSecret),
    };
    agencies.push({ name, level, code, oldCode, system });
  }
  const operator = await keepOperator(
    platform,
    secretsOf('operator', { known: former?.operator.secret, masterKeys }),
  );
  const file = { baseUrl: options.baseUrl, agencies, operator };
  await writeSecretFile(path, `${JSON.stringify(file, null, 2)}\n`);
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
  {
    id,
    kind,
    candidates,
  }: { readonly id: string; readonly kind: DigestKind; readonly candidates: Candidates },
): Promise<string | null> {
  const system = await findSystem(platform, id);
  if (system?.credentials[kind].length === 0) {
    const [secret] = candidates;
    await rotateCredential(platform, { system: id, kind, secret }, byAxis);
    return secret;
  }
  return candidates.find((secret) => findCredentialBySecret(system, kind, secret)) ?? null;
}

async function keepOperator(platform: Platform, candidates: Candidates): Promise<SandboxFile['operator']> {
  const id = 'sandbox-operator';
  if (!(await hasOperator(platform, id))) {
    const operator = { id, secret: candidates[0] };
    await addOperator(platform, operator);
    return operator;
  }
  for (const secret of candidates) {
    if (await isOperator(platform, { id, secret })) return { id, secret };
  }
  throw new Error(`the secret of ${id} was in sandbox.json, and its master key is retired: restore the file`);
}

async function isOperator(platform: Platform, operator: SandboxFile['operator']): Promise<boolean> {
  try {
    await authenticateOperator(platform, operator);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

async function readFormer(path: string): Promise<SandboxFile | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as SandboxFile);
}

/** What a secret may be, of which the directory keeps only a digest; the first is the one for something new. */
type Candidates = readonly [string, ...string[]];

/**
 * The one in the file, and where that is lost, or a start was cut off before it was written, the one derived from the
 * master key of today or from one that this one replaced.
 */
function secretsOf(
  of: string,
  {
    known,
    masterKeys,
  }: { readonly known: string | null | undefined; readonly masterKeys: readonly Uint8Array[] },
): Candidates {
  const [current, ...former] = masterKeys.map((key) => derivedSecret(key, of));
  assert(current !== undefined, 'there is a master key');
  return known ? [known, current, ...former] : [current, ...former];
}

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
