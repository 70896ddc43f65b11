import { expect, test } from 'vitest';
import { MasterKeyMissing } from '#foundation/secrets';
import { explainFailure } from './explain-failure.ts';

test('a port in use is answered with the command that would do, with everything that was typed', () => {
  const taken = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 3000 });
  expect(explainFailure(taken, ['--data', 'd2'])).toContain('npm start -- --data d2 --port 3001\n');
  expect(explainFailure(taken, ['--port', '3000', '--data=d2'])).toContain('-- --data=d2 --port 3001\n');
  expect(explainFailure(taken, ['--port=3000'])).toContain('npm start -- --port 3001\n');
});

test.each([
  { code: 'EADDRNOTAVAIL', syscall: 'listen', address: '203.0.113.9' },
  { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: '203.0.113.9' },
])('an address that this machine does not have is the matter of --host: %j', (details) => {
  const error = Object.assign(new Error('listen'), details);
  expect(explainFailure(error, ['--host', '203.0.113.9'])).toContain('--host');
  expect(explainFailure(error, [])).not.toContain('--host'); // then it was something else
});

test('a login that may not migrate is told which variable to set', () => {
  const denied = Object.assign(new Error('permission denied for database x'), { code: '42501' });
  const said = explainFailure(new Error('migration a.sql failed', { cause: denied }), []);
  expect(said).toContain('DATABASE_MIGRATION_URL');
  expect(said).toContain('migration a.sql failed ← permission denied');
  expect(said).not.toContain('    at ');
});

test('a database of another data folder is named as such', () => {
  const said = explainFailure(new Error('cannot read', { cause: new MasterKeyMissing('00ff') }), []);
  expect(said).toContain('another data folder');
  expect(said).toContain('master.key');
});

test('what nobody thought of is shown with its causes and the stack of the first', () => {
  const said = explainFailure(new Error('outer', { cause: new TypeError('inner') }), []);
  expect(said).toMatch(/outer\n {2}← TypeError: inner\n {4}at /);
});
