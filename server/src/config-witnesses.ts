/** The witnesses of the log, as `LIENTHONG_WITNESSES` names them: `VKEY URL` each, or `VKEY` of one that dials in. */
import { majorityOf, parseWitnessKey, type WitnessKey } from '#foundation/evidence';
import type { ConfigProblem, Variables } from './config-source.ts';

export interface ConfiguredWitness {
  readonly key: WitnessKey;
  /** Its submission prefix; undefined where it fetches and brings by itself. */
  readonly url: URL | undefined;
}

export interface WitnessSettings {
  readonly witnesses: readonly ConfiguredWitness[];
  /** How many must cosign; what a new trust file says. */
  readonly quorum: number;
}

const maxWitnesses = 32;

export function readWitnesses(variables: Variables, problems: ConfigProblem[]): WitnessSettings {
  const items = (variables.LIENTHONG_WITNESSES ?? '').split(/[\n,]/).filter((item) => item.trim() !== '');
  const witnesses = items.flatMap((item) => parseWitness(item.trim(), problems));
  const names = new Set(witnesses.map(({ key }) => key.name));
  if (witnesses.length > maxWitnesses || names.size < witnesses.length) problems.push(doubled);
  const quorum = readQuorum(variables, { count: names.size, problems });
  return { witnesses, quorum };
}

function parseWitness(item: string, problems: ConfigProblem[]): ConfiguredWitness[] {
  const [vkey = '', address, ...rest] = item.split(/\s+/);
  const key = parseWitnessKey(vkey);
  const url = address === undefined ? undefined : URL.parse(address);
  const isUsable = url === undefined || (url !== null && ['http:', 'https:'].includes(url.protocol));
  if (key && isUsable && rest.length === 0) return [{ key, url }];
  problems.push(malformed(vkey));
  return [];
}

function readQuorum(
  { LIENTHONG_WITNESS_QUORUM: text }: Variables,
  { count, problems }: { readonly count: number; readonly problems: ConfigProblem[] },
): number {
  if (text === undefined) return majorityOf(count);
  const quorum = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (quorum >= majorityOf(count) && quorum <= count) return quorum;
  problems.push({
    name: 'LIENTHONG_WITNESS_QUORUM',
    vi: `Phải là số từ ${majorityOf(count)} (quá nửa) đến ${count} (tất cả nhân chứng).`,
    en: `Must be a number from ${majorityOf(count)} (more than half) to ${count} (all witnesses).`,
  });
  return 0;
}

const doubled: ConfigProblem = {
  name: 'LIENTHONG_WITNESSES',
  vi: `Mỗi nhân chứng ghi một lần, tối đa ${maxWitnesses}.`,
  en: `Name each witness once, at most ${maxWitnesses} of them.`,
};

function malformed(vkey: string): ConfigProblem {
  return {
    name: 'LIENTHONG_WITNESSES',
    vi: `"${vkey.slice(0, 80)}…": mỗi dòng là VKEY hoặc VKEY URL, như lienthong witness in ra.`,
    en: `"${vkey.slice(0, 80)}…": each line is VKEY or VKEY URL, as lienthong witness prints it.`,
  };
}
