import { describe, expect, test } from 'vitest';
import { defaultQuota, type SystemQuota } from '#directory';
import { newId } from '#foundation/ids';
import { createQuotaGate } from './quota-gate.ts';

let nowMillis = 0;
const open = { assertAccepting: () => Promise.resolve() };
const gateOf = (backlog = open) => createQuotaGate(backlog, () => nowMillis);
const caller = (quota: Partial<SystemQuota> = {}) => ({
  systemId: newId<'system'>(),
  quota: { ...defaultQuota, ...quota },
});

async function* bodyOf(...sizes: number[]): AsyncGenerator<Buffer> {
  for (const size of sizes) yield Buffer.alloc(size);
}
const drain = async (body: AsyncIterable<Buffer>): Promise<number> => {
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.length;
  return bytes;
};

/** An upload that stays under way until it is told to end. */
function hold(gate: ReturnType<typeof gateOf>, by: ReturnType<typeof caller>, sizeBytes = 0) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const passed = gate.pass(by, { sizeBytes, body: bodyOf() }, () => promise);
  return {
    async end() {
      resolve();
      await passed;
    },
  };
}

test('a system uses its requests, hears how long to wait, and costs no other anything', () => {
  const gate = gateOf();
  const [slow, other] = [caller({ requestsPerSecond: 1 }), caller({ requestsPerSecond: 1 })];
  expect([gate.takeRequest(slow).ok, gate.takeRequest(slow).ok]).toEqual([true, true]);
  expect(gate.takeRequest(slow)).toEqual({ ok: false, retryAfterSeconds: 1 });
  expect(gate.takeRequest(other).ok).toBe(true);
});

test('a bound that is changed holds for the next request', () => {
  const gate = gateOf();
  const before = caller({ requestsPerSecond: 1 });
  for (let call = 0; call < 3; call++) gate.takeRequest(before);
  nowMillis += 1_000;
  expect(gate.takeRequest({ ...before, quota: { ...before.quota, requestsPerSecond: 100 } }).ok).toBe(true);
});

test('more messages than a minute holds are refused with the time to wait, and flow again after it', async () => {
  const gate = gateOf();
  const by = caller({ messagesPerMinute: 2 });
  const send = () => gate.pass(by, { sizeBytes: 1, body: bodyOf(1) }, drain);
  expect([await send(), await send()]).toEqual([1, 1]);
  await expect(send()).rejects.toMatchObject({
    code: 'exchange.messages_too_many',
    parameters: { limit: 2, seconds: 30 },
  });
  nowMillis += 30_000;
  expect(await send()).toBe(1);
});

describe('uploads under way', () => {
  test('are bounded for each system, and an ended one makes room', async () => {
    const gate = gateOf();
    const by = caller({ uploads: 1 });
    const first = hold(gate, by);
    const second = () => gate.pass(by, { sizeBytes: 1, body: bodyOf(1) }, drain);
    await expect(second()).rejects.toMatchObject({ code: 'exchange.uploads_too_many' });
    expect(await gate.pass(caller({ uploads: 1 }), { sizeBytes: 1, body: bodyOf(1) }, drain)).toBe(1);
    await first.end();
    expect(await second()).toBe(1);
    expect(gate.underWay).toBe(0);
  });

  test('are bounded in bytes, those not announced as they come', async () => {
    const gate = gateOf();
    const by = caller({ uploadBytes: 100 });
    const first = hold(gate, by, 60);
    const announced = gate.pass(by, { sizeBytes: 41, body: bodyOf(41) }, drain);
    await expect(announced).rejects.toMatchObject({ code: 'exchange.uploads_too_many' });
    const unannounced = gate.pass(by, { sizeBytes: undefined, body: bodyOf(40, 1) }, drain);
    await expect(unannounced).rejects.toMatchObject({ code: 'exchange.uploads_too_many' });
    expect(await gate.pass(by, { sizeBytes: 40, body: bodyOf(40) }, drain)).toBe(40);
    await first.end();
  });

  test('one package alone is let in, whatever its size', async () => {
    const by = caller({ uploadBytes: 100 });
    expect(await gateOf().pass(by, { sizeBytes: 500, body: bodyOf(500) }, drain)).toBe(500);
    expect(await gateOf().pass(by, { sizeBytes: undefined, body: bodyOf(500) }, drain)).toBe(500);
  });

  test('are refused while the log is too far behind, and leave nothing counted', async () => {
    const gate = gateOf({ assertAccepting: () => Promise.reject(new Error('behind')) });
    await expect(gate.pass(caller(), { sizeBytes: 1, body: bodyOf(1) }, drain)).rejects.toThrow('behind');
    expect(gate.underWay).toBe(0);
  });
});
