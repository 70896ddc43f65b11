/** Serves the sandbox's page; in production there is no such route. */
import type { FastifyInstance } from 'fastify';
import { startPage } from './start-page.ts';

export interface StartPageRouteOptions {
  readonly dataFolder: string;
}

export async function startPageRoutes(
  app: FastifyInstance,
  { dataFolder }: StartPageRouteOptions,
): Promise<void> {
  app.get<{ Querystring: { lang?: string } }>('/', { schema: { hide: true } }, async (request, reply) => {
    const language = request.query.lang === 'en' ? 'en' : 'vi';
    const baseUrl = `${request.protocol}://${request.host}`;
    const { html, styleSource } = startPage({ baseUrl, dataFolder, language });
    return reply
      .type('text/html; charset=utf-8')
      .header(
        'Content-Security-Policy',
        `default-src 'none'; style-src ${styleSource}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
      )
      .send(html);
  });
}
