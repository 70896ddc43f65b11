/** A running witness: opened, told to whoever started it, and serving or dialling out until it is stopped. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isKeyName,
  openWitnessMemory,
  pollLog,
  witnessRoutes,
  type LogKey,
  type Witness,
} from '#foundation/evidence/witness';
import { createServer, drain } from '#foundation/http';
import type { Context } from '../command.ts';
import { misused } from '../failure.ts';

export interface WitnessAddress {
  readonly host: string;
  readonly port: number;
}

export async function openWitness(
  path: string,
  {
    name,
    logs,
    context,
  }: {
    readonly name: string | undefined;
    readonly logs: ReadonlyMap<string, readonly LogKey[]>;
    readonly context: Context;
  },
): Promise<Witness & Disposable> {
  const memory = await openWitnessMemory(path);
  try {
    const known = memory.cosigner();
    if (known && name !== undefined && name !== known.name) throw otherName(known.name, name);
    if (!known && !name) throw nameless;
    if (!known && !isKeyName(name!)) throw noName(name!);
    return {
      memory,
      cosigner: known ?? memory.begin(name!),
      logs,
      now: () => context.now(),
      onContradiction: (kept, shown) => tellContradiction({ kept, shown }, context),
      [Symbol.dispose]: () => memory.close(),
    };
  } catch (error) {
    memory.close();
    throw error;
  }
}

export async function serveWitness(
  witness: Witness,
  {
    address,
    polled,
    context,
  }: {
    readonly address: WitnessAddress | undefined;
    readonly polled: readonly URL[];
    readonly context: Context;
  },
): Promise<void> {
  const server = address && (await createServer());
  await server?.register(witnessRoutes, { witness });
  const servedAt = address && (await server?.listen(address));
  show(witness, { servedAt, polled, context });
  const polling = polled.map((url) => keepPolling(witness, { url, context }));
  if (!context.signal.aborted) await once(context.signal, 'abort');
  if (server) await drain(server, { withinMillis: drainMillis });
  await Promise.all(polling);
}

const drainMillis = 1_000;
/** The log offers another checkpoint every five seconds. */
const pollMillis = 2_500;
const maxBackoffMillis = 60_000;

async function keepPolling(
  witness: Witness,
  { url, context }: { readonly url: URL; readonly context: Context },
): Promise<void> {
  const { signal, terminal } = context;
  let brought: Awaited<ReturnType<typeof pollLog>>;
  let failures = 0;
  let told: string | undefined;
  while (!signal.aborted) {
    try {
      brought = (await pollLog(witness, { url, signal }, brought)) ?? brought;
      if (failures > 0) terminal.note(`✓ ${url.href}`);
      failures = 0;
      told = undefined;
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      // Said once, not at each attempt.
      if (message !== told) terminal.note(`${terminal.style('red', '✗')} ${message}`);
      told = message;
      failures += 1;
    }
    const pause = Math.min(pollMillis * 2 ** failures, failures > 0 ? maxBackoffMillis : pollMillis);
    // An aborted pause is a stop, which the loop notices itself.
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

function show(
  { cosigner, logs }: Witness,
  {
    servedAt,
    polled,
    context: { terminal },
  }: { readonly servedAt: string | undefined; readonly polled: readonly URL[]; readonly context: Context },
): void {
  terminal.json({
    name: cosigner.name,
    vkey: cosigner.vkey,
    logs: [...logs.keys()],
    url: servedAt ?? null,
    polls: polled.map(({ href }) => href),
  });
  const row = (vi: string, en: string, value: string): void =>
    terminal.line(`  ${terminal.say({ vi, en }).padEnd(10)}  ${value}`);
  terminal.line(
    `${terminal.style('green', '✓')} ${terminal.say({ vi: 'Nhân chứng', en: 'Witness' })} ${cosigner.name}`,
  );
  row('Khóa', 'Key', cosigner.vkey);
  for (const origin of logs.keys()) row('Theo dõi', 'Follows', origin);
  if (servedAt) row('Phục vụ', 'Serves', `${servedAt}/add-checkpoint`);
  for (const { href } of polled) row('Tự đến', 'Polls', href);
}

/** Both notes in full: they are the proof, and whoever reads this should keep them. */
function tellContradiction(
  { kept, shown }: { readonly kept: string; readonly shown: string },
  { terminal }: Context,
): void {
  const heading = terminal.say({
    vi: 'NHẬT KÝ RẼ NHÁNH: hai điểm kiểm tra mâu thuẫn, đều có chữ ký đúng. Hãy giữ cả hai làm chứng cứ:',
    en: 'THE LOG HAS FORKED: two checkpoints that contradict each other, both rightly signed. Keep both as proof:',
  });
  terminal.note(`${terminal.style('red', '✗')} ${heading}\n\n${kept}\n${shown}`);
}

const nameless = misused(
  { vi: 'Lần chạy đầu cần tên của nhân chứng.', en: 'The first start needs the name of the witness.' },
  { remedy: { vi: '--name nhan-chung.example.gov.vn', en: '--name witness.example.gov.vn' } },
);

function noName(name: string) {
  return misused({
    vi: `"${name}" không dùng làm tên được: không có dấu cách và dấu cộng.`,
    en: `"${name}" cannot be a name: no spaces, no plus sign.`,
  });
}

function otherName(known: string, typed: string) {
  return misused({
    vi: `Nhân chứng ở đây tên là ${known}, không phải ${typed}; tên không đổi được.`,
    en: `The witness here is ${known}, not ${typed}; a name can never change.`,
  });
}
