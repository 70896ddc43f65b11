/** The replay's own process: senders by the plan's times, receivers as fast as mail comes, until every mailbox is empty. */
import { setTimeout as sleep } from 'node:timers/promises';
import { serveGenerator } from '../generator.ts';
import { createHttpConnection } from '../http-connection.ts';
import { summarise } from '../latencies.ts';
import { run } from '../pace.ts';
import { createPostbox } from './postbox.ts';
import { createRandom } from './random.ts';
import { handleMail } from './receiving.ts';
import { prepareOutbox } from './sending.ts';
import type { Outbox } from './sending.ts';
import type { HttpConnection } from '../http-connection.ts';
import type { HandledMail } from './receiving.ts';
import type { ReplayPlan, ReplayReport } from './replay-plan.ts';

const senders = 16;
const receivers = 16;
/** Senders wait for receivers beyond this, so that a run measures the whole way and not a growing heap of mail. */
const mostWaiting = 2_000;

serveGenerator((plan: ReplayPlan) => {
  const connections = Array.from({ length: senders + receivers }, () => createHttpConnection(plan.address));
  const outbox = prepareOutbox({
    ...plan,
    systemOf: new Map(plan.systems.map((system) => [system.hub, system])),
  });
  return {
    perform: () => replay(plan, outbox, connections),
    close() {
      for (const connection of connections) connection.close();
    },
  };
});

async function replay(
  { nation, systems, planned, seed, dueSeconds }: ReplayPlan,
  outbox: Outbox,
  connections: readonly HttpConnection[],
): Promise<ReplayReport> {
  const systemOf = new Map(systems.map((system) => [system.hub, system]));
  const hubOfCode = new Map(nation.organisations.map(({ code, hub }) => [code, hub]));
  const postbox = createPostbox();
  const acceptedAt = new Map<string, number>();
  const arriving: number[] = [];
  const counts = { deliveries: 0, statuses: 0, withdrawn: 0, sentBytes: 0, fetchedBytes: 0 };
  const failures: string[] = [];
  const sendingEnds = new AbortController();
  const { signal: sendingEnded } = sendingEnds;
  const isTimed = dueSeconds !== undefined;

  const sends: Promise<void>[] = [];
  const send = (caller: number, ordinal: number): Promise<void> =>
    (sends[ordinal] = sendOne(connections[caller]!, ordinal));

  const sendOne = async (connection: HttpConnection, ordinal: number): Promise<void> => {
    if (!isTimed) while (postbox.waiting > mostWaiting) await sleep(5);
    const { act, to, sizeBytes, about } = planned[ordinal]!;
    // Nobody takes back or repeats what is not yet on its way; it may still be, a moment ago by another caller.
    if (about !== undefined) await sends[about];
    await outbox.send(connection, ordinal);
    counts.sentBytes += sizeBytes;
    if (act === 'repeat') return;
    acceptedAt.set(outbox.documentId(ordinal), performance.now());
    for (const place of to) postbox.put(nation.organisations[place]!.hub);
  };

  const onHandled = ({ kind, documentId, sizeBytes, statuses, fromCode }: HandledMail): void => {
    counts.fetchedBytes += sizeBytes;
    counts.statuses += statuses;
    for (let sent = 0; sent < statuses; sent++) postbox.put(hubOfCode.get(fromCode)!);
    if (kind === 'status') return;
    counts.deliveries += 1;
    const from = acceptedAt.get(documentId);
    // A receiver may be done before the sender has read its answer.
    arriving.push(from === undefined ? 0 : performance.now() - from);
  };

  const receive = async (receiver: number): Promise<void> => {
    const random = createRandom(seed + receiver);
    const connection = connections[senders + receiver]!;
    while (!sendingEnded.aborted || postbox.waiting > 0) {
      const hub = postbox.take();
      if (hub === undefined) {
        await sleep(5);
        continue;
      }
      const system = systemOf.get(hub)!;
      const options = {
        connection,
        system,
        random,
        onHandled: (mail: HandledMail) => {
          postbox.handled(hub);
          onHandled(mail);
        },
        onWithdrawn: () => {
          postbox.handled(hub);
          counts.withdrawn += 1;
        },
      };
      for (const kind of ['edoc', 'status'] as const) {
        while (await handleMail({ ...options, kind }));
      }
      postbox.emptied(hub);
    }
  };

  const cpuBefore = process.cpuUsage();
  const beganAt = performance.now();
  const pace = dueSeconds
    ? ({ kind: 'timed', dueSeconds, callers: senders } as const)
    : ({ kind: 'counted', count: planned.length, callers: senders } as const);
  const sending = run(pace, send).finally(() => sendingEnds.abort());
  const receiving = Array.from({ length: receivers }, (_, receiver) => receive(receiver));
  const [sent] = await Promise.all([sending, ...receiving]);
  const cpu = process.cpuUsage(cpuBefore);
  if (sent.failedCount > 0)
    failures.push(`${sent.failedCount} documents were not accepted`, ...sent.failures);
  return {
    documents: planned.length,
    ...counts,
    seconds: (performance.now() - beganAt) / 1000,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    sending: summarise(sent.latenciesMilliseconds),
    arriving: summarise(arriving),
    failures,
  };
}
