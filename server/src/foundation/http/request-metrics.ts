/** Counts requests by route, never by address or caller. */
import { Histogram, type Registry } from 'prom-client';
import type { HttpServer } from './server.ts';

export function measureRequests(server: HttpServer, registry: Registry): void {
  const durations = new Histogram({
    name: 'lienthong_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30],
    registers: [registry],
  });
  server.addHook('onResponse', async (request, reply) => {
    durations.observe(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: String(reply.statusCode),
      },
      reply.elapsedTime / 1000,
    );
  });
}
