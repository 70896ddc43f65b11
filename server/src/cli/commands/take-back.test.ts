import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { runTyped } from '../testing/run-typed.ts';

const id = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000';

test('one receiver whose copy cannot be taken back does not keep the others from being asked, and the exit code tells', async () => {
  let requests = 0;
  const rows = ['H37', 'H38'].map((toCode) => ({
    senderDocId: id,
    fromCode: 'G12',
    toCode,
    notation: '1/VP',
    documentId: 'D',
    sendStatus: 'DONE',
  }));
  const server = createServer((request, response) => {
    request.resume();
    const isSending = request.url === '/vxp/sendEdoc';
    const isRefused = isSending && ++requests === 1;
    const answer = isRefused
      ? { status: 'FAIL', ErrorCode: '20', ErrorDesc: 'exchange.already_taken_back: Đã lấy lại.' }
      : { status: 'OK', ErrorCode: '0', ErrorDesc: '', DocId: 'S-2', data: rows };
    if (isSending && !isRefused) response.setHeader('Lienthong-Receipt', 'a.b.c');
    response.setHeader('Content-Type', 'application/json');
    request.on('end', () => response.end(JSON.stringify(answer)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const environment = {
      LIENTHONG_URL: `http://127.0.0.1:${port}`,
      LIENTHONG_SYSTEM_ID: 'he.thong.1',
      LIENTHONG_SYSTEM_SECRET: 'bi-mat-bi-mat-bi-mat',
    };
    const { exitCode, stdout } = await runTyped(['take-back', id, '--json'], { environment });
    expect(JSON.parse(stdout)).toMatchObject({
      sent: [{ docId: 'S-2', receipt: 'a.b.c', receivers: ['H38'] }],
      unasked: [{ code: 'H37', error: { code: 'exchange.already_taken_back' } }],
    });
    expect(exitCode).toBe(1);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
