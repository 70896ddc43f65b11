/**
 * `/api/docs`: the committed OpenAPI descriptions to browse, and to try with a token. Everything comes from this server,
 * so it works where there is no internet, under a policy that lets in nothing else.
 */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { securityHeaders } from '#foundation/http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';

const descriptions = fileURLToPath(new URL('../../openapi/', import.meta.url));
/** The pages of Swagger UI, without its server part. */
const pages = join(
  dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json')),
  'static',
);

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const page = `<!doctype html>
<html lang="vi">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Liên Thông: API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</html>
`;

/** What the agencies' vendors look for comes first. */
const first = 'exchange.json';
const files = readdirSync(descriptions).toSorted((a, b) => Number(b === first) - Number(a === first));
const urls = files.map((file) => ({ url: `/api/openapi/${file}`, name: file.replace('.json', '') }));

const start = `const urls = ${JSON.stringify(urls)};
const wanted = new URLSearchParams(location.search).get('module');
const { url } = urls.find(({ name }) => name === wanted) ?? urls[0];
SwaggerUIBundle({ dom_id: '#swagger-ui', url, deepLinking: true, validatorUrl: null });
const choice = document.createElement('nav');
Object.assign(choice.style, { display: 'flex', gap: '24px', padding: '16px 20px', font: '16px/24px sans-serif' });
for (const { name } of urls) {
  const link = document.createElement('a');
  link.href = '?module=' + name;
  link.textContent = name;
  choice.append(link);
}
document.body.prepend(choice);
`;

export const documentationRoutes: FastifyPluginAsync = async (scope) => {
  const routes = scope.withTypeProvider<ZodTypeProvider>();
  const policed = { ...securityHeaders, 'Content-Security-Policy': policy };

  routes.get('/api/docs', { schema: { hide: true } }, async (_request, reply) =>
    reply.headers(policed).type('text/html; charset=utf-8').send(page),
  );

  routes.get(
    '/api/docs/:file',
    {
      schema: {
        hide: true,
        params: z.object({ file: z.enum(['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js']) }),
      },
    },
    async ({ params: { file } }, reply) => {
      const type = file.endsWith('.css') ? 'text/css' : 'text/javascript';
      const content = file === 'start.js' ? start : await readFile(join(pages, file));
      return reply
        .headers({ ...policed, 'Cache-Control': 'public, max-age=3600' })
        .type(`${type}; charset=utf-8`)
        .send(content);
    },
  );

  routes.get(
    '/api/openapi/:file',
    {
      schema: {
        hide: true,
        params: z.object({ file: z.enum(['exchange.json', 'directory.json', 'reports.json']) }),
      },
    },
    async ({ params: { file } }, reply) =>
      reply.type('application/json; charset=utf-8').send(await readFile(join(descriptions, file))),
  );
};
