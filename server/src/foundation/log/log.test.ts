import { expect, test } from 'vitest';
import { createLog, type LogOptions } from './index.ts';

function logged(options: Pick<LogOptions, 'format' | 'level'>) {
  const lines: string[] = [];
  return { lines, log: createLog({ ...options, write: (line) => lines.push(line) }) };
}

test('the sandbox is quiet but for warnings, and says them in one plain line', () => {
  const { lines, log } = logged({ format: 'plain', level: 'warn' });
  log.info('a document was accepted');
  log.warn({ waiting: 12, err: new Error('outer', { cause: new Error('in\nner') }) }, 'the log is behind');
  expect(lines).toEqual([
    expect.stringMatching(
      /^\d\d:\d\d:\d\d WARN the log is behind waiting=12 ← Error: outer ← Error: in ner\n$/,
    ),
  ]);
});

test('production writes one JSON object an event', () => {
  const { lines, log } = logged({ format: 'json', level: 'info' });
  log.info({ event: 'started' }, 'hello');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', event: 'started', msg: 'hello' });
});

test('secrets do not reach a line, however they come', () => {
  const { lines, log } = logged({ format: 'json', level: 'info' });
  log.info(
    { secret: 'hunter2', headers: { authorization: 'hunter2' }, config: { tls: { key: 'hunter2' } } },
    'x',
  );
  log.info({
    req: {
      method: 'GET',
      url: '/x?token=hunter2',
      headers: { cookie: 'hunter2' },
      routeOptions: { url: '/x' },
    },
  });
  expect(lines.join('')).not.toContain('hunter2');
  expect(lines[1]).toContain('"route":"/x"');
});

test('an error of PostgreSQL is logged without the row it quotes', () => {
  const { lines, log } = logged({ format: 'json', level: 'info' });
  const unique = Object.assign(new Error('duplicate key value violates unique constraint "x"'), {
    code: '23505',
    constraint: 'x',
    detail: 'Key (name)=(Nguyễn Văn A) already exists.',
    parameters: ['Nguyễn Văn A'],
  });
  const syntax = Object.assign(new Error('invalid input syntax for type uuid: "Nguyễn Văn A"'), {
    code: '22P02',
  });
  log.error({ err: new Error('cannot store', { cause: unique }) }, 'failed');
  log.error({ err: syntax }, 'failed');
  expect(lines.join('')).not.toContain('Nguyễn');
  expect(lines[0]).toContain('"constraint":"x"');
  expect(lines[1]).toContain('22P02');
});
