import { testKey } from '../test/support/evidence.ts';
import { createCosigner } from './foundation/evidence/cosignature.ts';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError } from './config-source.ts';
import { loadConfig } from './config.ts';
import { writeDatabaseKind } from './database-kind.ts';
import { makeMissingKeys } from './keys.ts';

const fixtures = fileURLToPath(new URL('../test/fixtures/tls', import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-config-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('nothing typed is a sandbox on this machine only, with keys made once', async () => {
  const first = await load([]);
  expect(first).toMatchObject({
    mode: 'sandbox',
    port: 3000,
    host: '127.0.0.1',
    dataFolder: folder,
    database: undefined,
    origin: 'sandbox.invalid/axis',
    tls: undefined,
    trustedProxies: [],
  });
  expect(Object.isFrozen(first)).toBe(true);
  expect((await stat(join(folder, 'keys', 'receipt.key'))).mode & 0o777).toBe(0o600);

  const second = await load([]);
  expect(second.keys.master).toEqual(first.keys.master);
  expect(second.keys.receipt.equals(first.keys.receipt)).toBe(true);
});

test('production makes no keys and lists everything that is missing at once', async () => {
  const problems = await problemsOf(['--production']);
  expect(problems.map(({ name }) => name)).toEqual([
    'LIENTHONG_MASTER_KEY',
    'LIENTHONG_RECEIPT_KEY',
    'LIENTHONG_ORIGIN',
    'LIENTHONG_TLS_CERT_FILE',
  ]);
  expect(problems[0]?.en).toContain('npx lienthong init');
  await expect(stat(join(folder, 'keys'))).rejects.toThrow('ENOENT');
});

test('production starts with keys, a name for its log and a declared proxy; the log key may come later', async () => {
  await makeMissingKeys(folder);
  await rm(join(folder, 'keys', 'log.key'));
  const config = await load(['--production'], {
    LIENTHONG_ORIGIN: 'truc.example.gov.vn/axis',
    LIENTHONG_TRUSTED_PROXIES: '10.0.0.5, 10.1.0.0/16',
  });
  expect(config).toMatchObject({ mode: 'production', trustedProxies: ['10.0.0.5', '10.1.0.0/16'] });
  expect(config.keys.log).toEqual([]);
});

test('each secret may come by a file that the environment names, but not by both', async () => {
  const file = join(folder, 'url');
  await writeFile(file, 'postgresql://a:b@db/lienthong\n');
  const config = await load([], { DATABASE_URL_FILE: file });
  expect(config.database).toEqual({
    url: 'postgresql://a:b@db/lienthong',
    ownerUrl: 'postgresql://a:b@db/lienthong',
  });
  const [problem] = await problemsOf([], {
    DATABASE_URL_FILE: file,
    DATABASE_URL: 'postgresql://a:b@db/lienthong',
  });
  expect(problem?.name).toBe('DATABASE_URL');
});

test('after a rotation the master key comes with the former one', async () => {
  const [current, former] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const config = await load([], {
    LIENTHONG_MASTER_KEY: `${current.toString('base64')},${former.toString('base64')}`,
  });
  expect(config.keys.master).toEqual([current, former]);
});

test.each([
  [['--port', '70000'], {}, '--port'],
  [['--port', '3e3'], {}, '--port'],
  [['--port'], {}, '--port'],
  [['--host', 'not a host'], {}, '--host'],
  [['--prodution'], {}, '--prodution'],
  [['4000'], {}, '4000'],
  [[], { DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  [[], { LIENTHONG_MASTER_KEY: 'c2hvcnQ=' }, 'LIENTHONG_MASTER_KEY'],
  [[], { LIENTHONG_RECEIPT_KEY: 'not a key' }, 'LIENTHONG_RECEIPT_KEY'],
  [[], { LIENTHONG_RECEIPT_KEY_FILE: '/nowhere' }, 'LIENTHONG_RECEIPT_KEY_FILE'],
  [[], { LIENTHONG_TRUSTED_PROXIES: '10.0.0.0/33' }, 'LIENTHONG_TRUSTED_PROXIES'],
  [[], { LIENTHONG_TLS_CERT_FILE: '/nowhere' }, 'LIENTHONG_TLS_KEY_FILE'],
  [[], { LIENTHONG_ORIGIN: 'truc.example.gov.vn/axis' }, 'LIENTHONG_ORIGIN'],
])('%j with %j is refused by its name', async (argv, env, name) => {
  expect((await problemsOf(argv, env)).map((problem) => problem.name)).toContain(name);
});

test('all problems come at once, and none shows the secret', async () => {
  const problems = await problemsOf(['--port', 'x', '--nonsense'], {
    DATABASE_URL: 'hunter2',
    LIENTHONG_MASTER_KEY: 'hunter2',
    LIENTHONG_RECEIPT_KEY: 'hunter2',
  });
  expect(problems.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      '--nonsense',
      '--port',
      'DATABASE_URL',
      'LIENTHONG_MASTER_KEY',
      'LIENTHONG_RECEIPT_KEY',
    ]),
  );
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('a folder is a sandbox or production for good', async () => {
  await load([]);
  expect((await problemsOf(['--production'])).map(({ name }) => name)).toContain('--production');
  await rm(join(folder, 'purpose'));
  await problemsOf(['--production']); // refused, so it leaves no mark
  await load([]);
  await writeFile(join(folder, 'purpose'), 'production\n');
  expect((await problemsOf([])).map(({ name }) => name)).toEqual(['--data']);
});

test('a folder goes with one kind of database for good, so a forgotten DATABASE_URL is no new empty one', async () => {
  const external = { DATABASE_URL: 'postgresql://a:b@db/lienthong' };
  await load([]);
  await load([], external); // nothing was served yet
  await writeDatabaseKind(folder, 'external');
  const [forgotten, ...others] = await problemsOf([]);
  expect(others).toEqual([]);
  expect(forgotten).toMatchObject({
    name: 'DATABASE_URL',
    vi: expect.stringContaining('thiếu DATABASE_URL'),
  });
  await load([], external);

  await rm(join(folder, 'database'));
  await writeDatabaseKind(folder, 'embedded');
  expect((await problemsOf([], external))[0]?.en).toContain('uses the embedded PostgreSQL');
});

test.each(['/etc/passwd', '/proc/lienthong', '/proc/lienthong/data'])(
  '--data %s is refused once, and soon',
  async (path) => {
    const problems = await problemsOf(['--data', path]);
    expect(problems.map(({ name }) => name)).toEqual(['--data']);
  },
);

test('a folder that is not there is made with those above it, and named where keys are missing', async () => {
  const inside = join(folder, 'a', 'b');
  expect((await problemsOf(['--data', inside, '--production']))[0]?.vi).toContain(`init --data ${inside}`);
  await load(['--data', inside]);
  expect((await stat(inside)).mode & 0o777).toBe(0o700);
});

test('a certificate and a key for TLS must be PEM and belong together', async () => {
  const [certificate, key] = ['certificate.pem', 'key.pem'].map((name) => join(fixtures, name));
  await makeMissingKeys(folder);
  const strange = join(folder, 'keys', 'receipt.key');
  const tls = async (cert: string | undefined, privateKey: string | undefined) =>
    load([], { LIENTHONG_TLS_CERT_FILE: cert ?? '', LIENTHONG_TLS_KEY_FILE: privateKey ?? '' }).then(
      (config) => config.tls,
      (error: ConfigError) => error.problems.map(({ name, en }) => `${name} ${en}`),
    );
  expect(await tls(certificate, key)).toEqual({ certificate: expect.any(Buffer), key: expect.any(Buffer) });
  expect(await tls(certificate, strange)).toEqual([
    expect.stringMatching(/^LIENTHONG_TLS_KEY_FILE .*belong/),
  ]);
  expect(await tls(key, certificate)).toEqual([
    expect.stringMatching(/^LIENTHONG_TLS_CERT_FILE .*not a certificate/),
    expect.stringMatching(/^LIENTHONG_TLS_KEY_FILE .*not a private key/),
  ]);
  expect(await tls(certificate, join(folder, 'nowhere'))).toEqual([
    expect.stringMatching(/^LIENTHONG_TLS_KEY_FILE .*ENOENT/),
  ]);
});

test('a typing slip in a sandbox is the only thing told, and makes nothing', async () => {
  expect((await problemsOf(['--prot', '1'])).map(({ name }) => name)).toEqual(['--prot', '1']);
  expect(await readdir(folder)).toEqual([]);
});

test('a key that exists is never replaced', async () => {
  await makeMissingKeys(folder);
  const before = await readFile(join(folder, 'keys', 'master.key'), 'utf8');
  expect(await makeMissingKeys(folder)).toEqual([]);
  expect(await readFile(join(folder, 'keys', 'master.key'), 'utf8')).toBe(before);
});

async function load(argv: readonly string[], env: Record<string, string> = {}) {
  return loadConfig({ argv: ['--data', folder, ...argv], env });
}

async function problemsOf(argv: readonly string[], env: Record<string, string> = {}) {
  const error = await load(argv, env).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).problems;
}

test('contents go to a bucket when it is named with its credentials, which may come from files', async () => {
  expect((await load([])).bucket).toBeUndefined();
  const path = join(folder, 's3-secret');
  await writeFile(path, 'secret from a file\n');
  const config = await load([], {
    LIENTHONG_S3_URL: 'https://s3.example.gov.vn/lienthong/truc',
    LIENTHONG_S3_ACCESS_KEY: 'axis',
    LIENTHONG_S3_SECRET_KEY_FILE: path,
  });
  expect(config.bucket).toEqual({
    url: 'https://s3.example.gov.vn/lienthong/truc',
    region: 'us-east-1',
    accessKeyId: 'axis',
    secretAccessKey: 'secret from a file',
  });
});

test.each([
  [
    'without credentials',
    { LIENTHONG_S3_URL: 'https://s3.example/b' },
    ['LIENTHONG_S3_ACCESS_KEY', 'LIENTHONG_S3_SECRET_KEY'],
  ],
  ['without a bucket', { ...bucketKeys(), LIENTHONG_S3_URL: 'https://s3.example/' }, ['LIENTHONG_S3_URL']],
  [
    'with credentials in the address',
    { ...bucketKeys(), LIENTHONG_S3_URL: 'https://a:b@s3.example/b' },
    ['LIENTHONG_S3_URL'],
  ],
  ['that is no web address', { ...bucketKeys(), LIENTHONG_S3_URL: 's3://bucket' }, ['LIENTHONG_S3_URL']],
  ['of which only the secret is there', { LIENTHONG_S3_SECRET_KEY: 's' }, ['LIENTHONG_S3_SECRET_KEY']],
])('a bucket %s is a problem', async (_how, variables, names) => {
  expect((await problemsOf([], variables)).map(({ name }) => name)).toEqual(names);
});

test('contents are kept 90 days, or as many as the axis decides', async () => {
  expect((await load([])).contentKeptDays).toBe(90);
  expect((await load([], { LIENTHONG_CONTENT_KEPT_DAYS: '365' })).contentKeptDays).toBe(365);
  for (const days of ['0', '-1', '1.5', 'ever']) {
    const problems = await problemsOf([], { LIENTHONG_CONTENT_KEPT_DAYS: days });
    expect(problems.map(({ name }) => name)).toEqual(['LIENTHONG_CONTENT_KEPT_DAYS']);
  }
});

const vkeys = [1, 2, 3].map(
  (number) => createCosigner(`witness.example/${number}`, testKey(`${number}`)).vkey,
);

test('witnesses are named with the address at which they are asked, or without where they poll', async () => {
  const { cosigning } = await load([], {
    LIENTHONG_WITNESSES: `${vkeys[0]} https://witness.example/1,\n${vkeys[1]}\n${vkeys[2]}`,
  });
  expect(cosigning.witnesses.map(({ key, url }) => [key.name, url?.href])).toEqual([
    ['witness.example/1', 'https://witness.example/1'],
    ['witness.example/2', undefined],
    ['witness.example/3', undefined],
  ]);
  expect(cosigning.quorum).toBe(2);
  expect((await load([])).cosigning).toEqual({ witnesses: [], quorum: 0 });
});

test.each([
  ['no key', { LIENTHONG_WITNESSES: 'witness.example https://witness.example' }, 'LIENTHONG_WITNESSES'],
  ['no web address', { LIENTHONG_WITNESSES: `${vkeys[0]} ftp://witness.example` }, 'LIENTHONG_WITNESSES'],
  ['the same twice', { LIENTHONG_WITNESSES: `${vkeys[0]},${vkeys[0]}` }, 'LIENTHONG_WITNESSES'],
  [
    'a quorum of half of them',
    { LIENTHONG_WITNESSES: vkeys.slice(0, 2).join(), LIENTHONG_WITNESS_QUORUM: '1' },
    'LIENTHONG_WITNESS_QUORUM',
  ],
])('witnesses with %s are a problem', async (_how, variables, name) => {
  expect((await problemsOf([], variables)).map((problem) => problem.name)).toEqual([name]);
});

function bucketKeys() {
  return { LIENTHONG_S3_ACCESS_KEY: 'axis', LIENTHONG_S3_SECRET_KEY: 'secret' };
}
