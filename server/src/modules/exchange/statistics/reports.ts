/** The figures that the law asks for (Decision 28/2018 Art. 11), over a period: for operators of all, for a system of its own. */
import type { Transaction } from '#foundation/db';
import { refuse } from '../duties/refusals.ts';
import { listLateness, listSavingsParameters, sumSavings, sumTraffic } from '../store/report-rows.ts';
import type {
  Grouping,
  LatenessRow,
  Period,
  ReportQuery,
  SavedTerm,
  SavingsParameter,
  TrafficRow,
} from '../store/report-rows.ts';

const maxDays = 366;
/** Each commune both as sender and as receiver, with room. */
const maxRows = 50_000;

export async function reportTraffic(
  tx: Transaction,
  query: ReportQuery & { readonly by: Grouping },
): Promise<TrafficRow[]> {
  refuseLongPeriod(query);
  return sumTraffic(tx, { ...query, maxRows });
}

export function reportLateness(tx: Transaction): Promise<LatenessRow[]> {
  return listLateness(tx, maxRows);
}

export interface SavingsReport {
  /** By one method. Figures by another one, the World Bank's or the OECD's, must never be added. */
  readonly method: 'open-formula';
  readonly terms: readonly (SavedTerm & { readonly formula: string })[];
  readonly totalVnd: number;
  readonly parameters: readonly SavingsParameter[];
}

/** As the view `report_savings` computes it; here to be shown beside its result. */
const formulas: Readonly<Record<SavedTerm['term'], string>> = {
  paper: 'copies × pages_per_copy × paper_vnd_per_page',
  postage: 'copies × posted_share × postage_vnd_per_copy',
  working_time: 'copies × minutes_per_copy / 60 × gdp_vnd_per_head / 12 / 22 / 8',
};

export async function reportSavings(tx: Transaction, query: ReportQuery): Promise<SavingsReport> {
  refuseLongPeriod(query);
  const terms = await sumSavings(tx, query);
  return {
    method: 'open-formula',
    terms: terms.map((term) => ({ ...term, formula: formulas[term.term] })),
    totalVnd: terms.reduce((sum, { vnd }) => sum + vnd, 0),
    parameters: await listSavingsParameters(tx),
  };
}

function refuseLongPeriod({ from, to }: Period): void {
  const days = from.until(to).days;
  if (days < 0 || days >= maxDays) throw refuse('period_invalid', { limit: maxDays });
}
