import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import '#exchange/edxml';
import { refusalEntry } from '#foundation/refusal';
import { commands } from './commands.ts';
import { runTyped } from './testing/run-typed.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

const running: (() => void)[] = [];
afterEach(() => {
  for (const stop of running.splice(0)) stop();
});

/** The far end of the wire, answering as an axis might. */
async function answering(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Record<string, string>> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    LIENTHONG_URL: `http://127.0.0.1:${port}`,
    LIENTHONG_SYSTEM_ID: 'he.thong.1',
    LIENTHONG_SYSTEM_SECRET: 'bi-mat-bi-mat-bi-mat',
  };
}

async function writeEdxml(name: string, sizeBytes = 0): Promise<string> {
  const path = join(folder, name);
  await writeFile(
    path,
    `<?xml version="1.0" encoding="UTF-8"?><edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>H64.31</OrganId></From><To><OrganId>G12</OrganId></To><DocumentId>D1</DocumentId><Code><CodeNumber>1</CodeNumber><CodeNotation>VP</CodeNotation></Code><Subject>V/v thử</Subject></MessageHeader></edXMLHeader></edXMLEnvelope></edXML>${' '.repeat(sizeBytes)}`,
  );
  return path;
}

describe('help', () => {
  test('tells of every command, and of every option of each', async () => {
    const overview = await runTyped(['help']);
    expect(overview.exitCode).toBe(0);
    for (const { name, options } of commands) {
      expect(overview.stdout).toContain(name);
      const help = await runTyped(['help', ...name.split(' ')]);
      expect(help.exitCode).toBe(0);
      for (const option of Object.keys(options)) expect(help.stdout).toContain(`--${option}`);
    }
  });

  test('options of every command may stand beside its topic', async () => {
    const { exitCode, stdout } = await runTyped(['help', 'send', '--data', 'x', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).help).toContain('--receipt FILE');
  });

  test('comes in Vietnamese, and in English when asked', async () => {
    expect((await runTyped([])).stdout).toContain('Gửi và nhận');
    expect((await runTyped(['--lang', 'en'])).stdout).toContain('Sending and receiving');
    expect((await runTyped(['send', '-h'], { environment: { LIENTHONG_LANG: 'en' } })).stdout).toContain(
      'Send a document',
    );
  });
});

