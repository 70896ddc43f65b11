/** `docs/protocols/vxp.md` is normative: its vector and its tables are held against the code. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newId } from '#foundation/ids';
import { isAnnouncedDigest } from './announced-digest.ts';
import { authenticate, readSignedRequest } from './authenticate.ts';
import { createVxpHeaders } from './client.ts';
import { getOperation, operations } from './operations.ts';

const protocol = readFileSync(new URL('../../../../../docs/protocols/vxp.md', import.meta.url), 'utf8');
const secret = /The secret is `([^`]+)`/.exec(protocol)![1]!;
const body = /the body the eight bytes `([^`]+)`/.exec(protocol)![1]!;
const vector = /```http\nPOST \/vxp\/sendEdoc\n([\s\S]+?)\n```/
  .exec(protocol)![1]!
  .split('\n')
  .map((line): [string, string] => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]);

test('the vector authenticates and announces the digest of its body', () => {
  const request = readSignedRequest(vector.flat(), getOperation('sendEdoc'));
  const credentialId = newId<'credential'>();
  const system = {
    systemId: newId<'system'>(),
    state: 'active' as const,
    credentials: { vxp: [{ credentialId, secret }] },
  };
  expect(authenticate(request, system).credentialId).toBe(credentialId);
  const digest = createHash('sha256').update(body).digest();
  expect(protocol).toContain(digest.toString('hex'));
  expect(isAnnouncedDigest(request.parameters.get('hash-file')!, digest)).toBe(true);
});

test('our client writes the vector', () => {
  const headers = createVxpHeaders(
    { systemId: 'vxp.thu.01', secret },
    Temporal.PlainDateTime.from('2026-03-09T07:05:03.041'),
  );
  const value = (name: string): string => vector.find(([known]) => known === `XroadVnpt-${name}`)![1];
  for (const key of ['servicetype', 'messagetype', 'hash-file', 'from']) headers.set(key, value(key));
  expect(headers.sign('application/octet-stream')).toEqual(vector);
});

test('the table of operations names the keys that each requires and reads', () => {
  const rows = new Map(
    protocol
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map((cells) => [cells[1]?.replaceAll('`', ''), cells] as const),
  );
  const keysOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
  for (const { name, required, optional } of operations) {
    const cells = rows.get(name);
    expect(cells, name).toBeDefined();
    expect(keysOf(cells![2]!), name).toEqual(required);
    expect(keysOf(cells![3]!), name).toEqual(optional);
  }
});
