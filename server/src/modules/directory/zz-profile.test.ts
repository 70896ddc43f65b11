import { test } from 'vitest';
import pg from 'pg';
import { importOrganisations } from './import-organisations.ts';
import { addSmallState, nationalDirectory, operator } from '../../../test/support/directory.ts';
import { createTestPlatform } from '../../../test/support/platform.ts';
test('profile', async () => {
  const platform = await createTestPlatform();
  await addSmallState(platform);
  const out: string[] = [];
  const original = pg.Client.prototype.query;
  (pg.Client.prototype as any).query = async function (this: any, ...a: any[]) {
    const text = String(a[0].text ?? a[0]);
    const s = performance.now();
    const r = await (original as any).apply(this, a);
    const t = performance.now() - s;
    if (t > 100) out.push(Math.round(t) + ' ' + text.replace(/\s+/g, ' ').slice(0, 80));
    return r;
  };
  const data = Buffer.from(nationalDirectory(120_000));
  async function* file() { yield data; }
  const s = performance.now();
  await importOrganisations(platform, file(), operator);
  console.log('TOTAL', performance.now() - s, '\n' + out.join('\n'));
  pg.Client.prototype.query = original;
  await platform.drop();
}, 200_000);
