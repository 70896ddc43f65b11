/**
 * The directory in the three shapes that the SDK reads. There are some 120,000 organisations, so each list is read
 * and written page by page: 20 MB of JSON must neither fill the memory nor hold the other callers up.
 */
import type { Organisation } from '#directory';
import { formatVietnamTime } from '#foundation/clock';
import { okAnswer } from '../answer.ts';
import type { Fields } from '../answer.ts';
import type { Axis, OrganisationPage } from '../../axis.ts';
import type { Answer, Call } from '../call.ts';
import { readLevel } from '../parameters.ts';

export async function getAgenciesList({ axis }: Call): Promise<Answer> {
  return listAnswer(axis, { state: 'active' }, (organisation) => ({
    id: organisation.id,
    pid: organisation.parentId ?? '',
    code: organisation.code,
    name: organisation.name,
    mail: organisation.email ?? '',
    oldCode: organisation.oldCode ?? '',
  }));
}

export async function getAgenciesListQD20({ axis, parameters }: Call): Promise<Answer> {
  const level = readLevel(parameters);
  return listAnswer(axis, { state: 'active', ...(level && { level }) }, (organisation) => ({
    id: organisation.id,
    code: organisation.code,
    name: organisation.name,
    mail: organisation.email ?? '',
    code102: organisation.oldCode ?? '',
  }));
}

/** For those who keep a copy: ended organisations are in it, marked as deleted. */
export async function getSynchronizeUnit({ axis }: Call): Promise<Answer> {
  return listAnswer(axis, {}, (organisation) => ({
    id: organisation.id,
    pid: organisation.parentId ?? '',
    code: organisation.code,
    name: organisation.name,
    mail: organisation.email ?? '',
    version: String(organisation.changedAt.epochMilliseconds),
    centerCode: '',
    deleted: organisation.state === 'ended',
    modifyDate: formatVietnamTime(organisation.changedAt),
    isAgency: organisation.kind === 'ordinary',
  }));
}

async function listAnswer(
  axis: Axis,
  filter: Omit<OrganisationPage, 'after'>,
  present: (organisation: Organisation) => Fields,
): Promise<Answer> {
  // The first page before the first byte: what refuses or fails does so while an answer can still say it.
  const first = await axis.listOrganisations(filter);
  return {
    content: writeList(axis, filter, { first, present }),
    contentType: 'application/json; charset=utf-8',
  };
}

const [head, tail] = okAnswer({ data: [] }).split(/(?<=\[)/) as [string, string];

async function* writeList(
  axis: Axis,
  filter: Omit<OrganisationPage, 'after'>,
  { first, present }: { first: readonly Organisation[]; present: (organisation: Organisation) => Fields },
): AsyncGenerator<Buffer, void, undefined> {
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
