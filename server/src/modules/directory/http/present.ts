/** From what the use cases give to what `schema.ts` promises. */
import type { z } from 'zod';
import type { ConnectedSystem } from '../connected-system.ts';
import type { ListedSystem } from '../get-system.ts';
import type { RegistrationRequest } from '../decide-registration.ts';
import type { ImportReport } from '../import-organisations.ts';
import type { Organisation } from '../organisation.ts';
import type { CredentialPeriod } from '../list-credentials.ts';
import type { Operator } from '../operators/retire-operator.ts';
import type { RotatedCredential } from '../rotate-credential.ts';
import type * as schema from './schema.ts';
import { formatInstant } from '#foundation/clock';

export function presentOrganisation(organisation: Organisation): z.output<typeof schema.organisation> {
  return { ...organisation, stateSince: formatInstant(organisation.stateSince) };
}

export function presentSystem(system: ConnectedSystem): z.output<typeof schema.system> {
  return { ...system, stateSince: formatInstant(system.stateSince) };
}

export function presentListed(system: ListedSystem): z.output<typeof schema.systemList>['systems'][number] {
  return { ...system, ...presentSystem(system), organisations: [...system.organisations] };
}

export function presentCredential(rotated: RotatedCredential): z.output<typeof schema.rotatedCredential> {
  return { ...rotated, others: rotated.others.map(presentPeriod) };
}

export function presentPeriod(period: CredentialPeriod): z.output<typeof schema.credentialPeriodItem> {
  return {
    ...period,
    issuedAt: formatInstant(period.issuedAt),
    endedAt: period.endedAt && formatInstant(period.endedAt),
    state: period.endedAt === null ? 'valid' : 'ended',
  };
}

export function presentOperator(operator: Operator): z.output<typeof schema.operator> {
  return {
    ...operator,
    createdAt: formatInstant(operator.createdAt),
    rotatedAt: operator.rotatedAt && formatInstant(operator.rotatedAt),
    retiredAt: operator.retiredAt && formatInstant(operator.retiredAt),
  };
}

export function presentRequest(request: RegistrationRequest): z.output<typeof schema.registrationRequest> {
  return {
    ...request,
    system: request.systemExternalId,
    name: request.registration?.name ?? null,
    parentCode: request.registration?.parentCode ?? null,
    requestedAt: formatInstant(request.requestedAt),
    decidedAt: request.decidedAt && formatInstant(request.decidedAt),
  };
}

export function presentReport(
  report: ImportReport,
  language: 'vi' | 'en',
): z.output<typeof schema.importReport> {
  return {
    ...report,
    refused: report.refused.map(({ line, code, refusal }) => ({
      line,
      code,
      reason: refusal.code,
      title: refusal.sentence(language),
    })),
  };
}

/** A page that is full may have another after it. */
export function nextAfter<Item>(
  items: readonly Item[],
  limit: number,
  key: (item: Item) => string,
): string | null {
  const last = items.at(-1);
  return last !== undefined && items.length >= limit ? key(last) : null;
}
