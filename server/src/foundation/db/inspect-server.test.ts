import { expect, inject, test } from 'vitest';
import { inspectServer } from './index.ts';

const { url } = inject('testPostgres');

test('PostgreSQL that gives up durability is refused with every setting that does, where it matters', async () => {
  await inspectServer(url, { mustBeDurable: false });
  await expect(inspectServer(url, { mustBeDurable: true })).rejects.toMatchObject({
    code: 'database.not_durable',
    parameters: { settings: ['fsync', 'full_page_writes', 'synchronous_commit'] },
  });
});

test('a wrong password, a database that is not there and a server that is not there are told as such', async () => {
  const wrongPassword = new URL(url);
  wrongPassword.password = 'wrong';
  const wrongDatabase = new URL(url);
  wrongDatabase.pathname = 'nowhere';
  for (const wrong of [wrongPassword.href, wrongDatabase.href, 'postgresql://a:b@127.0.0.1:1/c']) {
    await expect(inspectServer(wrong, { mustBeDurable: false })).rejects.toMatchObject({
      code: 'database.unreachable',
    });
  }
});
