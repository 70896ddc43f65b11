import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpConnection } from './http-connection.ts';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from './http-connection.ts';

const large = Buffer.alloc(3_000_000, 'Liên Thông ');
let server: Server;
let address: Address;

beforeAll(async () => {
  server = createServer((request, response) => {
    let receivedBytes = 0;
    request.on('data', (piece: Buffer) => (receivedBytes += piece.length));
    request.on('end', () => answer(request.url, receivedBytes, response));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('answers with a length and answers in chunks arrive whole, one after the other on one connection', async () => {
  const connection = createHttpConnection(address);
  for (let times = 0; times < 3; times++) {
    const posted = await connection.request(request('/', Buffer.alloc(200_000)));
    expect([posted.status, posted.body.toString()]).toEqual([201, '200000']);
    expect((await connection.request(request('/large'))).body.equals(large)).toBe(true);
    expect((await connection.request(request('/streamed'))).body.equals(large)).toBe(true);
  }
  connection.close();
});

test('a broken connection fails its request, and the next one connects again', async () => {
  const connection = createHttpConnection(address);
  await expect(connection.request(request('/broken'))).rejects.toThrow(/closed/);
  expect((await connection.request(request('/'))).status).toBe(201);
  connection.close();
});

function answer(path: string | undefined, receivedBytes: number, response: ServerResponse): void {
  if (path === '/broken') response.destroy();
  else if (path === '/large') response.writeHead(200, { 'content-length': large.length }).end(large);
  else if (path === '/streamed') {
    response.write(large.subarray(0, 1_000_000));
    response.end(large.subarray(1_000_000));
  } else response.writeHead(201).end(String(receivedBytes));
}

function request(path: string, body = Buffer.alloc(0)): Buffer[] {
  return [Buffer.from(`POST ${path} HTTP/1.1\r\nHost: test\r\nContent-Length: ${body.length}\r\n\r\n`), body];
}
