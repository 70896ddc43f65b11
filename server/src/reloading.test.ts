import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startReloading, type Reloading } from './reloading.ts';

let folder: string;
let reloading: Reloading | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-reload-'));
});
afterEach(async () => {
  await reloading?.stop();
  await rm(folder, { recursive: true });
});

const replace = async (name: string, text: string) => {
  await writeFile(join(folder, `${name}.new`), text);
  await rename(join(folder, `${name}.new`), join(folder, name));
};

function watch(reload: () => Promise<void>) {
  const said: string[] = [];
  const log = {
    info: (_: object, message?: string) => void said.push(message ?? ''),
    error: (_: object, message?: string) => void said.push(message ?? ''),
  } as unknown as Parameters<typeof startReloading>[0]['log'];
  const paths = [join(folder, 'a.key'), join(folder, 'b.key')];
  reloading = startReloading({ paths, reload, log, everyMilliseconds: 5 });
  return said;
}

test('a replaced file is taken in once, and one that appears later too', async () => {
  let taken = 0;
  watch(() => Promise.resolve(void (taken += 1)));
  await expect.poll(() => taken).toBe(1);
  await replace('a.key', 'new');
  await expect.poll(() => taken).toBe(2);
  await replace('b.key', 'new');
  await expect.poll(() => taken).toBe(3);
});

test('what is not usable is said once, and tried until it is', async () => {
  let attempts = 0;
  let isUsable = false;
  const said = watch(() => {
    attempts += 1;
    return isUsable ? Promise.resolve() : Promise.reject(new Error('not a key'));
  });
  await expect.poll(() => attempts).toBeGreaterThan(3);
  expect(said).toEqual(['changed keys or certificates are not usable']);
  isUsable = true;
  await replace('a.key', 'right');
  const before = attempts;
  await expect.poll(() => attempts).toBeGreaterThan(before);
  expect(said.filter((message) => message.includes('not usable'))).toHaveLength(1);
});
