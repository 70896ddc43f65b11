/** A bucket on the same disk, for a server that keeps its contents in S3. It is a test server: its own speed is no figure. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface MeasuredBucket {
  /** What the server is told of it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): void;
}

export async function startMeasuredBucket(folder: string): Promise<MeasuredBucket> {
  const directory = join(folder, 's3');
  await mkdir(directory, { recursive: true });
  const server = fork(new URL('s3-process.ts', import.meta.url), [directory]);
  const [port] = (await once(server, 'message')) as [number];
  return {
    environment: {
      LIENTHONG_S3_URL: `http://127.0.0.1:${port}/bench`,
      LIENTHONG_S3_ACCESS_KEY: 'S3RVER',
      LIENTHONG_S3_SECRET_KEY: 'S3RVER',
    },
    stop: () => server.disconnect(),
  };
}
