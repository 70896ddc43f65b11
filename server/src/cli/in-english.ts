/**
 * The protocol words every refusal in Vietnamese. Whoever reads English gets the sentence of the catalogue, with what
 * the Vietnamese one told filled in; loaded only when a refusal is to be shown.
 */
import { Failure } from './failure.ts';
import type { Text } from './language.ts';

export async function inEnglish(failure: Failure): Promise<Failure> {
  const { code, text, remedy, exitCode, cause } = failure;
  if (code === undefined || text.en !== text.vi) return failure;
  const { listRefusals } = await loadCatalogue();
  const entry = listRefusals().find(([known]) => known === code)?.[1];
  const en = entry && translate(text.vi, entry);
  return en === undefined ? failure : new Failure(exitCode, { vi: text.vi, en }, { code, remedy, cause });
}

async function loadCatalogue() {
  await Promise.all([
    import('../modules/exchange/refusals.ts'),
    import('../modules/exchange/edxml/refusals.ts'),
    import('../modules/exchange/vxp/refusals.ts'),
    import('../modules/directory/refusals.ts'),
    import('../foundation/evidence/refusals.ts'),
  ]);
  return import('#foundation/refusal');
}

/** Undefined where the sentence is not the one of the catalogue: another version may word it otherwise. */
export function translate(sentence: string, template: Text): string | undefined {
  const names: string[] = [];
  const pattern = template.vi
    .split(/\{(\w+)\}/)
    .map((part, index) => {
      if (index % 2 === 0) return RegExp.escape(part);
      names.push(part);
      return '(.*?)';
    })
    .join('');
  const found = new RegExp(`^${pattern}$`, 'su').exec(sentence);
  if (!found) return undefined;
  return template.en.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
    const index = names.indexOf(name);
    return index < 0 ? placeholder : (found[index + 1] ?? '');
  });
}
