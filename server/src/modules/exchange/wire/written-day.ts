/** A day as clients write it in the bounds of a list; a time behind it does not count. */
export const dayForms = ['yyyy/MM/dd', 'dd/MM/yyyy'] as const;

const yearFirst = /^(\d{4})[/-](\d{2})[/-](\d{2})(?:[ T].*)?$/;
const dayFirst = /^(\d{2})[/-](\d{2})[/-](\d{4})(?:[ T].*)?$/;

/** Undefined where the text is no day. */
export function parseDay(text: string): Temporal.PlainDate | undefined {
  const parts = yearFirst.exec(text)?.slice(1) ?? dayFirst.exec(text)?.slice(1).reverse();
  try {
    return Temporal.PlainDate.from((parts ?? []).join('-'));
  } catch {
    return undefined;
  }
}
