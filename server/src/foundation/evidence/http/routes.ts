/**
 * The public log as C2SP tlog-tiles under `/log`, and a proof for who holds a payload. No authentication and no
 * personal data: what is served here tells nobody who writes to whom.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type pg from 'pg';
import { inTransaction } from '#foundation/db';
import type { WitnessKey } from '../cosignature.ts';
import { decodeDecimal } from '../encoding.ts';
import { readBundle, readCheckpoint, readTile } from '../read-log.ts';
import { proofFor } from '../proof.ts';
import { refuse } from '../refusals.ts';
import { parseBundlePath, parseTilePath } from '../tiles.ts';
import { formatTlogProof } from '../tlog-proof.ts';
import { parseTrust } from '../trust.ts';
import { witnessPolicyOf, type WitnessPolicy } from '../witness-policy.ts';
import { cosignatureRoutes } from './cosignature-routes.ts';

export interface EvidenceRouteOptions {
  readonly pool: pg.Pool;
  /** The signed trust file as it is now; served at `/trust.json`. */
  readonly trust: () => string | Promise<string>;
  /** Who may bring cosignatures; nobody where left out. */
  readonly witnesses?: readonly WitnessKey[];
}

const text = 'text/plain; charset=utf-8';
const forever = 'public, max-age=31536000, immutable';
/** The specification asks for a few seconds at most. */
const aMoment = 'public, max-age=1';

export async function evidenceRoutes(
  app: FastifyInstance,
  { pool, trust, witnesses = [] }: EvidenceRouteOptions,
): Promise<void> {
  const policy = readPolicyOf(trust);
  await app.register(cosignatureRoutes, { pool, witnesses });

  app.get('/log/checkpoint', async (_request, reply) => {
    const note = await inTransaction(pool, {}, readCheckpoint);
    if (note === undefined) throw refuse('tile_unknown', { path: 'checkpoint' });
    return send(reply, text, aMoment, note);
  });

  app.get<{ Params: { '*': string } }>('/log/tile/*', async (request, reply) => {
    const path = request.params['*'];
    const tile = parseTilePath(path);
    const hashes = tile && (await inTransaction(pool, {}, (tx) => readTile(tx, tile)));
    if (!hashes) throw refuse('tile_unknown', { path: path.slice(0, 100) });
    return send(reply, 'application/octet-stream', forever, hashes);
  });

  app.get<{ Params: { '*': string } }>('/log/tile/entries/*', async (request, reply) => {
    const path = request.params['*'];
    const place = parseBundlePath(path);
    const bundle = place && (await inTransaction(pool, {}, (tx) => readBundle(tx, place)));
    if (!bundle) throw refuse('tile_unknown', { path: `entries/${path.slice(0, 100)}` });
    return send(reply, 'application/octet-stream', forever, bundle);
  });

  app.get<{ Params: { digest: string }; Querystring: { maxSize?: string } }>(
    '/log/proof/:digest',
    async (request, reply) => {
      const { digest } = request.params;
      const maxSize = decodeDecimal(String(request.query.maxSize ?? Number.MAX_SAFE_INTEGER));
      const wish = maxSize !== undefined && { policy: await policy(), maxSize };
      const proof =
        wish && /^[0-9a-f]{64}$/.test(digest)
          ? await inTransaction(pool, {}, (tx) => proofFor(tx, Buffer.from(digest, 'hex'), wish))
          : undefined;
      if (!proof) throw refuse('not_in_log_yet');
      return send(reply, text, aMoment, formatTlogProof(proof));
    },
  );

  app.get('/trust.json', async (_request, reply) => {
    return send(reply, 'application/json; charset=utf-8', 'public, max-age=60', await trust());
  });
}

/** Parsed again only when the file is another. */
function readPolicyOf(trust: EvidenceRouteOptions['trust']): () => Promise<WitnessPolicy> {
  let known: { readonly text: string; readonly policy: WitnessPolicy } | undefined;
  return async () => {
    const text = await trust();
    if (known?.text !== text) known = { text, policy: witnessPolicyOf(parseTrust(text)) };
    return known.policy;
  };
}

function send(reply: FastifyReply, type: string, caching: string, body: string | Buffer): FastifyReply {
  return reply.header('content-type', type).header('cache-control', caching).send(body);
}
