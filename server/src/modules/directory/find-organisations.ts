/** Reading the directory: everyone on the axis may know who is who. */
import { getAxisOrganisation } from './axis-organisation.ts';
import { read } from './record-change.ts';
import type { Level, Organisation } from './organisation.ts';
import { refuse } from './refusals.ts';
import {
  findCode as selectCode,
  findCodes as selectCodes,
  findOrganisation,
  listOrganisations as selectOrganisations,
} from './store/organisations.ts';
import { listNames, type NamePeriod } from './store/organisation-names.ts';
import type { Transaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';
import type { Platform } from '#foundation/platform';
import { assert } from '#foundation/refusal';

export { getAxisOrganisation as axisOrganisation };

/** With the history of its names, oldest first. By any code that it has or had. */
export async function getOrganisation(
  platform: Platform,
  code: string,
): Promise<Organisation & { readonly names: readonly NamePeriod[] }> {
  return read(platform, async (tx) => {
    const organisation = await findOrganisation(tx, code.trim());
    if (!organisation) throw refuse('organisation_unknown', { code: code.slice(0, 80) });
    return { ...organisation, names: await listNames(tx, organisation.id) };
  });
}

/** What the organisation was called on that day; before the first day that we know of, by its first known name. */
export async function organisationNameOn(
  tx: Transaction,
  organisationId: OrganisationId,
  date: Temporal.PlainDate,
): Promise<string> {
  const names = await listNames(tx, organisationId);
  const then =
    names.findLast(({ validFrom }) => Temporal.PlainDate.compare(validFrom, date) <= 0) ?? names[0];
  if (!then) throw refuse('organisation_unknown', { code: organisationId });
  return then.name;
}

/** The code that the organisation has now: what evidence entries name it by. */
export async function codeOfOrganisation(tx: Transaction, organisationId: OrganisationId): Promise<string> {
  const code = await selectCode(tx, organisationId);
  assert(code !== undefined, 'an organisation that has rows is in the directory');
  return code;
}

/** The codes that these organisations have now. */
export async function codesOfOrganisations(
  tx: Transaction,
  organisationIds: readonly OrganisationId[],
): Promise<Map<OrganisationId, string>> {
  return selectCodes(tx, organisationIds);
}

const listLimit = 1000;

export interface ListRequest {
  /** Directly below this organisation; an empty text asks for those without a parent: so a tree is walked. */
  readonly parentCode?: string | undefined;
  readonly level?: Level | undefined;
  readonly state?: Organisation['state'] | undefined;
  readonly after?: string | undefined;
  /** At most 1,000. */
  readonly limit: number;
}

/** In order of code; the code of the last one is the `after` of the next page. */
export async function listOrganisations(tx: Transaction, request: ListRequest): Promise<Organisation[]> {
  return selectOrganisations(tx, {
    parentId: await parentIdOf(tx, request.parentCode),
    level: request.level,
    state: request.state,
    after: request.after,
    limit: Math.min(request.limit, listLimit),
  });
}

async function parentIdOf(
  tx: Transaction,
  parentCode: string | undefined,
): Promise<OrganisationId | null | undefined> {
  if (parentCode === undefined) return undefined;
  if (parentCode === '') return null;
  const parent = await findOrganisation(tx, parentCode);
  if (!parent) throw refuse('organisation_unknown', { code: parentCode.slice(0, 80) });
  return parent.id;
}
