import { formatDate } from './written-time.ts';

/** `OrganId,yyyy/MM/dd,number/notation`: how a sender names a document on the axis (Decision 28/2018 Art. 10.2.b). */
export function composeDocumentId(parts: {
  readonly organId: string;
  readonly promulgatedOn: Temporal.PlainDate;
  readonly number: string;
  readonly notation: string;
}): string {
  const { organId, promulgatedOn, number, notation } = parts;
  return `${organId},${formatDate(promulgatedOn)},${number}/${notation}`;
}
