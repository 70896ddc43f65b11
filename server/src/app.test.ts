import { expect, test } from 'vitest';
import { composeApp } from '../test/support/composed-app.ts';

test('a sandbox is not ready before its agencies and their secrets are there', async () => {
  const app = await composeApp();
  try {
    const answer = await app.server.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json().checks).toMatchObject({
      database: { ok: true },
      sandbox: { ok: false, detail: 'being prepared' },
    });
  } finally {
    await app.close();
  }
});
