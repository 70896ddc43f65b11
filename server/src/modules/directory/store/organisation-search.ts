/** Search over some 120,000 organisations within a few milliseconds. */
import type { Level, OrganisationName } from '../organisation.ts';
import type { Transaction } from '#foundation/db';
import type { OrganisationId } from '#foundation/ids';

export interface FoundOrganisation extends OrganisationName {
  readonly level: Level;
  readonly parentCode: string | null;
  readonly state: 'active' | 'ended';
  readonly stateSince: Temporal.Instant;
  readonly successorCode: string | null;
  readonly matchedBy: 'code' | 'code_prefix' | 'name_prefix' | 'words';
}

interface FoundRow {
  id: OrganisationId;
  code: string;
  old_code: string | null;
  name: string;
  level: Level;
  parent_code: string | null;
  state: 'active' | 'ended';
  state_since: Temporal.Instant;
  successor_code: string | null;
  rank: 0 | 1 | 2 | 3;
}

const matchedBy = ['code', 'code_prefix', 'name_prefix', 'words'] as const;

/**
 * Each way of matching is asked apart, so that each has an index, and brings a bounded number of candidates. "uỷ ban
 * nhân dân" matches most of the table: its candidates stop at the limit instead of being ranked all.
 */
export async function searchOrganisations(
  tx: Transaction,
  { query, limit }: { query: string; limit: number },
): Promise<FoundOrganisation[]> {
  const [folded] = await tx.query<{ text: string }>('select directory.search_text($1) as text', [query]);
  const words = folded!.text.split(' ').filter((word) => word !== '');
  const codePrefix = `${escapeLike(query.toLowerCase())}%`;
  const namePrefix = `${escapeLike(folded!.text)}%`;
  const parameters: unknown[] = [query, codePrefix, namePrefix, limit];
  // A single letter has no trigram: alone it would be searched for row by row, beside others it only narrows down.
  const containsAll = words.some((word) => word.length > 1)
    ? words.map((word) => `search_text like $${parameters.push(`% ${escapeLike(word)}%`)}`)
    : [];
  const rows = await tx.query<FoundRow>(
    `with candidate (id, rank) as (
       (select organisation_id, 0
        from directory.organisation_code
        where code = $1)
       union all
       (select organisation_id, 1
        from directory.organisation_code
        where lower(code) like $2
        order by lower(code) using ~<~
        limit $4::int * 2)
       union all
       (select id, 2
        from directory.organisation
        where search_text like $3
          and $3 <> ' %'
        order by search_text using ~<~
        limit $4::int * 2)
       union all
       (select id, 3
        from directory.organisation
        where ${containsAll.length === 0 ? 'false' : containsAll.join(' and ')}
        limit $4::int * 4)
     ),
     best as (
       select id, min(rank) as rank
       from candidate
       group by id
     )
     select o.id, o.code, o.old_code, o.name, o.level, p.code as parent_code, o.state, o.state_since,
       s.code as successor_code, best.rank
     from best
     join directory.organisation o on o.id = best.id
     left join directory.organisation p on p.id = o.parent_id
     left join directory.organisation s on s.id = o.successor_id
     order by best.rank, o.state, o.level, length(o.name), o.code
     limit $4`,
    parameters,
  );
  return rows.map((row) => ({
    organisationId: row.id,
    code: row.code,
    oldCode: row.old_code,
    name: row.name,
    level: row.level,
    parentCode: row.parent_code,
    state: row.state,
    stateSince: row.state_since,
    successorCode: row.successor_code,
    matchedBy: matchedBy[row.rank],
  }));
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
