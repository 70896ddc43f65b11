/** `npm start`: installs what is missing and runs the server on the project's own Node. */
import { ensureInstalled, runOnProjectNode } from './project-node.mjs';

// npm takes options for itself unless they come after `--`: `npm start --production` would start a sandbox. Of --port
// 4000 it leaves the 4000; of --production, from npm 11 on, nothing but the NODE_ENV that it sets.
const typed = process.argv.slice(2);
const swallowed = ['port', 'host', 'data', 'production'].flatMap((name) => {
  const value = process.env[`npm_config_${name}`];
  if (value === undefined || value === '') return [];
  return name === 'production'
    ? ['--production']
    : [`--${name}`, value === 'true' ? (typed.shift() ?? '…') : value];
});
const meansProduction = process.env['NODE_ENV'] === 'production' && !typed.includes('--production');
if (meansProduction && !swallowed.includes('--production')) swallowed.push('--production');
if (swallowed.length > 0) {
  const wanted = `npm start -- ${[...swallowed, ...typed].join(' ')}`;
  console.error(
    `npm giữ các tùy chọn đứng trước "--" cho riêng nó. Hãy gõ: ${wanted}\n` +
      `(npm keeps options before "--" for itself. Type: ${wanted})`,
  );
  if (meansProduction) {
    console.error(
      'Nếu chỉ muốn chạy thử, hãy bỏ biến NODE_ENV=production. (For a sandbox, unset NODE_ENV=production.)',
    );
  }
  process.exit(2);
}

if (!ensureInstalled({ withTools: false })) process.exit(1);
await runOnProjectNode('server/src/main.ts', process.argv.slice(2), { tellOfOurEnd: true });
