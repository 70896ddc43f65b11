/** The headers of Standard Webhooks (standardwebhooks.com, v1): who can check them knows that the axis wrote the body, and when. */
import { createHash, createHmac } from 'node:crypto';

export interface SignedMessage {
  readonly id: string;
  readonly at: Temporal.Instant;
  readonly body: Buffer;
}

/** With one signature for each secret, the current one first. */
export function signMessage(
  { id, at, body }: SignedMessage,
  secrets: readonly Uint8Array[],
): Record<string, string> {
  const timestamp = String(Math.floor(at.epochMilliseconds / 1_000));
  const signatures = secrets.map((secret) => {
    const signature = createHmac('sha256', secret)
      .update(`${id}.${timestamp}.`)
      .update(body)
      .digest('base64');
    return `v1,${signature}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

/** The same for the same message to the same address, so that a repeat is known as one. */
export function messageId(webhookId: string, body: Buffer): string {
  const digest = createHash('sha256').update(webhookId).update(body).digest('base64url');
  return `msg_${digest.slice(0, 32)}`;
}

/** As receivers keep it. */
export function formatSecret(secret: Uint8Array): string {
  return `whsec_${Buffer.from(secret).toString('base64')}`;
}
