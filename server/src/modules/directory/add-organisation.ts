import { change, nameOf, read, recordChange } from './record-change.ts';
import {
  parseCode,
  parseContact,
  parseLevel,
  parseName,
  type ContactInput,
  type Level,
  type Organisation,
} from './organisation.ts';
import { canBeBelow } from './policy.ts';
import { refuse } from './refusals.ts';
import {
  findAxis,
  findHolders,
  findOrganisation,
  insertOrganisation,
  lockOrganisations,
} from './store/organisations.ts';
import { vietnamDate } from '#foundation/clock';
import type { Transaction } from '#foundation/db';
import type { Actor } from '#foundation/evidence';
import { newId, type OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';

export interface NewOrganisationRequest extends ContactInput {
  readonly code: string;
  readonly oldCode?: string | null | undefined;
  readonly name: string;
  /** One below the parent where left out; 1 without a parent. */
  readonly level?: number | undefined;
  readonly parentCode?: string | null | undefined;
  readonly kind?: 'ordinary' | 'axis' | undefined;
}

/**
 * Adds an organisation. The same request again changes nothing and gives the organisation as it is; a code that
 * another organisation has or ever had is refused.
 */
export async function addOrganisation(
  platform: Platform,
  request: NewOrganisationRequest,
  by: Actor,
): Promise<{ organisation: Organisation; added: boolean }> {
  const wanted = parse(request);
  const existing = await read(platform, (tx) => findSame(tx, wanted));
  if (existing) return { organisation: existing, added: false };

  const id = newId<'organisation'>();
  return change(platform, [id], async (tx) => {
    await insertChecked(platform, tx, { id, wanted, by });
    return { organisation: (await findOrganisation(tx, wanted.code))!, added: true };
  });
}

export type ParsedOrganisation = ReturnType<typeof parse>;

function parse(request: NewOrganisationRequest) {
  const code = parseCode(request.code);
  const oldCode = request.oldCode?.trim() ? parseCode(request.oldCode) : null;
  return {
    ...parseContact(request),
    code,
    oldCode: oldCode === code ? null : oldCode,
    name: parseName(request.name),
    level: request.level === undefined ? undefined : parseLevel(request.level),
    parentCode: request.parentCode?.trim() ? parseCode(request.parentCode) : null,
    kind: request.kind ?? ('ordinary' as const),
  };
}

/** Adds within a transaction that may see the rows of `id`: also for what a system registers by itself. */
export async function insertChecked(
  platform: Platform,
  tx: Transaction,
  { id, wanted, by }: { id: OrganisationId; wanted: ParsedOrganisation; by: Actor },
): Promise<void> {
  const parent = wanted.parentCode === null ? null : await getParent(tx, wanted.parentCode);
  const level = wanted.level ?? levelBelow(parent);
  if (parent && !canBeBelow(level, parent.level)) {
    throw refuse('level_not_below_parent', { level, parentLevel: parent.level, parentCode: parent.code });
  }
  if (wanted.kind === 'axis') await refuseSecondAxis(tx);
  await insertOrganisation(tx, {
    ...wanted,
    id,
    level,
    parent,
    by: nameOf(by),
    on: vietnamDate(tx.now),
  });
  await recordChange(platform, tx, {
    kind: 'organisation_added',
    organisation: { id, code: wanted.code },
    by,
    claims: { level, oldCode: wanted.oldCode, parentCode: parent?.code ?? null },
    detail: { name: wanted.name },
  });
}

async function getParent(tx: Transaction, parentCode: string): Promise<Organisation> {
  const found = await findOrganisation(tx, parentCode);
  if (!found) throw refuse('parent_unknown', { parentCode });
  // Locked, so that it does not end while a child is added.
  const parent = (await lockOrganisations(tx, [found.id])).get(found.id)!;
  if (parent.state === 'ended') throw refuse('organisation_ended', { code: parentCode });
  return parent;
}

function levelBelow(parent: Organisation | null): Level {
  if (!parent) return 1;
  if (parent.level === 4) throw refuse('level_too_deep', { parentCode: parent.code });
  return (parent.level + 1) as Level;
}

async function refuseSecondAxis(tx: Transaction): Promise<void> {
  const axis = await findAxis(tx);
  if (axis) throw refuse('axis_exists', { code: axis.code });
}

/** What was added before by the same request; any other holder of one of its codes is a refusal. */
async function findSame(tx: Transaction, wanted: ParsedOrganisation): Promise<Organisation | undefined> {
  const codes = wanted.oldCode === null ? [wanted.code] : [wanted.code, wanted.oldCode];
  const [holder] = await findHolders(tx, codes);
  if (!holder) return undefined;
  const existing = await findOrganisation(tx, holder.code);
  const isSame =
    existing?.state === 'active' &&
    existing.code === wanted.code &&
    existing.oldCode === wanted.oldCode &&
    existing.name === wanted.name &&
    existing.kind === wanted.kind &&
    (wanted.level === undefined || existing.level === wanted.level) &&
    existing.parentCode === wanted.parentCode;
  if (!isSame) throw refuse('code_taken', { code: holder.code });
  return existing;
}
