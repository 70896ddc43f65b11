/** The agencies that the benchmark writes between, made through the directory's interface like any others. */
import { randomBytes } from 'node:crypto';
import type { MeasuredServer } from './measured-server.ts';
import type { ConnectedParty } from './send-traffic.ts';
import type { Party } from './letter.ts';

export interface World {
  readonly senders: readonly ConnectedParty[];
  /** Each with a system of its own. */
  readonly receivers: readonly ConnectedParty[];
  /** Others, whose mail one system receives and nobody fetches. */
  readonly audience: readonly Party[];
}

const pairCount = 32;
const audienceCount = 700;
const requestsAtOnce = 8;

export async function createWorld(server: MeasuredServer): Promise<World> {
  const directory = directoryOf(server);
  const senders = Array.from({ length: pairCount }, (_, index) => partyOf('S', index));
  const receivers = Array.from({ length: pairCount }, (_, index) => partyOf('R', index));
  const audience = Array.from({ length: audienceCount }, (_, index) => partyOf('A', index));
  const lines = [...senders, ...receivers, ...audience].map(({ code, name }) => `${code}\t${name}\t4`);
  await directory.post(
    '/organisation-imports',
    'text/tab-separated-values',
    `code\tname\tlevel\n${lines.join('\n')}\n`,
  );

  const connect = async (party: Party): Promise<ConnectedParty> => {
    const system = { id: `bench.${party.code.toLowerCase()}`, secret: randomBytes(32).toString('base64url') };
    await directory.add('/systems', { externalId: system.id, name: party.name, secret: system.secret });
    await directory.add(`/systems/${system.id}/organisations`, { code: party.code });
    return { ...party, system };
  };
  await directory.add('/systems', { externalId: 'bench.many', name: 'Many mailboxes' });
  await inParallel(audience, ({ code }) => directory.add('/systems/bench.many/organisations', { code }));
  return {
    senders: await inParallel(senders, connect),
    receivers: await inParallel(receivers, connect),
    audience,
  };
}

function partyOf(kind: 'S' | 'R' | 'A', index: number): Party {
  const number = String(index + 1).padStart(3, '0');
  return { code: `${kind}${number}.H99`, name: `Ủy ban nhân dân xã thử nghiệm ${kind} ${number}` };
}

export function directoryOf({ baseUrl, operator }: MeasuredServer) {
  const authorization = `Basic ${Buffer.from(`${operator.id}:${operator.secret}`).toString('base64')}`;
  const call = async (method: string, path: string, contentType: string, body: string): Promise<void> => {
    const response = await fetch(`${baseUrl}/api/directory${path}`, {
      method,
      headers: { authorization, 'content-type': contentType },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    const { refused = [] } = JSON.parse(text || '{}') as { refused?: unknown[] };
    if (refused.length > 0) throw new Error(`${method} ${path} refused ${JSON.stringify(refused[0])}`);
  };
  const json = 'application/json';
  return {
    post: (path: string, contentType: string, body: string) => call('POST', path, contentType, body),
    add: (path: string, body: object) => call('POST', path, json, JSON.stringify(body)),
    set: (path: string, body: object) => call('PATCH', path, json, JSON.stringify(body)),
  };
}

export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, worker));
  return results;
}
