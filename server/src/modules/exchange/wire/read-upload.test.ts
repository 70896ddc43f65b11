import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Refusal } from '#foundation/refusal';
import { refuse } from '../vxp/refusals.ts';
import { readUpload } from './read-upload.ts';

const limits = { idleSeconds: 0.3, graceSeconds: 0.5, minimumBytesPerSecond: 1_000 };
const announcedBytes = 100_000;

/** What reading an upload came to, that `write` makes. */
async function readingOf(
  write: (socket: Socket) => void | Promise<void>,
  readerPausesMillis = 0,
): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    void (async () => {
      let bytes = 0;
      try {
        for await (const chunk of readUpload(request, response, refuse, limits)) {
          bytes += chunk.length;
          await wait(readerPausesMillis);
        }
        resolve(`${bytes} bytes`);
      } catch (error) {
        resolve(error instanceof Refusal ? error.code : String(error));
      }
      response.destroy();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${announcedBytes}\r\n\r\n`);
  await write(socket);
  const outcome = await promise;
  socket.destroy();
  server.close();
  return outcome;
}

test('a whole body is read, and a reader that takes its time is no fault of the client', async () => {
  const writeAll = (socket: Socket): void => void socket.write(Buffer.alloc(announcedBytes));
  expect(await readingOf(writeAll)).toBe('100000 bytes');
  expect(await readingOf(writeAll, 400)).toBe('100000 bytes');
});

test('a client that stops is refused', async () => {
  expect(await readingOf((socket) => void socket.write(Buffer.alloc(10)))).toBe('vxp.upload_too_slow');
});

test('a client that crawls is refused once the time of grace is over', async () => {
  const outcome = await readingOf(async (socket) => {
    for (let piece = 0; piece < 10; piece++) {
      socket.write(Buffer.alloc(20));
      await wait(100);
    }
  });
  expect(outcome).toBe('vxp.upload_too_slow');
});

test('a client that breaks off is refused', async () => {
  const outcome = await readingOf(async (socket) => {
    socket.write(Buffer.alloc(10));
    await wait(50);
    socket.destroy();
  });
  expect(outcome).toBe('vxp.upload_cut');
});
