/** Witnesses for a test: real ones that listen, and others that behave as badly as strangers can. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createPlainServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from '#foundation/http';
import { logKeysOf, openWitnessMemory, witnessRoutes, type Witness } from '#foundation/evidence/witness';
import type { WitnessAddress } from '../../src/foundation/evidence/ask-witness.ts';
import { createCosigner, parseWitnessKey } from '../../src/foundation/evidence/cosignature.ts';
import { origin, testKey, trust } from './evidence.ts';

export interface RunningWitness extends WitnessAddress {
  readonly witness: Witness;
  /** How often it was shown a checkpoint. */
  readonly requests: () => number;
  readonly contradictions: readonly string[];
  stop(): Promise<void>;
}

export async function runWitness(name: string): Promise<RunningWitness> {
  const folder = await mkdtemp(join(tmpdir(), 'lienthong-witness-'));
  const memory = await openWitnessMemory(join(folder, 'witness.sqlite'));
  const contradictions: string[] = [];
  const witness: Witness = {
    memory,
    cosigner: memory.begin(name),
    logs: new Map([[origin, logKeysOf(trust)]]),
    now: () => Temporal.Now.instant(),
    onContradiction: (_kept, shown) => contradictions.push(shown),
  };
  let requests = 0;
  const server = await createServer();
  server.addHook('onRequest', async ({ method }) => void (requests += method === 'POST' ? 1 : 0));
  await server.register(witnessRoutes, { witness });
  const url = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
  return {
    key: parseWitnessKey(witness.cosigner.vkey)!,
    url,
    witness,
    requests: () => requests,
    contradictions,
    async stop() {
      server.server.closeAllConnections();
      await server.close();
      memory.close();
      await rm(folder, { recursive: true });
    },
  };
}

export interface BadWitness extends WitnessAddress {
  /** Resolves when it was asked for the first time. */
  readonly asked: Promise<void>;
  stop(): Promise<void>;
}

/** Its key exists; what answers in its place is up to the test. */
export async function runBadWitness(name: string, answer: RequestListener): Promise<BadWitness> {
  const asked = Promise.withResolvers<void>();
  const server = createPlainServer((request, response) => {
    asked.resolve();
    request.resume();
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    key: parseWitnessKey(createCosigner(name, testKey(name)).vkey)!,
    url: new URL(`http://127.0.0.1:${port}`),
    asked: asked.promise,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
