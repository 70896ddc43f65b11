/** Who is let in by the provincial dialect, and for how long. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSystem, resumeSystem, retireCredential, rotateCredential, suspendSystem } from '#directory';
import { Refusal } from '#foundation/refusal';
import { createSecretBox } from '#foundation/secrets';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';
import { authenticate } from './authenticate.ts';
import { createTokens, tokenMinutes } from './token.ts';

const operator = { method: 'operator', credential: 'tester' } as const;
const now = Temporal.Instant.from('2026-11-22T02:00:00Z');

let world: World;
let lgspSecret: string;
beforeAll(async () => {
  world = await createWorld([{ code: 'H64' }, { code: 'G10' }]);
  const issued = await rotateCredential(world.platform, { system: 'sys.H64', kind: 'lgsp' }, operator);
  lgspSecret = issued.secret!;
});
afterAll(() => world.drop());

const tokensOf = ({ platform }: World) => createTokens(platform.secrets);

async function answerTo(
  headers: Readonly<Record<string, string>> | readonly string[],
  at = now,
): Promise<string> {
  const raw = Array.isArray(headers) ? (headers as readonly string[]) : Object.entries(headers).flat();
  const { platform } = world;
  return authenticate(raw, {
    findSystem: (externalId) => findSystem(platform, externalId),
    tokens: tokensOf(world),
    now: at,
  }).then(
    (caller) => `${caller.method} ${caller.externalId}`,
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );
}

async function tokenOf(secret = lgspSecret, at = now): Promise<string> {
  const { platform } = world;
  const proof = { findSystem: (id: string) => findSystem(platform, id), tokens: tokensOf(world), now: at };
  const caller = await authenticate(['X-SystemId', 'sys.H64', 'X-SecretKey', secret], proof);
  return tokensOf(world).issue(caller, at);
}

describe('both headers', () => {
  test('are the system, in whatever spelling of their names', async () => {
    expect(await answerTo({ 'x-systemid': 'sys.H64', 'X-SECRETKEY': lgspSecret })).toBe('lgsp sys.H64');
  });

  test('decide over whatever token comes along, as the hub’s clients send one of their administrator’s', async () => {
    const both = { 'X-SystemId': 'sys.H64', 'X-SecretKey': lgspSecret };
    expect(await answerTo({ ...both, Authorization: 'Bearer het-han' })).toBe('lgsp sys.H64');
    const wrong = { ...both, 'X-SecretKey': 'sai', Authorization: `Bearer ${await tokenOf()}` };
    expect(await answerTo(wrong)).toBe('lgsp.wrong_credentials');
  });

  test.each<[string, () => string[], string]>([
    [
      'with the secret of VXP',
      () => ['X-SystemId', 'sys.H64', 'X-SecretKey', world.credentials('H64').secret],
      'lgsp.wrong_credentials',
    ],
    [
      'of a system that has no secret for LGSP',
      () => ['X-SystemId', 'sys.G10', 'X-SecretKey', lgspSecret],
      'lgsp.wrong_credentials',
    ],
    ['of nobody', () => ['X-SystemId', 'khong.co', 'X-SecretKey', lgspSecret], 'lgsp.wrong_credentials'],
    [
      'with an id that is none',
      () => ['X-SystemId', 'a\u00e9 b', 'X-SecretKey', lgspSecret],
      'lgsp.wrong_credentials',
    ],
    [
      'of which one came twice',
      () => ['X-SystemId', 'sys.H64', 'x-systemid', 'sys.G10', 'X-SecretKey', lgspSecret],
      'lgsp.header_repeated',
    ],
    ['of which one is missing', () => ['X-SystemId', 'sys.H64'], 'lgsp.credentials_missing'],
    ['of which the other is missing', () => ['X-SecretKey', lgspSecret], 'lgsp.credentials_missing'],
    ['of which none is there', () => [], 'lgsp.credentials_missing'],
    [
      'instead of which comes Basic',
      () => ['Authorization', 'Basic c3lzLkg2NDp4'],
      'lgsp.credentials_missing',
    ],
  ])('%s', async (_what, headers, code) => {
    expect(await answerTo(headers())).toBe(code);
  });
});

describe('a token', () => {
  test('stands for the system that logged in, half an hour long', async () => {
    const headers = { Authorization: `Bearer ${await tokenOf()}` };
    expect(await answerTo(headers)).toBe('lgsp sys.H64');
    expect(await answerTo({ ...headers, 'X-SystemId': 'sys.H64' })).toBe('lgsp sys.H64');
    expect(await answerTo({ ...headers, 'X-SystemId': 'sys.G10' })).toBe('lgsp.wrong_credentials');
    const lastMoment = now.add({ minutes: tokenMinutes }).subtract({ milliseconds: 1 });
    expect(await answerTo(headers, lastMoment)).toBe('lgsp sys.H64');
    expect(await answerTo(headers, now.add({ minutes: tokenMinutes }))).toBe('lgsp.token_expired');
  });

  test('is opened by every process with the same master key, and by no other', async () => {
    const key = randomBytes(32);
    const claims = { externalId: 'sys.H64', credentialId: (await world.caller('H64')).credentialId };
    const token = createTokens(createSecretBox([key])).issue(claims, now);
    expect(createTokens(createSecretBox([randomBytes(32), key])).open(token, now)).toEqual(claims);
    expect(await answerTo({ Authorization: `Bearer ${token}` })).toBe('lgsp.token_invalid');
  });

  test('that was changed anywhere is none', async () => {
    const token = Buffer.from(await tokenOf(), 'base64url');
    for (let index = 0; index < token.length; index++) {
      const changed = Buffer.from(token);
      changed[index]! ^= 1;
      expect(await answerTo({ Authorization: `Bearer ${changed.toString('base64url')}` })).toBe(
        'lgsp.token_invalid',
      );
    }
    // What is sealed for another purpose under the same key opens nothing.
    const other = world.platform.secrets.seal(token, 'another context').toString('base64url');
    expect(await answerTo({ Authorization: `Bearer ${other}` })).toBe('lgsp.token_invalid');
  });

  test('ends at once when its system is suspended, and when its secret ends', async () => {
    const token = await tokenOf();
    const headers = { Authorization: `Bearer ${token}` };
    await suspendSystem(world.platform, { system: 'sys.H64' }, operator);
    expect(await answerTo(headers)).toBe('exchange.system_suspended');
    await resumeSystem(world.platform, { system: 'sys.H64' }, operator);
    expect(await answerTo(headers)).toBe('lgsp sys.H64');

    const next = await rotateCredential(world.platform, { system: 'sys.H64', kind: 'lgsp' }, operator);
    expect(await answerTo(headers)).toBe('lgsp sys.H64');
    const system = await findSystem(world.platform, 'sys.H64');
    const old = system!.credentials.lgsp.find(({ credentialId }) => credentialId !== next.credentialId)!;
    await retireCredential(world.platform, { system: 'sys.H64', credential: old.credentialId }, operator);
    expect(await answerTo(headers)).toBe('lgsp.token_invalid');
    expect(await answerTo({ 'X-SystemId': 'sys.H64', 'X-SecretKey': lgspSecret })).toBe(
      'lgsp.wrong_credentials',
    );
    expect(await answerTo({ Authorization: `Bearer ${await tokenOf(next.secret!)}` })).toBe('lgsp sys.H64');
  });
});
