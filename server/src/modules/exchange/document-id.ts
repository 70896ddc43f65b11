import { refuse } from './refusals.ts';

/** It is an index key and stands in every receipt, which must stay within a header of 2 KB. */
const maxDocumentIdLength = 200;

export function refuseLongDocumentId({ length }: string): void {
  if (length > maxDocumentIdLength)
    throw refuse('document_id_too_long', { length, limit: maxDocumentIdLength });
}
