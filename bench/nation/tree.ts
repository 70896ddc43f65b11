/**
 * The organisations of the nation, in the proportions of the administration since July 2025: two levels of local
 * government under 34 provinces, 3,321 communes among 10,291 organisations. Names and codes are made up.
 */
import type { Party } from '../letter.ts';
import { createRandom } from './random.ts';

export type Kind = 'province' | 'commune' | 'department' | 'ministry' | 'directorate' | 'unit';

export interface Organisation extends Party {
  readonly kind: Kind;
  readonly level: 1 | 2 | 3 | 4;
  /** Place of its parent in the list, before its own. */
  readonly parent: number | undefined;
  /** Of the province or ministry above it, whose system speaks and receives for it. */
  readonly hub: number;
}

export interface Nation {
  readonly organisations: readonly Organisation[];
  /** Places of the organisations that have a system of their own: provinces and ministries. */
  readonly hubs: readonly number[];
}

/** In the whole nation, of which a smaller one has its share. */
const wholeOrganisations = 10_291;
const shares = { province: 34, ministry: 31, commune: 3_321, department: 476, directorate: 372 };

export function createNation({ count, seed }: { readonly count: number; readonly seed: number }): Nation {
  const random = createRandom(seed);
  const organisations: Organisation[] = [];
  const placesOf: Record<Kind, number[]> = {
    province: [],
    commune: [],
    department: [],
    ministry: [],
    directorate: [],
    unit: [],
  };
  const childrenOf = new Map<number, number>();
  const add = (kind: Kind, parent?: number): void => {
    const place = organisations.length;
    const above = parent === undefined ? undefined : organisations[parent]!;
    const ordinal = (parent === undefined ? placesOf[kind].length : (childrenOf.get(parent) ?? 0)) + 1;
    if (parent !== undefined) childrenOf.set(parent, ordinal);
    const number = String(ordinal).padStart(2, '0');
    organisations.push({
      kind,
      code: above ? `${above.code}.${number}` : `${kind === 'province' ? 'H' : 'G'}${number}`,
      name: above ? `${nameOf[kind]} ${number}, ${above.name}` : `${nameOf[kind]} ${number}`,
      level: above ? ((above.level + 1) as 2 | 3 | 4) : 1,
      parent,
      hub: above?.hub ?? place,
    });
    placesOf[kind].push(place);
  };

  const shareOf = (kind: keyof typeof shares): number =>
    Math.max(2, Math.min(shares[kind], Math.round((shares[kind] * count) / wholeOrganisations)));
  for (let made = shareOf('province'); made > 0; made--) add('province');
  for (let made = shareOf('ministry'); made > 0; made--) add('ministry');
  for (let made = shareOf('directorate'); made > 0; made--)
    add('directorate', random.pick(placesOf.ministry));
  for (let made = shareOf('department'); made > 0; made--) add('department', random.pick(placesOf.province));
  for (let made = shareOf('commune'); made > 0; made--) add('commune', random.pick(placesOf.province));
  // The rest: schools, hospitals, divisions; a few of them have units below themselves.
  while (organisations.length < count) {
    const isBelowUnit = random.fraction() < 0.15;
    const above = isBelowUnit ? placesOf.unit : random.pick([placesOf.commune, placesOf.department]);
    const parent = above.length === 0 ? undefined : random.pick(above);
    if (parent !== undefined && organisations[parent]!.level < 4) add('unit', parent);
  }
  return { organisations, hubs: [...placesOf.province, ...placesOf.ministry] };
}

const nameOf: Record<Kind, string> = {
  province: 'Ủy ban nhân dân tỉnh thử nghiệm',
  commune: 'Ủy ban nhân dân xã',
  department: 'Sở',
  ministry: 'Bộ thử nghiệm',
  directorate: 'Cục',
  unit: 'Đơn vị',
};

/** For the import of the directory, parents first. */
export function writeImportFile({ organisations }: Nation): string {
  const lines = organisations.map(({ code, name, level, parent }) =>
    [code, name, level, parent === undefined ? '' : organisations[parent]!.code].join('\t'),
  );
  return `code\tname\tlevel\tparent_code\n${lines.join('\n')}\n`;
}
