/**
 * The project runs on a Node of its own, which npm installs with the other dependencies. What is here must run on the
 * Node that npm itself runs on, from 20 on, before anything is installed: plain JavaScript without dependencies.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Installs when something is missing or the lockfile changed since; returns false when that failed.
 * @param {{ withTools: boolean, isSilent?: boolean }} options tools are what only development and tests need
 */
export function ensureInstalled({ withTools, isSilent = false }) {
  if (isInstalled({ withTools })) return true;
  if (!isSilent) console.error('Đang cài đặt các gói phụ thuộc… (installing dependencies)');
  const npm = process.env['npm_execpath'];
  // Not `npm ci`: it refuses a lockfile without the tools' packages for platforms that a registry does not carry. This
  // installs what the lockfile names, checks its digests and does not write it.
  const parameters = [
    'install',
    '--no-save',
    '--ignore-scripts',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    // Who only runs the program has no use for the tools, nor for npm's doubts whether they like his Node.
    withTools ? '--include=dev' : '--omit=dev',
    '--loglevel=error',
  ];
  const [program, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const { status, stdout, stderr, error } = spawnSync(program, [...first, ...parameters], {
    cwd: projectFolder,
    encoding: 'utf8',
    stdio: isSilent ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0 && existsSync(nodePath())) return true;
  if (isSilent) console.error(`${stdout ?? ''}${stderr ?? ''}`.trim());
  console.error(
    status === 0
      ? `Không có Node cho ${process.platform}-${process.arch}. (No Node for this platform was installed.)`
      : `Cài đặt không thành công${error ? ` (${error.message})` : ''}. Kiểm tra kết nối mạng rồi chạy: npm install\n` +
          '(The installation failed. Check the network, then run: npm install)',
  );
  return false;
}

/** Runs a script on the project's Node with this terminal, and ends as it ends. */
export async function runOnProjectNode(script, parameters, { tellOfOurEnd = false } = {}) {
  const child = spawn(nodePath(), [join(projectFolder, script), ...parameters], {
    // By the channel the server learns that this launcher was killed, and drains rather than stays behind.
    stdio: tellOfOurEnd ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    // Each flush of a file keeps one of libuv's threads busy; with its usual four, four files are flushed at a time.
    env: { UV_THREADPOOL_SIZE: '16', ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal's Ctrl-C goes to the child too; passing it on would make it two.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal));
  }
  if (process.env['npm_lifecycle_event']) {
    // npm that was killed passes nothing on, and its child would keep the port and the data folder.
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
  }
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
  process.exit(code);
}

/** Runs a tool of the project with the project's Node first in the path; returns its exit code. */
export function runTool(name, parameters, environment = {}) {
  const bin = join(projectFolder, 'node_modules', '.bin');
  const { status, error } = spawnSync(join(bin, name), parameters, {
    cwd: projectFolder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...environment,
      PATH: [dirname(nodePath()), bin, process.env['PATH']].join(delimiter),
    },
    shell: process.platform === 'win32',
  });
  if (error) console.error(error.message);
  return status ?? 1;
}

function nodePath() {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(projectFolder, 'node_modules', `node-${platform}`, 'bin', file);
}

/** Whether what npm installed, as its own record has it, is what the lockfile asks for. */
function isInstalled({ withTools }) {
  const wanted = readLock('package-lock.json');
  const installed = readLock(join('node_modules', '.package-lock.json'));
  if (!wanted || !installed || !existsSync(nodePath())) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link) return true;
    const found = installed[path];
    if (found) return found.version === entry.version && found.integrity === entry.integrity;
    return entry.optional || entry.devOptional || entry.peer || (entry.dev && !withTools);
  });
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(join(projectFolder, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
