/** What docs/protocols/webhooks.md shows for verifying is run as it stands, on a message that the axis signed. */
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatSecret, signMessage } from './sign-message.ts';

const document = readFileSync(new URL('../../../../../docs/protocols/webhooks.md', import.meta.url), 'utf8');
const secret = randomBytes(32);
const at = Temporal.Instant.from('2026-11-22T08:00:00Z');
const body = Buffer.from('{"type":"exchange.events","data":{"subject":"đã tới"}}');
const headers = signMessage({ id: 'msg_1', at, body }, [randomBytes(32), secret]);
const now = at.epochMilliseconds;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-webhook-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Check = (headers: object, body: Buffer, secret: string, now: number) => boolean;

const cases: readonly (readonly [string, boolean, Parameters<Check>])[] = [
  ['a message of the axis', true, [headers, body, formatSecret(secret), now]],
  ['another body', false, [headers, Buffer.from('{}'), formatSecret(secret), now]],
  ['another secret', false, [headers, body, formatSecret(randomBytes(32)), now]],
  ['an old message', false, [headers, body, formatSecret(secret), now + 301_000]],
  ['another id', false, [{ ...headers, 'webhook-id': 'msg_2' }, body, formatSecret(secret), now]],
];

test.each(cases)('in TypeScript %s: %s', async (_what, isRight, given) => {
  const path = join(folder, 'verify.ts');
  await writeFile(path, blockOf('typescript'));
  const { isFromTheAxis } = (await import(path)) as { isFromTheAxis: Check };
  expect(isFromTheAxis(...given)).toBe(isRight);
});

test.skipIf(!hasPython()).each(cases)('in Python %s: %s', async (_what, isRight, given) => {
  const [sent, content, key, time] = given;
  const path = join(folder, 'verify.py');
  const call = `is_from_the_axis(json.loads(sys.argv[1]), base64.b64decode(sys.argv[2]), sys.argv[3], float(sys.argv[4]))`;
  await writeFile(path, `import json, sys\n${blockOf('python')}\nprint(${call})\n`);
  const parameters = [path, JSON.stringify(sent), content.toString('base64'), key, String(time / 1_000)];
  const { stdout } = await promisify(execFile)('python3', parameters);
  expect(stdout.trim()).toBe(isRight ? 'True' : 'False');
});

function blockOf(language: string): string {
  const [, block] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(document)!;
  return block!;
}

function hasPython(): boolean {
  try {
    const version = execFileSync('python3', ['-c', 'import sys; print(sys.version_info >= (3, 10))']);
    return version.toString().trim() === 'True';
  } catch {
    return false;
  }
}
