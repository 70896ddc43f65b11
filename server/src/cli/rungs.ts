/** Rungs of a ladder as they are typed and shown: `30m:operator`, `8wh:sender`, `14d:return`. */

export interface TypedRung {
  readonly clock: 'wall' | 'working';
  readonly minutes: number;
  readonly act: 'remind_operator' | 'remind_sender' | 'return';
}

/** A working day has 8 office hours. */
const units = [
  { name: 'd', clock: 'wall', minutes: 1_440 },
  { name: 'h', clock: 'wall', minutes: 60 },
  { name: 'm', clock: 'wall', minutes: 1 },
  { name: 'wd', clock: 'working', minutes: 480 },
  { name: 'wh', clock: 'working', minutes: 60 },
  { name: 'wm', clock: 'working', minutes: 1 },
] as const;

const acts = { operator: 'remind_operator', sender: 'remind_sender', return: 'return' } as const;

export function parseRung(text: string): TypedRung | undefined {
  const { count, unit, act } = /^(?<count>\d{1,6})(?<unit>w?[dhm]):(?<act>\w+)$/.exec(text)?.groups ?? {};
  const found = units.find(({ name }) => name === unit);
  const isAct = (word: string | undefined): word is keyof typeof acts => word !== undefined && word in acts;
  if (!found || !isAct(act)) return undefined;
  return { clock: found.clock, minutes: Number(count) * found.minutes, act: acts[act] };
}

export function formatRung({ clock, minutes, act }: TypedRung): string {
  const unit = units.find((each) => each.clock === clock && minutes % each.minutes === 0)!;
  const word = Object.entries(acts).find(([, named]) => named === act)![0];
  return `${minutes / unit.minutes}${unit.name}:${word}`;
}
