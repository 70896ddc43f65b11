/** Makes the options of `node:http` for a request to a bucket, signed by AWS Signature Version 4. */
import { hash } from 'node:crypto';
import type { RequestOptions } from 'node:http';
import aws4 from 'aws4';

export interface BucketAddress {
  /** `https://host[:port]/bucket[/prefix]`: the bucket is named in the path, which every implementation understands. */
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface UnsignedRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: { readonly sizeBytes: number; readonly sha256: Buffer };
}

const emptyDigest = hash('sha256', '', 'buffer');

/**
 * The digest of the body is signed too, so that a bit that flips on the way is refused by the bucket and sent again, and
 * is not found years later by the one who reads.
 */
export function signRequest(address: BucketAddress, request: UnsignedRequest): RequestOptions {
  const { hostname, port, host, protocol } = new URL(address.url);
  const { sizeBytes, sha256 } = request.content ?? { sizeBytes: 0, sha256: emptyDigest };
  const hasBody = request.method === 'PUT' || request.method === 'POST';
  const signed = aws4.sign(
    {
      service: 's3',
      region: address.region,
      method: request.method,
      host,
      path: request.path,
      headers: {
        ...request.headers,
        'X-Amz-Content-Sha256': sha256.toString('hex'),
        ...(hasBody && { 'Content-Length': sizeBytes }),
      },
    },
    { accessKeyId: address.accessKeyId, secretAccessKey: address.secretAccessKey },
  );
  return {
    protocol,
    // Node wants the address of an IPv6 host without the brackets of the URL.
    hostname: hostname.replace(/^\[|\]$/g, ''),
    ...(port !== '' && { port }),
    method: request.method,
    path: request.path,
    headers: signed.headers!,
  };
}
