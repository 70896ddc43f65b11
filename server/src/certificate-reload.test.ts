/** The certificate of the server is replaced while it runs: what a client sees of it. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { readTls } from './config-tls.ts';
import { startReloading } from './reloading.ts';
import { issueCertificate } from '#foundation/crypto';
import { createServer, useCertificate } from '#foundation/http';
import { validity } from '../test/support/time-stamps.ts';

test('new connections get a replaced certificate once its key is there too, and those that are open go on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-certificate-'));
  const [first, second] = [newPair('cũ'), newPair('mới')];
  const variables = {
    LIENTHONG_TLS_CERT_FILE: join(folder, 'certificate.pem'),
    LIENTHONG_TLS_KEY_FILE: join(folder, 'key.pem'),
  };
  const paths = Object.values(variables) as [string, string];
  await replace(paths[0], first.certificate);
  await replace(paths[1], first.key);
  const read = async () => {
    const problems: { en: string }[] = [];
    const pair = await readTls(variables, problems as never);
    if (!pair) throw new Error(problems.map(({ en }) => en).join());
    return pair;
  };
  const server = await createServer({ tls: await read() });
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  const said: string[] = [];
  const reloading = startReloading({
    paths,
    reload: async () => useCertificate(server, await read()),
    log: {
      info: () => undefined,
      error: (...spoken: unknown[]) => void said.push(String(spoken[1])),
    },
    everyMilliseconds: 5,
  });
  const open = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false });
  try {
    await once(open, 'secureConnect');
    expect(await seenAt(Number(port))).toBe(first.fingerprint);

    await replace(paths[0], second.certificate);
    await expect.poll(() => said).toEqual(['changed keys or certificates are not usable']);
    expect(await seenAt(Number(port))).toBe(first.fingerprint);

    await replace(paths[1], second.key);
    await expect.poll(() => seenAt(Number(port))).toBe(second.fingerprint);
    open.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const [answer] = (await once(open, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 404/);
  } finally {
    open.destroy();
    await reloading.stop();
    await server.close();
    await rm(folder, { recursive: true });
  }
});

function newPair(commonName: string) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = { organisation: 'Kiểm thử', commonName, key: privateKey };
  const certificate = new X509Certificate(
    issueCertificate({ subject, issuer: subject, purpose: 'authority', ...validity }),
  );
  return {
    certificate: certificate.toString(),
    fingerprint: certificate.fingerprint256,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

async function seenAt(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
