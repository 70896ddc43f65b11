/**
 * The directory as one JSON answer. There are some 120,000 organisations, so the list is read and written page by page:
 * 20 MB of JSON must neither fill the memory nor hold the other callers up.
 */
import type { Organisation } from '#directory';
import { assert } from '#foundation/refusal';
import type { Axis, OrganisationPage } from '../axis.ts';
import type { Answer } from './write-answer.ts';

type Filter = Omit<OrganisationPage, 'after'>;

export interface OrganisationListing {
  /** The answer of an empty list, JSON with one `[]`. */
  readonly around: string;
  readonly present: (organisation: Organisation) => Readonly<Record<string, unknown>>;
}

export async function answerWithOrganisations(
  axis: Axis,
  filter: Filter,
  listing: OrganisationListing,
): Promise<Answer> {
  // The first page before the first byte: what refuses or fails does so while an answer can still say it.
  const first = await axis.listOrganisations(filter);
  return {
    content: writeList(axis, filter, { ...listing, first }),
    contentType: 'application/json; charset=utf-8',
  };
}

async function* writeList(
  axis: Axis,
  filter: Filter,
  { around, present, first }: OrganisationListing & { first: readonly Organisation[] },
): AsyncGenerator<Buffer, void, undefined> {
  const [head, tail, ...others] = around.split(/(?<=\[)(?=\])/);
  assert(head !== undefined && tail !== undefined && others.length === 0, 'there is one empty list');
  let separator = '';
  yield Buffer.from(head);
  for (let page = first; page.length > 0;) {
    const items = page.map((organisation) => JSON.stringify(present(organisation))).join(',');
    yield Buffer.from(separator + items);
    separator = ',';
    page = await axis.listOrganisations({ ...filter, after: page.at(-1)!.code });
  }
  yield Buffer.from(tail);
}
