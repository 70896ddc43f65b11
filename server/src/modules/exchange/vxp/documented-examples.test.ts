/** What the documents show is sent as it stands, and what they show as an answer has the shape of the real one. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld } from '../../../../test/support/world.ts';
import type { World } from '../../../../test/support/world.ts';
import { isProgress, nextStatus, statusNames } from '../business-status.ts';
import type { BusinessStatus, ProgressStatus } from '../business-status.ts';

const root = new URL('../../../../../', import.meta.url);
const vxp = readDocument('docs/protocols/vxp.md');
const edxml = readDocument('docs/protocols/edxml.md');
const [document, status] = blocksOf(edxml, 'xml').map((text) => Buffer.from(text)) as [Buffer, Buffer];
const [sentAnswer, listAnswer, refusal, agency] = blocksOf(vxp, 'json').map(
  (text) => JSON.parse(text) as Record<string, unknown>,
) as [Answer, Answer, Answer, Record<string, string>];

type Answer = Readonly<Record<string, unknown>>;

const commune = 'H64.31';
const ministry = 'G10';

let world: World;
beforeAll(async () => {
  world = await createWorld([
    { code: commune, oldCode: '000.00.31.H64' },
    { code: ministry, oldCode: '000.00.00.G10' },
  ]);
  await world.serve();
});
afterAll(() => world.drop());

test('the document and the status of edxml.md are accepted, and the answers are those of vxp.md', async () => {
  const [sender, receiver] = [world.client(commune), world.client(ministry)];
  const sent = await sender.sendEdoc(document);
  expect(shapeOf(sent.answer)).toEqual(shapeOf(sentAnswer));
  const listed = await receiver.getReceivedEdocList();
  expect(shapeOf(listed.answer)).toEqual(shapeOf(listAnswer));
  const [row] = listed.answer.data as { docId: string; title: string }[];
  expect(row!.title).toBe('V/v đề nghị hỗ trợ giống cây lâm nghiệp');

  const reported = await receiver.sendEdoc(status, { kind: 'status' });
  expect(reported.answer).toMatchObject({ status: 'OK' });
  const again = await receiver.sendEdoc(status, { kind: 'status' });
  expect(again.answer).toMatchObject({ DocId: reported.answer.DocId, repeated: true });
  expect(again.receipt).toBe(reported.receipt);
  expect((await sender.countReceiveStatus()).answer.count).toBe(1);
  expect((await sender.getSentEdocList('edoc', sent.answer.DocId)).answer.data).toMatchObject([
    { businessStatus: '03', businessStatusDesc: 'Đã tiếp nhận' },
  ]);
  await receiver.updateStatus(row!.docId, 'done');
});

test('the documented refusal is the one that is answered', async () => {
  expect((await world.client(commune).getEdoc('1')).answer).toEqual(refusal);
});

test('the documented agency is registered', async () => {
  expect((await world.client(commune).registerAgency(agency)).answer).toMatchObject({ status: 'OK' });
});

test.each(['2026/11/20', '2026-11-20', '20/11/2026', '20-11-2026', '2026-11-20T08:00:00'])(
  'a list may begin at %s',
  async (fromDate) => {
    const { answer } = await world.client(commune).getReceivedEdocList('edoc', { fromDate });
    expect(answer.status).toBe('OK');
  },
);

test('the table of status codes has every code, and the order that is kept', () => {
  const rows = edxml
    .split('\n')
    .map((line) => /^\| `(\d\d)` \| ([^:]+): .+ \| (.*)\|$/.exec(line))
    .filter((match) => match !== null);
  expect(Object.fromEntries(rows.map((row) => [row[1], row[2]]))).toEqual(statusNames);
  for (const [, code, , followers] of rows) {
    const documented = [...followers!.matchAll(/`(\d\d)`/g)].map((match) => match[1]);
    expect(documented, code).toEqual(
      isProgress(code as BusinessStatus) ? followersOf(code as ProgressStatus) : [],
    );
  }
});

test('the example client sends, receives and answers', async (context) => {
  if (!(await hasPython())) context.skip('there is no python3 here');
  const systems = [commune, ministry].map((code) => ({ code, system: world.credentials(code) }));
  const sandbox = { baseUrl: world.baseUrl().replace(/\/vxp$/, ''), agencies: systems };
  const sandboxFile = join(world.folder, 'sandbox.json');
  await writeFile(sandboxFile, JSON.stringify(sandbox));

  const paths = ['examples/vxp_client.py', 'examples/cong-van.edxml'].map((path) =>
    fileURLToPath(new URL(path, root)),
  );
  const { stdout } = await run('python3', [paths[0]!, sandboxFile, paths[1]!], {
    env: { PATH: process.env['PATH'], PYTHONIOENCODING: 'utf-8', no_proxy: '*' },
    timeout: 15_000,
  });
  expect(stdout).toMatch(/^received \S+ V\/v đề nghị hỗ trợ giống cây lâm nghiệp$/m);
  expect(stdout).toMatch(/^to G10 DONE 03 Đã tiếp nhận$/m);
});

const run = promisify(execFile);

/** The client uses what Python has from 3.9 on. */
async function hasPython(): Promise<boolean> {
  return run('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).then(
    () => true,
    () => false,
  );
}

function followersOf(code: ProgressStatus): ProgressStatus[] {
  const all = Object.keys(statusNames).filter((next) =>
    isProgress(next as BusinessStatus),
  ) as ProgressStatus[];
  return all.filter((next) => {
    try {
      return nextStatus(code, next) === 'forward';
    } catch {
      return false;
    }
  });
}

/** Names and kinds of the values, with a list standing for its first row. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.entries(value).map(([name, field]) => [name, shapeOf(field)]);
}

function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]+?)\\n\`\`\`$`, 'gm'))].map(
    (match) => match[1]!,
  );
}

function readDocument(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}
