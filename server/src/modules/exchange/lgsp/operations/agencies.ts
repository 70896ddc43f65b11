import { answerWithOrganisations } from '../../wire/organisation-list.ts';
import type { Answer } from '../../wire/write-answer.ts';
import { okAnswer } from '../answer.ts';
import type { Call } from '../call.ts';

export function getAgenciesList({ axis }: Call): Promise<Answer> {
  return answerWithOrganisations(
    axis,
    { state: 'active' },
    {
      around: okAnswer({ data: [] }),
      present: (organisation) => ({
        orgCode: organisation.code,
        orgName: organisation.name,
        parentCode: organisation.parentCode ?? '',
        address: organisation.address ?? '',
        email: organisation.email ?? '',
        phone: organisation.phone ?? '',
      }),
    },
  );
}
