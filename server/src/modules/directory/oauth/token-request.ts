/** The parameters of a token request, and in which of the three ways the client says who it is. */
import { z } from 'zod';
import { basicCredentials } from '#foundation/http';
import type { PresentedClient } from './authenticate-client.ts';
import { maxAssertionCharacters } from './client-assertion.ts';
import { refuse } from './refusals.ts';

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export const tokenParameters = z.object({
  grant_type: z
    .string()
    .max(100)
    .meta({ description: '`client_credentials`', example: 'client_credentials' }),
  client_id: z.string().max(100).optional(),
  client_secret: z.string().max(200).optional(),
  client_assertion_type: z
    .string()
    .max(100)
    .optional()
    .meta({ description: `\`${assertionType}\`` }),
  client_assertion: z.string().max(maxAssertionCharacters).optional().meta({
    description: 'A JWT: iss = sub = client_id, aud = the issuer, exp at most 5 minutes ahead, jti.',
  }),
});
export type TokenParameters = z.output<typeof tokenParameters>;

export function readPresentedClient(
  parameters: TokenParameters,
  authorization: string | undefined,
): PresentedClient {
  if (parameters.grant_type !== 'client_credentials') throw refuse('grant_unsupported');
  const { client_id: id, client_secret: secret, client_assertion: assertion } = parameters;
  const ways = [authorization, secret, assertion].filter((way) => way !== undefined);
  if (ways.length !== 1) throw malformed('một và chỉ một cách xác thực', 'exactly one way of authenticating');
  if (assertion !== undefined) {
    if (parameters.client_assertion_type !== assertionType) {
      throw malformed('sai client_assertion_type', 'client_assertion_type is wrong');
    }
    return { by: 'assertion', id, assertion };
  }
  if (secret !== undefined) {
    if (id === undefined) throw malformed('thiếu client_id', 'client_id is missing');
    return { by: 'secret', id, secret };
  }
  const basic = basicCredentials(authorization);
  if (!basic) throw refuse('client_unauthenticated');
  return { by: 'secret', id: decodeForm(basic.id), secret: decodeForm(basic.secret) };
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they become Basic credentials. */
function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function malformed(vi: string, en: string): Error {
  return refuse('request_malformed', { reason: { vi, en } });
}
