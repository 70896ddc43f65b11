/**
 * Resumable upload by tus 1.0 with the extensions creation, termination, checksum and expiration: the same for the API
 * and the web, so it is told who owns an upload by who mounts it.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { acceptRawBodies } from '#foundation/http';
import type { Platform } from '#foundation/platform';
import { receivePiece } from './receive-piece.ts';
import { refuse } from './refusals.ts';
import {
  checksumAlgorithms,
  parseChecksum,
  parseFileName,
  parseSize,
  requireTus,
  tusExtensions,
  tusVersion,
} from './tus-headers.ts';
import { maxUploadBytes } from './upload.ts';
import type { Upload } from './upload.ts';
import { beginUpload, dropUpload, getUpload } from './uploads.ts';

export interface TusOptions {
  readonly platform: Platform;
  /** Authenticates, before anything of the body is read. */
  readonly authenticate: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Whose uploads these are, once authenticated. */
  readonly ownerOf: (request: FastifyRequest) => string;
  /** The body as it arrives, with the patience of who mounts this. */
  readonly readBody: (request: FastifyRequest, reply: FastifyReply) => AsyncIterable<Buffer>;
  /** Bounds how much of one owner is under way at once: pieces lie on the disk before they count. */
  readonly hold: <Result>(
    request: FastifyRequest,
    piece: { readonly sizeBytes: number | undefined; readonly body: AsyncIterable<Buffer> },
    take: (body: AsyncIterable<Buffer>) => Promise<Result>,
  ) => Promise<Result>;
}

type OneUpload = { Params: { upload: string } };

/** Register under the path of the collection, for instance `/api/exchange/uploads`. */
export const tusRoutes: FastifyPluginAsync<TusOptions> = async (
  scope,
  { platform, authenticate, ownerOf, readBody, hold },
) => {
  // What the server can do is no secret; a client asks before it has a token.
  scope.options('/', { schema: describe('What the server can do') }, async (_request, reply) =>
    reply
      .headers({
        'Tus-Resumable': tusVersion,
        'Tus-Version': tusVersion,
        'Tus-Extension': tusExtensions,
        'Tus-Max-Size': maxUploadBytes,
        'Tus-Checksum-Algorithm': checksumAlgorithms.join(','),
      })
      .status(204)
      .send(),
  );

  await scope.register(async (uploads) => {
    acceptRawBodies(uploads);
    uploads.addHook('onRequest', authenticate);
    uploads.addHook('onRequest', async (request, reply) => {
      reply.headers({ 'Tus-Resumable': tusVersion, 'Tus-Version': tusVersion });
      requireTus(request.headers['tus-resumable']);
    });

    uploads.post('/', { schema: describe('Begin an upload') }, async (request, reply) => {
      const upload = await beginUpload(platform, {
        ownerId: ownerOf(request),
        sizeBytes: parseSize(request.headers['upload-length'], 'Upload-Length'),
        fileName: parseFileName(request.headers['upload-metadata']),
      });
      showExpiry(reply, upload);
      return reply.header('Location', `${uploads.prefix}/${upload.id}`).status(201).send();
    });

    uploads.head<OneUpload>(
      '/:upload',
      { schema: describe('Where an upload stands') },
      async (request, reply) => {
        const upload = await getUpload(platform, { ownerId: ownerOf(request), id: request.params.upload });
        showProgress(reply, upload);
        return reply.header('Upload-Length', upload.sizeBytes).status(200).send();
      },
    );

    uploads.patch<OneUpload>(
      '/:upload',
      { schema: describe('Continue an upload') },
      async (request, reply) => {
        if (request.headers['content-type'] !== 'application/offset+octet-stream') {
          throw refuse('header_malformed', { header: 'Content-Type' });
        }
        const key = { ownerId: ownerOf(request), id: request.params.upload };
        await getUpload(platform, key);
        const announced = request.headers['content-length'];
        const piece = {
          offsetBytes: parseSize(request.headers['upload-offset'], 'Upload-Offset'),
          sizeBytes: announced === undefined ? undefined : parseSize(announced, 'Content-Length'),
          checksum: parseChecksum(request.headers['upload-checksum']),
          body: readBody(request, reply),
        };
        const upload = await hold(request, piece, (body) => receivePiece(platform, key, { ...piece, body }));
        showProgress(reply, upload);
        return reply.status(204).send();
      },
    );

    uploads.delete<OneUpload>(
      '/:upload',
      { schema: describe('Give an upload up') },
      async (request, reply) => {
        await dropUpload(platform, { ownerId: ownerOf(request), id: request.params.upload });
        return reply.status(204).send();
      },
    );
  });
};

/** tus is described by its own specification; OpenAPI has no words for half of it. */
function describe(summary: string) {
  return { summary, hide: true };
}

function showProgress(reply: FastifyReply, upload: Upload): void {
  reply.header('Upload-Offset', upload.offsetBytes);
  showExpiry(reply, upload);
}

function showExpiry(reply: FastifyReply, { expiresAt }: Upload): void {
  reply.header('Upload-Expires', new Date(expiresAt.epochMilliseconds).toUTCString());
}
