import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Client } from 'pg';
import { addSystem } from './add-system.ts';
import { findCredentialBySecret, type CredentialRequest } from './credential.ts';
import { findSystem } from './find-system.ts';
import { listCredentials } from './list-credentials.ts';
import { retireCredential } from './retire-credential.ts';
import { rotateCredential } from './rotate-credential.ts';
import { axisOrganisation } from './index.ts';
import { inTransaction } from '#foundation/db';
import { addSmallState, operator, readFacts } from '../../../test/support/directory.ts';
import { createTestPlatform, type TestPlatform } from '../../../test/support/platform.ts';

let platform: TestPlatform;
let owner: Client;
beforeAll(async () => {
  platform = await createTestPlatform();
  await addSmallState(platform);
  owner = new Client({ connectionString: platform.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await platform.drop();
});

let number = 0;
const connect = async (first: CredentialRequest = {}) => {
  const externalId = `kinds.${++number}`;
  const { system, credential } = await addSystem(platform, { externalId, name: 'Thử', ...first }, operator);
  return { externalId, systemId: system.id, ...credential };
};
const issue = (system: string, request: CredentialRequest) =>
  rotateCredential(platform, { system, ...request }, operator);
const validOf = async (externalId: string) => (await findSystem(platform, externalId))!.credentials;

const jwkOf = (type: 'ed25519' | 'p256' | 'rsa', bits = 2048) =>
  createPublicKey(
    type === 'ed25519'
      ? generateKeyPairSync('ed25519').privateKey
      : type === 'p256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
        : generateKeyPairSync('rsa', { modulusLength: bits }).privateKey,
  ).export({ format: 'jwk' });

test.each(['lgsp', 'api_secret'] as const)(
  'a secret of kind %s has 256 random bits and is nowhere in the database, not even sealed',
  async (kind) => {
    const { externalId } = await connect();
    const { secret, credentialId } = await issue(externalId, { kind });
    expect(Buffer.from(secret!, 'base64url')).toHaveLength(32);
    const { rows } = await owner.query<{ row: Record<string, unknown> }>(
      'select to_jsonb(c) as row from directory.credential c where id = $1',
      [credentialId],
    );
    expect(rows[0]!.row).toMatchObject({ kind, secret_sealed: null, public_key: null });
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(findCredentialBySecret(await findSystem(platform, externalId), kind, secret!)).toBe(credentialId);
  },
);

test('a credential of one kind proves nothing in another', async () => {
  const { externalId, secret: ofVxp } = await connect();
  const { secret: ofLgsp } = await issue(externalId, { kind: 'lgsp' });
  const { secret: ofApi } = await issue(externalId, { kind: 'api_secret' });
  const system = (await findSystem(platform, externalId))!;
  expect(system.credentials.vxp.map(({ secret }) => secret)).toEqual([ofVxp]);
  for (const wrong of [ofVxp!, ofApi!, '', `${ofLgsp}x`]) {
    expect(findCredentialBySecret(system, 'lgsp', wrong)).toBeUndefined();
  }
  expect(findCredentialBySecret(system, 'api_secret', ofLgsp!)).toBeUndefined();
  expect(findCredentialBySecret(undefined, 'lgsp', ofLgsp!)).toBeUndefined();
  expect(findCredentialBySecret(undefined, 'lgsp', 'the secret of no system')).toBeUndefined();
});

test('a rotation of one kind leaves the other kinds alone', async () => {
  const { externalId, secret: ofVxp } = await connect();
  const secrets: string[] = [];
  for (let round = 0; round < 3; round++) {
    secrets.push((await issue(externalId, { kind: 'lgsp' })).secret!);
  }
  const system = (await findSystem(platform, externalId))!;
  expect(secrets.map((secret) => findCredentialBySecret(system, 'lgsp', secret) !== undefined)).toEqual([
    false,
    true,
    true,
  ]);
  expect(system.credentials.vxp.map(({ secret }) => secret)).toEqual([ofVxp]);
});

test.each([
  ['ed25519', 'Ed25519'],
  ['p256', 'ES256'],
  ['rsa', 'RS256'],
] as const)('a public key of type %s verifies by %s and by nothing else', async (type, algorithm) => {
  const publicKey = { ...jwkOf(type), kid: `may-${type}`, use: 'sig' };
  const { externalId, credentialId, secret } = await connect({ kind: 'api_key', publicKey });
  expect(secret).toBeNull();
  expect((await validOf(externalId)).api_key).toMatchObject([
    { credentialId, keyId: `may-${type}`, algorithm },
  ]);
  expect((await validOf(externalId)).api_key[0]!.publicKey.export({ format: 'jwk' })).toEqual(
    jwkWithout(publicKey),
  );
});

const jwkWithout = ({ kid: _kid, use: _use, ...jwk }: Record<string, unknown>) => jwk;

test('each machine of a client has a key of its own; without a kid the thumbprint names it', async () => {
  const { externalId } = await connect();
  for (let machine = 0; machine < 4; machine++) {
    await issue(externalId, { kind: 'api_key', publicKey: jwkOf('ed25519') });
  }
  const keys = (await validOf(externalId)).api_key;
  expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(4);
  const publicKey = { ...jwkOf('p256'), kid: keys[0]!.keyId };
  await expect(issue(externalId, { kind: 'api_key', publicKey })).rejects.toMatchObject({
    code: 'directory.key_id_taken',
  });
  const fifth = await issue(externalId, { kind: 'api_key', publicKey: jwkOf('ed25519') });
  expect(fifth.others.filter(({ endedAt }) => endedAt !== null).map(({ keyId }) => keyId)).toEqual([
    keys[3]!.keyId,
  ]);
});

test.each([
  [
    'a private key',
    { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) },
    'public_key_is_private',
  ],
  ['a symmetric key', { kty: 'oct', k: 'AAAA' }, 'public_key_is_private'],
  ['a short RSA key', jwkOf('rsa', 1024), 'public_key_unusable'],
  [
    'a point that is not on the curve',
    { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' },
    'public_key_unusable',
  ],
  ['another curve', { kty: 'OKP', crv: 'X25519', x: 'AAAA' }, 'public_key_unusable'],
  ['another algorithm', { ...jwkOf('rsa'), alg: 'none' }, 'public_key_unusable'],
  ['no key at all', {}, 'public_key_unusable'],
])('%s is refused as a public key', async (_, publicKey, code) => {
  await expect(connect({ kind: 'api_key', publicKey })).rejects.toMatchObject({ code: `directory.${code}` });
});

test.each([
  [{ kind: 'lgsp', secret: 'mat-khau-cu-cua-phan-mem' }, 'secret_not_random'],
  [{ kind: 'api_key' }, 'credential_parts_wrong'],
  [{ kind: 'vxp', publicKey: {} }, 'credential_parts_wrong'],
  [{ kind: 'api_key', publicKey: {}, secret: 'x'.repeat(43) }, 'credential_parts_wrong'],
] as const)('a credential %j is refused as %s', async (request, code) => {
  await expect(connect(request)).rejects.toMatchObject({ code: `directory.${code}` });
});

test('a repeat answers the same where the caller made the secret, and never shows another one', async () => {
  const { externalId } = await connect();
  const secret = 'A'.repeat(42) + 'B';
  const own = () => issue(externalId, { kind: 'lgsp', secret, requestKey: 'own' });
  expect(await own()).toEqual(await own());

  const made = () => issue(externalId, { kind: 'lgsp', requestKey: 'made' });
  await made();
  await expect(made()).rejects.toMatchObject({ code: 'directory.secret_shown_once' });
  const other = issue(externalId, { kind: 'api_secret', requestKey: 'made' });
  await expect(other).rejects.toMatchObject({ code: 'directory.request_key_used' });
  expect((await validOf(externalId)).lgsp).toHaveLength(2);
});

test('a retired credential is of no use at once, also the last one, and repeating it changes nothing', async () => {
  const { externalId, systemId, credentialId } = await connect();
  const request = { system: externalId, credential: credentialId };
  const retired = await retireCredential(platform, request, operator);
  expect(retired.endedAt).not.toBeNull();
  expect(await retireCredential(platform, request, operator)).toEqual(retired);
  expect((await validOf(externalId)).vxp).toEqual([]);
  const axis = await inTransaction(platform.database.app, {}, axisOrganisation);
  const facts = await readFacts(platform, axis.organisationId, systemId);
  expect(facts.map(({ kind }) => kind)).toEqual(['directory.system_added', 'directory.credential_retired']);
});

test('the credential of another system cannot be retired through this one', async () => {
  const [first, second] = [await connect(), await connect()];
  for (const credential of [second.credentialId, 'khong-co']) {
    const attempt = retireCredential(platform, { system: first.externalId, credential }, operator);
    await expect(attempt).rejects.toMatchObject({ code: 'directory.credential_unknown' });
  }
  expect((await validOf(second.externalId)).vxp).toHaveLength(1);
});

test('the list shows what is valid and what ended, without secrets', async () => {
  const { externalId, secret } = await connect();
  const { others, ...lgsp } = await issue(externalId, { kind: 'lgsp' });
  expect(others).toEqual([]);
  await retireCredential(platform, { system: externalId, credential: lgsp.credentialId }, operator);
  const listed = await listCredentials(platform, externalId);
  expect(listed.map(({ kind, endedAt }) => [kind, endedAt === null])).toEqual([
    ['vxp', true],
    ['lgsp', false],
  ]);
  for (const shown of [secret!, lgsp.secret!]) expect(JSON.stringify(listed)).not.toContain(shown);
});

test('the database refuses a row that holds what is not of its kind', async () => {
  const { systemId, credentialId } = await connect();
  const mixed = owner.query(
    `update directory.credential set secret_digest = sha256('x') where system_id = $1 and id = $2`,
    [systemId, credentialId],
  );
  await expect(mixed).rejects.toThrow('credential_holds_what_its_kind_needs');
});
