/** The public entry of the directory. Who may call what, what is guaranteed and refused stands at each function. */
export { addOperator, authenticateOperator, hasOperator } from './authenticate-operator.ts';
export { addOrganisation } from './add-organisation.ts';
export type { NewOrganisationRequest } from './add-organisation.ts';
export { addSystem } from './add-system.ts';
export type { NewSystemRequest } from './add-system.ts';
export { assignOrganisation, withdrawOrganisation } from './assign-organisation.ts';
export type { CalendarDay, CalendarDayRequest } from './calendar/calendar-day.ts';
export { declareCalendarDay, withdrawCalendarDay } from './calendar/declare-day.ts';
export { readCalendarChanges, readWorkingCalendar } from './calendar/read-calendar.ts';
export { changeContact } from './change-contact.ts';
export { changeSystem } from './change-system.ts';
export type { AuthenticatedSystem, ConnectedSystem } from './connected-system.ts';
export { findCredentialBySecret } from './credential.ts';
export type { ApiKey, CredentialKind, DigestKind, IssuedCredential } from './credential.ts';
export { decideRegistration, listRegistrationRequests } from './decide-registration.ts';
export type { RegistrationDecision, RegistrationRequest } from './decide-registration.ts';
export { endOrganisation } from './end-organisation.ts';
export type { DirectoryHooks } from './end-organisation.ts';
export { endOrganisationBySystem } from './end-organisation-by-system.ts';
export type { EndingOutcome } from './end-organisation-by-system.ts';
export {
  axisOrganisation,
  codeOfOrganisation,
  codesOfOrganisations,
  getOrganisation,
  listOrganisations,
  organisationNameOn,
} from './find-organisations.ts';
export { findSystem } from './find-system.ts';
export { listSystems, readSystem } from './get-system.ts';
export { listCredentials } from './list-credentials.ts';
export { importOrganisations } from './import-organisations.ts';
export type { ImportReport } from './import-organisations.ts';
export { mergeOrganisations } from './merge-organisations.ts';
export type { Level, Organisation, OrganisationName, ResolvedOrganisation } from './organisation.ts';
export { reachOfSystems } from './reach-of-systems.ts';
export { registerOrganisationBySystem } from './register-organisation-by-system.ts';
export type { RegistrationOutcome } from './register-organisation-by-system.ts';
export type { RegistrationInput } from './registration.ts';
export { renameOrganisation } from './rename-organisation.ts';
export { resolveCodes } from './resolve-codes.ts';
export { retireCredential } from './retire-credential.ts';
export { rotateCredential } from './rotate-credential.ts';
export { searchOrganisations } from './search-organisations.ts';
export type { FoundOrganisation } from './search-organisations.ts';
export { readQuota, setQuota } from './set-quota.ts';
export { defaultQuota } from './system-quota.ts';
export type { SystemQuota } from './system-quota.ts';
export { resumeSystem, suspendSystem } from './suspend-system.ts';
export { watchDirectory } from './watch-directory.ts';
export { authenticateRequests as authenticateOperatorRequests, operatorOf } from './http/authenticate.ts';
export { directoryRoutes } from './http/routes.ts';
export type { DirectoryRoutesOptions } from './http/routes.ts';
export { apiClientOf, authenticateApiRequests } from './oauth/authenticate-request.ts';
export type { ApiClient } from './oauth/authenticate-request.ts';
export { oauthRoutes } from './oauth/routes.ts';
export type { OAuthOptions } from './oauth/routes.ts';
export { sealedColumns as directorySealedColumns } from './store/sealed-columns.ts';
