/** What goes in and out of `/api/exchange/webhooks`. */
import { z } from 'zod';

const instant = z.string().meta({ description: 'ISO 8601, UTC' });

export const oneWebhook = z.object({ webhook: z.string().max(64).meta({ description: 'UUID' }) });

export const newWebhook = z.strictObject({
  url: z.string().min(1).max(2_000).meta({
    description: 'https; plain http only in networks that the operator lists.',
    example: 'https://vanthu.example.gov.vn/lien-thong',
  }),
  description: z.string().trim().min(1).max(200).optional(),
});

const secret = z.string().meta({
  description: '`whsec_` and 32 bytes in base64. Shown in this answer only.',
});

export const webhook = z
  .object({
    id: z.string(),
    url: z.string(),
    description: z.string().nullable(),
    createdAt: instant,
    state: z.enum(['active', 'stopped']),
    stateSince: instant,
    stopReason: z
      .enum(['gone', 'failing'])
      .nullable()
      .meta({ description: 'gone: it answered 410. failing: for five days.' }),
    cursor: z.string().meta({ description: 'It was told everything up to here.' }),
    lastSuccessAt: instant.nullable(),
    failing: z
      .object({
        since: instant,
        failures: z.int(),
        lastFailure: z.string().meta({
          description:
            '`status 500`, or `no_connection`, `too_slow`, `redirected`, `certificate_untrusted` …',
        }),
        nextAttemptAt: instant.nullable(),
      })
      .nullable(),
    formerSecretUntil: instant.nullable(),
  })
  .meta({ id: 'Webhook' });

export const registeredWebhook = z.object({
  webhook,
  secret: secret.nullable().meta({
    description: 'Null where the address was registered before: make a new secret if it was lost.',
  }),
});
export const webhookList = z.object({ webhooks: z.array(webhook) });
export const rotatedSecret = z.object({ secret, formerSecretUntil: instant });
export const nothing = z.null().meta({ description: 'Done' });
