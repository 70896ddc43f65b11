/**
 * `/api/directory`: the directory as its operators change it. Every act is idempotent by itself: repeating a naming, an
 * ending, a merger, an assignment or an import finds it done and answers the same. What makes a secret is repeated
 * under its `Idempotency-Key`, which is kept with the credential.
 */
import type { FastifyPluginAsync } from 'fastify';
import type { DirectoryHooks } from '../end-organisation.ts';
import { authenticateRequests } from './authenticate.ts';
import { calendarRoutes } from './calendar.ts';
import { operatorRoutes } from './operators.ts';
import { organisationImportRoutes } from './organisation-imports.ts';
import { organisationRoutes } from './organisations.ts';
import { registrationRequestRoutes } from './registration-requests.ts';
import { systemRoutes } from './systems.ts';
import type { Platform } from '#foundation/platform';

export interface DirectoryRoutesOptions {
  readonly platform: Platform;
  readonly hooks: DirectoryHooks;
}

/** Register under the prefix `/api/directory`. Only operators pass. */
export const directoryRoutes: FastifyPluginAsync<DirectoryRoutesOptions> = async (scope, options) => {
  scope.decorateRequest('operator', null);
  scope.addHook('onRequest', authenticateRequests(options.platform));
  // Not the options as they came: Fastify put the prefix among them, and would apply it again.
  const { platform, hooks } = options;
  await scope.register(organisationRoutes, { platform, hooks });
  await scope.register(organisationImportRoutes, { platform, hooks });
  await scope.register(systemRoutes, { platform, hooks });
  await scope.register(registrationRequestRoutes, { platform, hooks });
  await scope.register(operatorRoutes, { platform, hooks });
  await scope.register(calendarRoutes, { platform, hooks });
};
