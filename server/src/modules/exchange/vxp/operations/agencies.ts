/** The directory in the three shapes that the SDK reads. */
import type { Organisation } from '#directory';
import { formatVietnamTime } from '#foundation/clock';
import { okAnswer } from '../answer.ts';
import type { Fields } from '../answer.ts';
import type { Axis, OrganisationPage } from '../../axis.ts';
import { answerWithOrganisations } from '../../wire/organisation-list.ts';
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

function listAnswer(
  axis: Axis,
  filter: Omit<OrganisationPage, 'after'>,
  present: (organisation: Organisation) => Fields,
): Promise<Answer> {
  return answerWithOrganisations(axis, filter, { around: okAnswer({ data: [] }), present });
}
