/**
 * X1 and X2 with real processes: agencies send without a pause while the server and its PostgreSQL are killed again and
 * again. Every document that was acknowledged is there exactly once, byte for byte, with the receipt that was given.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTrust, verifyReceiptText } from '#foundation/evidence';
import type { SandboxFile } from '../../src/sandbox/prepare-sandbox.ts';
import { documentIdOf, writeLetter } from '../support/letters.ts';
import { createServerProcess } from '../support/server-process.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { createVxpClient } from '../support/vxp-client.ts';

const rounds = 4;
const senders = 6;

interface Acknowledged {
  readonly bytes: Buffer;
  readonly receipts: Set<string>;
}

let server: ServerProcess;
beforeAll(async () => {
  server = await createServerProcess();
});
afterAll(() => server.end());

test(
  'nothing that was acknowledged is lost or doubled, whoever is killed',
  { timeout: 180_000 },
  async () => {
    let sandbox = await server.start();
    const acknowledged = new Map<string, Acknowledged>();
    let stopped = false;
    const sending = Array.from({ length: senders }, (_, sender) =>
      sendWithoutPause(sandbox, { sender, acknowledged, isStopped: () => stopped }),
    );

    for (let round = 0; round < rounds; round++) {
      await sleep(300 + Math.random() * 700);
      // In turn the server alone, PostgreSQL alone, and both at once.
      if (round % 3 !== 1) await server.kill();
      if (round % 3 !== 0) await server.killPostgres();
      if (round % 3 === 1) await sleep(500);
      if (round % 3 === 1) await server.kill();
      sandbox = await server.start();
    }
    stopped = true;
    await Promise.all(sending);

    expect(acknowledged.size).toBeGreaterThan(rounds * senders);
    const received = await receiveEverything(sandbox);
    expect([...received.keys()].sort()).toEqual([...acknowledged.keys()].sort());
    const trust = parseTrust(await (await fetch(`${server.baseUrl}/trust.json`)).text());
    for (const [documentId, { bytes, receipts }] of acknowledged) {
      expect(received.get(documentId)!.map((copy) => copy.equals(bytes))).toEqual([true]);
      expect(receipts.size).toBe(1);
      expect(verifyReceiptText([...receipts][0]!, trust)).toMatchObject({ ok: true });
    }
  },
);

/** Each document is sent until it is acknowledged, and once more, as after a lost answer. */
async function sendWithoutPause(
  sandbox: SandboxFile,
  run: { sender: number; acknowledged: Map<string, Acknowledged>; isStopped: () => boolean },
): Promise<void> {
  const client = clientOf(sandbox, 'H64.31');
  for (let index = 0; !run.isStopped(); index++) {
    const number = `${run.sender}-${index}`;
    // Every third is large enough to become a file.
    const content = Buffer.alloc(index % 3 === 0 ? 90_000 : 900, `${number} `);
    const bytes = await writeLetter({ from: 'H64.31', to: ['G10'], number, content });
    const receipts = new Set<string>();
    while (receipts.size === 0) {
      const response = await client.sendEdoc(bytes).catch(() => undefined);
      if (response?.answer.status === 'OK') receipts.add(response.receipt!);
      else if (response?.answer.status === 'FAIL') expect(response.httpStatus).toBe(503);
      if (receipts.size === 0) await sleep(50);
    }
    run.acknowledged.set(documentIdOf({ from: 'H64.31', number }), { bytes, receipts });
    const again = await client.sendEdoc(bytes).catch(() => undefined);
    if (again?.answer.status === 'OK') receipts.add(again.receipt!);
  }
  client.close();
}

/** As a receiving system does: list, fetch, confirm, until nothing waits. */
async function receiveEverything(sandbox: SandboxFile): Promise<Map<string, Buffer[]>> {
  const client = clientOf(sandbox, 'G10');
  const received = new Map<string, Buffer[]>();
  for (;;) {
    const { answer } = await client.getReceivedEdocList('edoc');
    const waiting = answer.data as { docId: string }[];
    if (waiting.length === 0) break;
    for (const { docId } of waiting) {
      const { body } = await client.downloadEdoc(docId);
      const documentId = /<edXML:DocumentId>([^<]+)</.exec(body.toString())![1]!;
      received.set(documentId, [...(received.get(documentId) ?? []), body]);
      expect((await client.updateStatus(docId, 'done')).answer.status).toBe('OK');
    }
  }
  client.close();
  return received;
}

function clientOf(sandbox: SandboxFile, code: string) {
  const { system } = sandbox.agencies.find((agency) => agency.code === code)!;
  return createVxpClient({ baseUrl: `${sandbox.baseUrl}/vxp`, systemId: system.id, secret: system.secret });
}
