import { expect, test } from 'vitest';
import { createNation, writeImportFile } from './tree.ts';
import { planTraffic } from './traffic.ts';

const nation = createNation({ count: 10_291, seed: 1 });
const plan = planTraffic({ nation, documents: 20_000, scale: 1, seed: 1 });
const originals = plan.filter(({ act }) => act === 'new');

test('the nation has its provinces, communes and four levels, every code once', () => {
  const { organisations, hubs } = nation;
  const count = (kind: string) => organisations.filter((organisation) => organisation.kind === kind).length;
  expect(organisations).toHaveLength(10_291);
  expect([count('province'), count('commune'), hubs.length]).toEqual([34, 3_321, 65]);
  expect(new Set(organisations.map(({ level }) => level))).toEqual(new Set([1, 2, 3, 4]));
  expect(new Set(organisations.map(({ code }) => code)).size).toBe(10_291);
  expect(writeImportFile(nation).split('\n')).toHaveLength(10_293);
});

test('the same seed writes the same documents, another one writes others', () => {
  const again = (seed: number) => planTraffic({ nation, documents: 500, scale: 1, seed });
  expect(again(7)).toEqual(again(7));
  expect(again(7)).not.toEqual(again(8));
});

test('a document has three recipients on average, and never its own sender among them', () => {
  const recipients = originals.reduce((sum, { to }) => sum + to.length, 0);
  expect(recipients / originals.length).toBeGreaterThan(2.7);
  expect(recipients / originals.length).toBeLessThan(3.3);
  expect(originals.filter(({ from, to }) => to.includes(from) || to.length === 0)).toEqual([]);
});

test('half of them are below 0.64 MB, nine of ten below 10 MB, and a scale makes all of them smaller', () => {
  const sizes = originals.map(({ sizeBytes }) => sizeBytes).sort((a, b) => a - b);
  const at = (share: number) => sizes[Math.floor(share * sizes.length)]! / 1e6;
  expect(at(0.5)).toBeGreaterThan(0.6);
  expect(at(0.5)).toBeLessThan(0.69);
  expect(at(0.9)).toBeGreaterThan(9);
  expect(at(0.9)).toBeLessThan(11);
  const scaled = planTraffic({ nation, documents: 1_000, scale: 0.01, seed: 1 });
  expect(Math.max(...scaled.map(({ sizeBytes }) => sizeBytes))).toBeLessThanOrEqual(500_000);
});

test('what repeats, updates or recalls is about an earlier original of the same sender', () => {
  const others = plan.filter(({ act }) => act !== 'new');
  expect(others.length / plan.length).toBeGreaterThan(0.03);
  for (const { about, from, to } of others) {
    expect(plan[about!]).toMatchObject({ act: 'new', from, to });
  }
});
