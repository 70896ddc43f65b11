/** A proxy that a test holds in its hand: it spreads connections over targets, and cuts those that it is told to cut. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Breaks every connection that is open now. */
  cut(): void;
  close(): Promise<void>;
}

export interface TcpProxyOptions {
  /** Ports of this machine or paths of sockets, in turn; what takes no connection is passed over. */
  readonly targets: readonly (number | string)[];
  /** Asked about what goes to a target: pass it on, or break the connection with or without it. */
  readonly onRequest?: (bytes: Buffer) => 'pass' | 'cut before' | 'cut after';
}

export async function createTcpProxy({ targets, onRequest }: TcpProxyOptions): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => undefined);
    client.pause();
    const start = turn++;
    const tryFrom = (attempt: number): void => {
      if (attempt === targets.length) return void client.destroy();
      const to = targets[(start + attempt) % targets.length]!;
      const target = connect(typeof to === 'number' ? { port: to, host: '127.0.0.1' } : { path: to });
      target.once('connect', () => {
        target.removeAllListeners('error');
        join(client, target, onRequest);
      });
      target.once('error', () => tryFrom(attempt + 1));
    };
    tryFrom(0);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  const cut = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    cut,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

function join(client: Socket, target: Socket, onRequest: TcpProxyOptions['onRequest']): void {
  const end = (): void => {
    client.destroy();
    target.destroy();
  };
  for (const socket of [client, target]) {
    socket.setNoDelay(true);
    socket.on('error', end);
    socket.on('close', end);
  }
  client.on('data', (bytes: Buffer) => {
    const fate = onRequest?.(bytes) ?? 'pass';
    if (fate === 'cut before') end();
    // Written to the kernel, so the target reads it although nobody will hear its answer.
    else target.write(bytes, fate === 'cut after' ? end : undefined);
  });
  target.pipe(client);
  client.resume();
}
