/** `npm start`: installs what is missing and runs the server on the project's own Node. */
import { ensureInstalled, runOnProjectNode } from './project-node.mjs';

// npm takes options for itself unless they come after `--`: `npm start --production` would start a sandbox.
const swallowed = ['production', 'port', 'host', 'data'].filter((name) => process.env[`npm_config_${name}`]);
if (swallowed.length > 0) {
  const typed = swallowed.map((name) => {
    const value = process.env[`npm_config_${name}`];
    return value === 'true' ? `--${name}` : `--${name} ${value}`;
  });
  console.error(
    `npm đã giữ lại ${typed.join(' ')}. Hãy thêm "--" ở trước: npm start -- ${typed.join(' ')}\n` +
      `(npm kept ${typed.join(' ')} for itself. Put "--" before it: npm start -- ${typed.join(' ')})`,
  );
  process.exit(2);
}

if (!ensureInstalled({ withTools: false })) process.exit(1);
await runOnProjectNode('server/src/main.ts', process.argv.slice(2), { tellOfOurEnd: true });
