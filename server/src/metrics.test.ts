import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { observeWebhooks } from './metrics.ts';

test('an operator sees how many calls of webhooks went well and how many failed, as they are when he asks', async () => {
  const metrics = new Registry();
  const counts = new Map<'told' | 'failed', number>([['told', 1]]);
  observeWebhooks(metrics, { counts });
  counts.set('told', 7).set('failed', 2);
  const text = await metrics.metrics();
  expect(text).toContain('lienthong_webhook_calls{outcome="told"} 7');
  expect(text).toContain('lienthong_webhook_calls{outcome="failed"} 2');
});
