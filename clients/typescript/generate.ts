/** Writes `src/schema.d.ts` from the axis' OpenAPI description; the test that holds the description runs it (`npm run update`). */
import openapiTypescript, { astToString } from 'openapi-typescript';

export async function generateTypes(description: object): Promise<string> {
  const types = await openapiTypescript(JSON.stringify(description), { alphabetize: true });
  return `// Generated from openapi/exchange.json by \`npm run update\`; do not edit.\n${astToString(types)}`;
}
