/** One HTTP exchange with somebody else's server, which may hang, answer for ever or send anybody anywhere. */
export interface Question {
  readonly url: URL;
  /** Posted as text; without it the question is a GET. */
  readonly body?: string;
  readonly signal: AbortSignal;
  /** For the whole exchange, the answer's last byte included. */
  readonly withinMilliseconds: number;
  readonly limitBytes: number;
}

export interface Answer {
  readonly status: number;
  /** The media type, without its parameters. */
  readonly type: string;
  readonly content: Buffer;
}

/** Throws, with the cause, when no bounded answer came in time. Redirects are not followed. */
export async function askStranger(question: Question): Promise<Answer> {
  const { url, body, limitBytes } = question;
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(question.withinMilliseconds)]);
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal,
      ...(body !== undefined && {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      }),
    });
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
    return {
      status: response.status,
      type: type.trim().toLowerCase(),
      content: await readWithin(response, limitBytes),
    };
  } catch (error) {
    throw new Error(`${url.href}: ${reasonOf(error)}`, { cause: error });
  }
}

/** A path below an address that was configured with or without its last slash. */
export function below(prefix: URL, path: string): URL {
  return new URL(path, prefix.href.endsWith('/') ? prefix : `${prefix.href}/`);
}

async function readWithin(response: Response, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    // Leaving the loop cancels the rest.
    if (sizeBytes > limitBytes) throw new Error(`the answer is longer than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // `fetch failed` tells nothing; its cause does.
  return error.cause instanceof Error ? error.cause.message : error.message;
}
