/** `/api/directory` and `/api/reports` as an operator: JSON in and out, refusals as problem+json (RFC 9457). */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Context } from '../command.ts';
import { exitCodes, Failure, refused, troubled } from '../failure.ts';
import { withSlash } from './exchange.ts';
import type { HttpAnswer, HttpBody, HttpRequest } from './http.ts';
import { readText, sendRequest } from './http.ts';
import { parseAnswer, parseJson } from './parse-answer.ts';
import type { OperatorAccess } from './settings.ts';

export interface AdministrationConnection {
  ask<T>(request: AdministrationRequest<T>): Promise<T>;
}

export interface AdministrationRequest<T> {
  readonly method: HttpRequest['method'];
  /** `/api/directory/` unless named. */
  readonly area?: 'directory' | 'erasures' | 'ladders' | 'reports';
  /** Below the area; empty is the area itself. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly json?: unknown;
  /** Makes a secret: asked again under one key after a lost answer, it gives the same secret. */
  readonly makesSecret?: boolean;
  /** `text/csv`: the answer is the text as it came. JSON unless named. */
  readonly accept?: 'text/csv';
  readonly upload?: { readonly contentType: string; readonly body: HttpBody };
  readonly answer: z.ZodType<T>;
}

const answerLimitBytes = 64 * 1024 * 1024; // the report of an import with 120,000 refused rows

export function connectAdministration(access: OperatorAccess, context: Context): AdministrationConnection {
  const { baseUrl, operatorId, secret } = access;
  if (baseUrl.protocol === 'http:' && !isLoopback(baseUrl.hostname)) {
    context.terminal.note(
      context.terminal.say({
        vi: `Lưu ý: khóa bí mật của quản trị đi tới ${baseUrl.origin} không qua TLS.`,
        en: `Note: the operator's secret travels to ${baseUrl.origin} without TLS.`,
      }),
    );
  }
  const send = async (
    request: AdministrationRequest<unknown>,
    key: string | undefined,
  ): Promise<HttpAnswer> => {
    const { method, area = 'directory', path, query = {}, json, upload } = request;
    const url = new URL(`api/${area}${path && `/${path}`}`, withSlash(baseUrl));
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const body = upload?.body ?? (json === undefined ? undefined : bodyOf(json));
    return sendRequest({
      method,
      url,
      headers: [
        ['Authorization', `Basic ${Buffer.from(`${operatorId}:${secret}`).toString('base64')}`],
        ['Accept', request.accept ?? 'application/json'],
        ['Accept-Language', context.terminal.language],
        ...(body ? [['Content-Type', upload?.contentType ?? 'application/json'] as const] : []),
        ...(key ? [['Idempotency-Key', key] as const] : []),
      ],
      signal: context.signal,
      ...(body && { body }),
    });
  };
  return {
    async ask(request) {
      if (!request.makesSecret) return readAnswer(await send(request, undefined), request);
      const key = randomUUID();
      try {
        return await readAnswer(await send(request, key), request);
      } catch (error) {
        if (!(error instanceof Failure && error.exitCode === exitCodes.trouble)) throw error;
        return readAnswer(await send(request, key), request);
      }
    },
  };
}

const problemSchema = z.looseObject({
  code: z.string().optional(),
  title: z.string().optional(),
});

async function readAnswer<T>(answer: HttpAnswer, request: AdministrationRequest<T>): Promise<T> {
  const text = await readText(answer, answerLimitBytes);
  const body: unknown = text === '' ? undefined : parseJson(text);
  if (answer.status >= 400) {
    const problem = problemSchema.safeParse(body).data;
    const sentence = problem?.title ?? `HTTP ${answer.status}`;
    if (problem?.code === 'directory.operator_unauthenticated') throw wrongOperator(problem.code);
    const fail = answer.status >= 500 ? troubled : refused;
    // The server words it in the language that was asked for.
    throw fail({ vi: sentence, en: sentence }, { code: problem?.code });
  }
  return parseAnswer(request.accept === 'text/csv' ? text : body, request.answer);
}

/** The server tells nobody whether anything was sent; this command always sends both. */
function wrongOperator(code: string): Failure {
  return refused(
    {
      vi: 'Sai mã hoặc khóa bí mật của quản trị trục.',
      en: 'The id or the secret of the operator is wrong.',
    },
    {
      code,
      remedy: {
        vi: 'Kiểm tra LIENTHONG_OPERATOR_ID và LIENTHONG_OPERATOR_SECRET, hoặc "operator" trong sandbox.json.',
        en: 'Check LIENTHONG_OPERATOR_ID and LIENTHONG_OPERATOR_SECRET, or "operator" in sandbox.json.',
      },
    },
  );
}

function bodyOf(json: unknown): HttpBody {
  const bytes = Buffer.from(JSON.stringify(json));
  return {
    sizeBytes: bytes.length,
    async *open() {
      yield bytes;
    },
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
