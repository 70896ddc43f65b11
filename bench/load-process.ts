/** The load generator's own process; started by load.ts, spoken to over the channel that it was forked with. */
import { prepareCycles } from './cycle-traffic.ts';
import { serveGenerator } from './generator.ts';
import { createHttpConnection } from './http-connection.ts';
import { summarise } from './latencies.ts';
import { run } from './pace.ts';
import { prepareSends } from './send-traffic.ts';
import { prepareSlowFetches } from './slow-traffic.ts';
import type { LoadReport } from './load.ts';
import type { BareTraffic, LoadPlan } from './load-plan.ts';
import type { HttpConnection } from './http-connection.ts';
import type { Act } from './pace.ts';

serveGenerator((plan: LoadPlan) => {
  const connections = Array.from({ length: plan.pace.callers }, () => createHttpConnection(plan.address));
  const act = prepare(plan, connections);
  return {
    perform: () => perform(plan, act),
    close() {
      for (const connection of connections) connection.close();
    },
  };
});

async function perform(plan: LoadPlan, act: Act): Promise<LoadReport> {
  const cpuBefore = process.cpuUsage();
  const outcome = await run(plan.pace, act);
  const cpu = process.cpuUsage(cpuBefore);
  const count = outcome.latenciesMilliseconds.length;
  return {
    perSecond: count / outcome.seconds,
    latency: summarise(outcome.latenciesMilliseconds),
    failedCount: outcome.failedCount,
    failures: outcome.failures,
    seconds: outcome.seconds,
    cpuMicrosecondsPerRequest: (cpu.user + cpu.system) / Math.max(1, count),
  };
}

function prepare({ traffic, address }: LoadPlan, connections: readonly HttpConnection[]): Act {
  if (traffic.kind === 'send') return prepareSends(traffic, connections);
  if (traffic.kind === 'cycle') return prepareCycles(traffic, connections);
  if (traffic.kind === 'slow') return prepareSlowFetches(traffic, connections, address);
  return prepareBare(traffic, connections);
}

function prepareBare({ bodyBytes }: BareTraffic, connections: readonly HttpConnection[]): Act {
  const body = Buffer.alloc(bodyBytes, 'x');
  const head = Buffer.from(`POST / HTTP/1.1\r\nHost: bench\r\nContent-Length: ${bodyBytes}\r\n\r\n`);
  return async (caller) => {
    const answer = await connections[caller]!.request([head, body]);
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  };
}
