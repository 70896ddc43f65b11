/** Access tokens by the client credentials grant, by a signed assertion (private_key_jwt) or a secret; kept until they end. */
import { randomUUID } from 'node:crypto';
import { importJWK, importPKCS8, SignJWT } from 'jose';
import type { CryptoKey, JWK } from 'jose';

export type Credential =
  | { readonly secret: string }
  | {
      /** A JWK, or PKCS#8 in PEM; Ed25519 where `algorithm` says nothing else. */
      readonly privateKey: JWK | string;
      /** Needed where the system has several keys. */
      readonly keyId?: string;
      readonly algorithm?: 'Ed25519' | 'ES256' | 'RS256';
    };

export interface Tokens {
  current(): Promise<string>;
  forget(): void;
}

type TokenOptions = Credential & { readonly baseUrl: string; readonly clientId: string };

/** Renewed so long before its end that no request arrives with one that just ended. */
const marginSeconds = 60;

export function createTokens(options: TokenOptions): Tokens {
  let token: Promise<string> | undefined;
  let renewAt = 0;
  return {
    current() {
      if (!token || Date.now() >= renewAt) {
        renewAt = Number.POSITIVE_INFINITY;
        token = fetchToken(options).then(({ text, seconds }) => {
          renewAt = Date.now() + (seconds - marginSeconds) * 1000;
          return text;
        });
        token.catch(() => (token = undefined));
      }
      return token;
    },
    forget() {
      token = undefined;
    },
  };
}

async function fetchToken(options: TokenOptions): Promise<{ text: string; seconds: number }> {
  const found = await fetch(`${options.baseUrl}/.well-known/oauth-authorization-server`);
  const { issuer, token_endpoint } = await read<{ issuer: string; token_endpoint: string }>(found);
  const answer = await fetch(token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: options.clientId,
      ...('secret' in options
        ? { client_secret: options.secret }
        : {
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: await signAssertion(options, issuer),
          }),
    }),
  });
  const { access_token, expires_in } = await read<{ access_token: string; expires_in: number }>(answer);
  return { text: access_token, seconds: expires_in };
}

async function read<Content>(response: Response): Promise<Content> {
  if (response.ok) return (await response.json()) as Content;
  throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
}

async function signAssertion(
  options: Extract<TokenOptions, { privateKey: unknown }>,
  issuer: string,
): Promise<string> {
  const { clientId, keyId, algorithm = 'Ed25519' } = options;
  return new SignJWT()
    .setProtectedHeader({ alg: algorithm, ...(keyId !== undefined && { kid: keyId }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('2m')
    .sign(await importKey(options.privateKey, algorithm));
}

function importKey(key: JWK | string, algorithm: string): Promise<CryptoKey | Uint8Array> {
  return typeof key === 'string' ? importPKCS8(key, algorithm) : importJWK(key, algorithm);
}