describe('what is typed', () => {
  test('the version is told, and a language that does not exist is refused', async () => {
    expect((await runTyped(['--version'])).stdout).toMatch(/^lienthong \d+\.\d+\.\d+/);
    expect((await runTyped(['help', '--lang', 'fr'])).exitCode).toBe(2);
  });

  test('a noun with --help lists what can be done with it', async () => {
    const { exitCode, stdout } = await runTyped(['organisation', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('organisation merge');
    expect(stdout).not.toContain('system rotate');
  });

  test('a second receiver without its own --to, or several in one, are told how to write them', async () => {
    const extra = await runTyped(['send', 'a.pdf', '--to', 'G12', 'H37']);
    expect(extra).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--to H37') });
    const pdf = join(folder, 'list.pdf');
    await writeFile(pdf, '%PDF-1.7');
    const environment = await answering((_, response) => response.end());
    const typed = ['send', pdf, '--as', 'G12', '--number', '1', '--notation', 'VP', '--subject', 'V/v'];
    const list = await runTyped([...typed, '--to', 'G12,H37'], { environment });
    expect(list).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--to G12 --to H37') });
    const bare = await runTyped(['send', pdf, '--as', 'G12'], { environment });
    expect(bare.stderr).toContain('--to, --number, --notation, --subject');
  });
});

describe('exit codes', () => {
  test('2 for what was mistyped, with the remedy and without a stack', async () => {
    for (const typed of [
      ['gui'],
      ['send'],
      ['mark', 'x', 'xong'],
      ['help', 'gui'],
      ['inbox', '--kind', 'thu'],
    ]) {
      const { exitCode, stderr, stdout } = await runTyped(typed, { environment: { LIENTHONG_DATA: folder } });
      expect({ typed, exitCode, stdout }).toEqual({ typed, exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/^✗ /);
      expect(stderr).not.toContain('    at ');
    }
  });

  test('2 where nothing says whom to talk to, naming what to do', async () => {
    const file = await writeEdxml('a.edxml');
    const { exitCode, stderr } = await runTyped(['send', file, '--data', folder, '--lang', 'en']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('npm start');
    expect(stderr).toContain('LIENTHONG_URL');
  });

  test('2 for receivers typed beside a file that names its own', async () => {
    const file = await writeEdxml('a.edxml');
    const environment = await answering((_, response) => response.end());
    const { exitCode, stderr } = await runTyped(['send', file, '--to', 'G12', '--lang', 'en'], {
      environment,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--to is only for a PDF');
  });

  test('1 for a file that the axis would refuse, in its words; with --as the axis is asked', async () => {
    const file = join(folder, 'rubbish.edxml');
    await writeFile(file, '<edXML></edXML>');
    const environment = await answering((request, response) => {
      request.resume();
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify({ status: 'FAIL', ErrorCode: '20', ErrorDesc: 'edxml.asked: Trục trả lời.' }),
      );
    });
    const ours = await runTyped(['send', file, '--json'], { environment });
    expect(ours.exitCode).toBe(1);
    expect(JSON.parse(ours.stdout)).toMatchObject({ error: { code: 'edxml.field_missing' } });
    const theirs = await runTyped(['send', file, '--as', 'H64.31', '--json'], { environment });
    expect(theirs.exitCode).toBe(1);
    expect(JSON.parse(theirs.stdout)).toMatchObject({ error: { code: 'edxml.asked' } });
  });

  test('3 where nobody answers at the address', async () => {
    const environment = await answering(() => {});
    running.splice(0).forEach((stop) => stop());
    const { exitCode, stderr } = await runTyped(['inbox', '--lang', 'en'], { environment });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('ECONNREFUSED');
  });

  test('3 where the axis has trouble of its own, 1 where it refuses', async () => {
    const file = await writeEdxml('a.edxml');
    const fail = (status: number, sentence: string) =>
      answering((request, response) => {
        request.resume();
        response.writeHead(status, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ status: 'FAIL', ErrorCode: '20', ErrorDesc: sentence }));
      });
    const trouble = await runTyped(['send', file, '--json'], {
      environment: await fail(503, 'exchange.busy: Trục đang bận.'),
    });
    expect(trouble.exitCode).toBe(3);
    expect(JSON.parse(trouble.stdout)).toMatchObject({ error: { exitCode: 3, code: 'exchange.busy' } });

    const refusal = await runTyped(['send', file, '--json'], {
      environment: await fail(200, 'exchange.sender_unknown: Cơ quan gửi không có.'),
    });
    expect(refusal.exitCode).toBe(1);
    expect(JSON.parse(refusal.stdout)).toMatchObject({
      error: { code: 'exchange.sender_unknown', sentence: 'Cơ quan gửi không có.' },
    });
    expect(refusal.stderr).toBe('');
  });

  test('3 with the details of a developer only when asked', async () => {
    const environment = { ...(await answering((_, response) => response.destroy())), LIENTHONG_DEBUG: '1' };
    expect((await runTyped(['inbox'], { environment })).stderr).toContain('caused by');
  });
});

describe('a refusal before the end of the upload', () => {
  test('is told as the refusal that it is, not as a broken line', async () => {
    const file = await writeEdxml('large.edxml', 20_000_000);
    const environment = await answering((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', Connection: 'close' });
      response.end(
        JSON.stringify({ status: 'FAIL', ErrorCode: '15', ErrorDesc: 'vxp.signature_wrong: Sai chữ ký.' }),
      );
    });
    const { exitCode, stderr } = await runTyped(['send', file], { environment });
    expect(stderr).toContain('vxp.signature_wrong');
    expect(exitCode).toBe(1);
  });
});

describe('send', () => {
  test('puts the bytes of an edXML file on the wire as they are, with their length and digest', async () => {
    const file = await writeEdxml('exact.edxml', 70_000);
    let received = Buffer.alloc(0);
    let headers: IncomingMessage['headers'] = {};
    const environment = await answering((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.setHeader('Content-Type', 'application/json');
        if (request.url !== '/vxp/sendEdoc') {
          response.end(JSON.stringify({ status: 'OK', ErrorCode: '0', ErrorDesc: '', data: [] }));
          return;
        }
        received = Buffer.concat(chunks);
        headers = request.headers;
        response.setHeader('Lienthong-Receipt', 'a.b.c');
        response.end(JSON.stringify({ status: 'OK', ErrorCode: '0', ErrorDesc: '', DocId: 'D-1' }));
      });
    });
    const { exitCode, stdout } = await runTyped(['send', file, '--json'], { environment });
    expect(JSON.parse(stdout)).toMatchObject({
      docId: 'D-1',
      receipt: 'a.b.c',
      from: 'H64.31',
      kind: 'document',
      refused: [],
    });
    expect(exitCode).toBe(0);
    expect(received.equals(await readFile(file))).toBe(true);
    expect(headers).toMatchObject({
      'content-length': String(received.length),
      'content-type': 'application/octet-stream',
      'xroadvnpt-from': 'H64.31',
      'xroadvnpt-messagetype': 'edoc',
    });
    expect(headers['transfer-encoding']).toBeUndefined();
  });
});

describe('the receipt of a sending', () => {
  const accepting = async (onSending: () => unknown) =>
    answering((request, response) => {
      request.resume();
      if (request.url === '/vxp/sendEdoc') {
        response.setHeader('Lienthong-Receipt', 'a.b.c');
        void onSending();
      }
      const done = { status: 'OK', ErrorCode: '0', ErrorDesc: '', DocId: 'D-1', data: [] };
      // The proof is asked for last: without one the receipt is saved alone.
      if (request.url?.startsWith('/log/')) response.statusCode = 503;
      request.on('end', () => response.end(JSON.stringify(done)));
    });

  test('where its folder does not exist nothing is sent', async () => {
    let sendings = 0;
    const environment = await accepting(() => (sendings += 1));
    const file = await writeEdxml('folder.edxml');
    const receipt = join(folder, 'nowhere', 'bien-nhan.txt');
    const { exitCode, stderr } = await runTyped(['send', file, '--receipt', receipt, '--lang', 'en'], {
      environment,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`There is no folder ${join(folder, 'nowhere')}`);
    expect(sendings).toBe(0);
  });

  test('where its folder went away meanwhile, the id and the receipt are printed, and the trouble', async () => {
    const doomed = await mkdtemp(join(folder, 'doomed-'));
    const environment = await accepting(() => rm(doomed, { recursive: true }));
    const file = await writeEdxml('doomed.edxml');
    const { exitCode, stdout, stderr } = await runTyped(
      ['send', file, '--receipt', join(doomed, 'bien-nhan.txt')],
      { environment },
    );
    expect(exitCode).toBe(3);
    expect(stdout).toContain('D-1');
    expect(stdout).toContain('a.b.c');
    expect(stderr).toContain(`Không có thư mục ${doomed}`);
  });

  test('what to type next repeats the folder and the language that were given', async () => {
    const environment = await accepting(() => {});
    const file = await writeEdxml('next.edxml');
    const saved = join(folder, 'next.txt');
    const { stdout } = await runTyped(['send', file, '--receipt', saved, '--data', 'd 5', '--lang', 'en'], {
      environment,
    });
    expect(stdout).toContain(`npx lienthong status D-1 --as H64.31 --data 'd 5' --lang en`);
    expect(stdout).toContain(`npx lienthong verify ${saved} --data 'd 5' --lang en`);
  });
});

describe('a refusal of the protocol', () => {
  test('is read in English where that was asked for, with what it tells filled in', async () => {
    const environment = await answering((request, response) => {
      request.resume();
      const told = refusalEntry('edxml.field_missing').vi.replace('{element}', 'Subject');
      const ErrorDesc = `edxml.field_missing: ${told}`;
      response.end(JSON.stringify({ status: 'FAIL', ErrorCode: '20', ErrorDesc }));
    });
    const { exitCode, stderr } = await runTyped(['mark', 'D-9', 'done', '--lang', 'en'], { environment });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(refusalEntry('edxml.field_missing').en.replace('{element}', 'Subject'));
  });
});

describe('receipt', () => {
  test('says that the axis cannot be reached, and leaves as it is what has its proof already', async () => {
    const environment = await answering(() => {});
    running.splice(0).forEach((stop) => stop());
    const alone = join(folder, 'alone.txt');
    await writeFile(alone, 'a.b.c\n');
    const unreachable = await runTyped(['receipt', alone], { environment });
    expect(unreachable).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('ECONNREFUSED') });
    const complete = join(folder, 'complete.txt');
    const proven = 'a.b.c\n\nc2sp.org/tlog-proof@v1\nindex 0\n';
    await writeFile(complete, proven);
    expect((await runTyped(['receipt', complete], { environment })).exitCode).toBe(0);
    expect(await readFile(complete, 'utf8')).toBe(proven);
  });
});

describe('colours', () => {
  test('are only for a terminal, and not with NO_COLOR', async () => {
    const environment = await answering((request, response) => {
      request.resume();
      const data = [{ docId: 'D-1', from: 'G12', to: 'H64', status: 'INITIAL', title: 'V/v \u001B[31mgấp' }];
      response.end(JSON.stringify({ status: 'OK', ErrorCode: '0', ErrorDesc: '', data }));
    });
    const escape = '\u001B';
    expect((await runTyped(['inbox'], { environment })).stdout).not.toContain(escape);
    expect((await runTyped(['inbox'], { environment, columns: 200 })).stdout).toContain(`${escape}[1m`);
    const plain = await runTyped(['inbox'], { environment: { ...environment, NO_COLOR: '1' }, columns: 200 });
    expect(plain.stdout).not.toContain(escape);
    expect(plain.stdout).toContain('[31mgấp');
  });
});
