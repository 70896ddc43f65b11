import type { FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { Readable } from 'node:stream';
import { importOrganisations } from '../import-organisations.ts';
import { operatorOf } from './authenticate.ts';
import { presentReport } from './present.ts';
import type { DirectoryRoutesOptions } from './routes.ts';
import * as schema from './schema.ts';
import { languageOf, limitBody, problemResponses } from '#foundation/http';

const fileLimitBytes = 64 * 1024 * 1024; // twice the national directory

export const organisationImportRoutes: FastifyPluginAsync<DirectoryRoutesOptions> = async (
  scope,
  { platform },
) => {
  // The file is read as it comes, and nothing else is taken for one.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('text/tab-separated-values', (_request, payload, done) => done(null, payload));

  scope.withTypeProvider<ZodTypeProvider>().post(
    '/organisation-imports',
    {
      bodyLimit: fileLimitBytes,
      schema: {
        summary: 'Import organisations from a file',
        description:
          `Tab-separated, at most 64 MB. The first line names the columns: code, name, level and any of old_code,
          parent_code, email, phone, fax, address. Importing again changes nothing.`.replaceAll(/\s+/g, ' '),
        consumes: ['text/tab-separated-values'],
        response: { 200: schema.importReport, ...problemResponses },
      },
    },
    async (request) => {
      const file = limitBody((request.body as Readable | undefined) ?? Readable.from([]), {
        sizeBytes: fileLimitBytes,
      });
      const report = await importOrganisations(platform, file, operatorOf(request));
      return presentReport(report, languageOf(request.headers['accept-language']));
    },
  );
};
