/** The agencies of a run: who they are, which systems speak for them, and what has become of them. */
import { addOrganisation, addSystem, assignOrganisation, findSystem } from '#directory';
import { callerOf } from '#exchange';
import type { Caller } from '#exchange';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import { assert } from '#foundation/refusal';

export const byOperator: Actor = { method: 'operator', credential: 'simulation' };

export interface Agency {
  readonly code: string;
  readonly oldCode: string | null;
  /** Those that speak for it from the beginning; the first one receives. */
  readonly systems: readonly string[];
}

/** Two that one system serves, one with two systems, one whose system never comes to collect, and a stranger. */
export const agencies: readonly Agency[] = [
  { code: 'H01', oldCode: '000.00.00.H01', systems: ['tỉnh'] },
  { code: 'H02', oldCode: null, systems: ['sở'] },
  { code: 'H03', oldCode: '000.00.03.H01', systems: ['huyện', 'huyện-cũ'] },
  { code: 'H04', oldCode: null, systems: ['chung'] },
  { code: 'H05', oldCode: null, systems: ['chung'] },
  { code: 'H06', oldCode: null, systems: ['bộ'] },
  { code: 'H07', oldCode: null, systems: ['bộ'] },
  { code: 'H08', oldCode: null, systems: ['vắng'] },
];
export const absentee = 'vắng';
export const stranger: Agency = { code: 'H99', oldCode: null, systems: ['lạ'] };
export const axisCode = '00.00.W00';
/** No organisation has it, today or later. */
export const unknownCode = 'X99';

export const systems = [...new Set([...agencies, stranger].flatMap((agency) => agency.systems))];

export function externalIdOf(system: string): string {
  return `sys.${systems.indexOf(system)}`;
}

export async function foundCountry(platform: Platform): Promise<void> {
  await addOrganisation(
    platform,
    { code: axisCode, name: 'Trục liên thông', level: 1, kind: 'axis' },
    byOperator,
  );
  const connected = new Set<string>();
  for (const { code, oldCode, systems: own } of [...agencies, stranger]) {
    await addOrganisation(platform, { code, oldCode, name: `Cơ quan ${code}`, level: 1 }, byOperator);
    for (const system of [...own].reverse()) {
      const externalId = externalIdOf(system);
      if (!connected.has(system)) {
        const request = { externalId, name: `Hệ thống ${system}`, parentCode: code, needsApproval: false };
        await addSystem(platform, request, byOperator);
        connected.add(system);
      }
      await assignOrganisation(platform, { system: externalId, code, receives: true }, byOperator);
    }
  }
}

export const methods = ['vxp', 'lgsp', 'oauth'] as const;

/** As its dialect would have authenticated it, whichever it is. */
export async function callerFrom(
  platform: Platform,
  system: string,
  method: (typeof methods)[number],
): Promise<Caller> {
  const found = await findSystem(platform, externalIdOf(system));
  assert(found, 'the system is in the directory');
  const { credentialId } = found.credentials.vxp[0]!;
  return callerOf(found, { credentialId, method });
}

/** The codes of the agencies that a system speaks or receives for all the time. */
export function agenciesOf(system: string): string[] {
  return agencies.filter((agency) => agency.systems.includes(system)).map(({ code }) => code);
}
