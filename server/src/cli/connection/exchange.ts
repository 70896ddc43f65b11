/** The exchange as an agency's own system uses it: the operations of VXP, signed as the national client signs them. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { createVxpHeaders } from '../../modules/exchange/vxp/client.ts';
import type { Context } from '../command.ts';
import { misused, refused, troubled } from '../failure.ts';
import { withoutRefusalCode } from '../words.ts';
import type { HttpAnswer, HttpBody } from './http.ts';
import { readText, sendRequest } from './http.ts';
import { parseAnswer, parseJson } from './parse-answer.ts';
import type { SystemAccess } from './settings.ts';

export type MessageKind = 'document' | 'status';

export interface Sent {
  readonly docId: string;
  /** One line, a compact JWS. */
  readonly receipt: string;
  /** Whether the axis had this document already. */
  readonly repeated: boolean;
  /** Receivers that the axis did not take it for. */
  readonly refused: readonly { readonly code: string; readonly reason: string }[];
}

const acceptedSchema = z.looseObject({
  DocId: z.string(),
  repeated: z.boolean().default(false),
  refused: z.array(z.looseObject({ code: z.string(), reason: z.string() })).optional(),
});

const textField = z.coerce
  .string()
  .nullish()
  .transform((text) => text ?? '');

// Loose: fields that the server adds later are no business of an older command line.
const receivedSchema = z.looseObject({
  docId: z.string(),
  from: textField,
  to: textField,
  status: textField,
  status_desc: textField,
  created_time: textField,
  updated_time: textField,
  contentLength: textField,
  title: textField,
  notation: textField,
});
export type Received = z.infer<typeof receivedSchema>;

const sentSchema = z.looseObject({
  senderDocId: textField,
  receiverDocId: textField,
  fromCode: textField,
  toCode: textField,
  title: textField,
  notation: textField,
  /** Empty from a server that does not list it yet. */
  documentId: textField,
  promulgationDate: textField,
  sentTime: textField,
  receivedTime: textField,
  /** The axis' half of the way: FAIL for a receiver that it refused. */
  sendStatus: textField,
  receiveStatus: textField,
  receiveStatusDesc: textField,
  /** When the axis last told that the receiver does not collect it; empty where that is over or never was. */
  overdueTime: textField,
  businessStatus: textField,
  businessStatusDesc: textField,
  businessStatusTime: textField,
  /** Empty where nobody took it back; else unseen, asked, agreed or declined. */
  takingBack: textField,
  takingBackDesc: textField,
});
export type SentRow = z.infer<typeof sentSchema>;

const stepSchema = z.looseObject({
  receiverDocId: textField,
  event: textField,
  eventTime: textField,
  receipt: textField,
});
export type HistoryStep = z.infer<typeof stepSchema>;

const onwardSchema = z.looseObject({ recipients: z.number(), reached: z.number() });

export interface SentHistory {
  readonly steps: readonly HistoryStep[];
  /** How far its recipients passed it on; undefined from a server that does not tell. */
  readonly onward: { readonly recipients: number; readonly reached: number } | undefined;
}

export function isRefusedByAxis(row: SentRow): boolean {
  return row.sendStatus === 'FAIL';
}

const agencySchema = z.looseObject({
  id: textField,
  pid: textField,
  code: z.string(),
  name: textField,
  oldCode: textField,
});
export type ListedAgency = z.infer<typeof agencySchema>;

export interface ExchangeConnection {
  send(
    kind: MessageKind,
    from: string,
    body: HttpBody,
    /** The received copy that is passed on with it. */
    passing?: { readonly onwardOf: string | undefined },
  ): Promise<Sent>;
  listReceived(kind: MessageKind): Promise<Received[]>;
  listSent(kind: MessageKind, docId?: string): Promise<SentRow[]>;
  /** Every step of a sending and of its copies, with their receipts. */
  readHistory(docId: string): Promise<SentHistory>;
  /** The message as the axis stored it, with the receipt of its acceptance. */
  download(
    docId: string,
  ): Promise<{ content: AsyncIterable<Buffer>; sizeBytes: number | undefined; receipt: string | undefined }>;
  mark(docId: string, mark: 'processing' | 'done' | 'fail'): Promise<{ receipt: string | undefined }>;
  listAgencies(): Promise<ListedAgency[]>;
}

// 120,000 agencies with names and addresses are about 40 MB of JSON.
const answerLimitBytes = 128 * 1024 * 1024;
const receiptHeader = 'Lienthong-Receipt';

export function connectExchange(access: SystemAccess, context: Context): ExchangeConnection {
  const call = async (operation: string, options: CallOptions = {}): Promise<HttpAnswer> => {
    const headers = createVxpHeaders(
      access,
      context.now().toZonedDateTimeISO('Asia/Ho_Chi_Minh').toPlainDateTime(),
    );
    for (const [key, value] of Object.entries(options.keys ?? {})) headers.set(key, asHeaderValue(value));
    const { contentType = 'application/json', body, method = 'POST' } = options;
    return sendRequest({
      method,
      url: new URL(`vxp/${operation}`, withSlash(access.baseUrl)),
      headers: headers.sign(contentType),
      signal: context.signal,
      ...(body && { body }),
    });
  };
  const ask = async <T>(operation: string, schema: z.ZodType<T>, options: CallOptions = {}): Promise<T> =>
    readAnswer(await call(operation, options), schema);

  return {
    async send(kind, from, body, { onwardOf } = { onwardOf: undefined }) {
      const answer = await call('sendEdoc', {
        keys: {
          servicetype: 'eDoc',
          messagetype: messageType(kind),
          from,
          'hash-file': await digestOf(body),
          ...(onwardOf !== undefined && { onwardOf }),
        },
        contentType: 'application/octet-stream',
        body,
      });
      const { DocId: docId, repeated, refused = [] } = await readAnswer(answer, acceptedSchema);
      const receipt = answer.header(receiptHeader);
      if (receipt) return { docId, receipt, repeated, refused };
      throw troubled({
        vi: `Máy chủ đã nhận (${docId}) nhưng không kèm biên nhận; đây có phải trục Liên Thông?`,
        en: `The server accepted it (${docId}) but gave no receipt; is it an axis of Liên Thông?`,
      });
    },
    async listReceived(kind) {
      const keys = { servicetype: 'eDoc', messagetype: messageType(kind) };
      return (await ask('getReceivedEdocList', listOf(receivedSchema), { keys })).data;
    },
    async listSent(kind, docId) {
      const keys = {
        servicetype: 'eDoc',
        messagetype: messageType(kind),
        ...(docId !== undefined && { docId }),
      };
      const { data } = await ask('getSentEdocList', listOf(sentSchema), { keys });
      // The protocol ignores an id that this system did not send, and then lists everything.
      return docId === undefined ? data : data.filter((row) => row.senderDocId === docId);
    },
    async readHistory(docId) {
      const schema = listOf(stepSchema).extend({ onward: onwardSchema.optional() });
      const { data, onward } = await ask('getSentEdocHistory', schema, { keys: { docId } });
      return { steps: data, onward };
    },
    async download(docId) {
      const answer = await call('downloadEdoc', { method: 'GET', keys: { docId } });
      // A refusal is JSON with status 200, as everywhere in this protocol; a message is XML.
      if (answer.status !== 200 || (answer.header('Content-Type') ?? '').includes('json')) {
        await readAnswer(answer, z.unknown());
        throw troubled({ vi: 'Máy chủ không trả về thông điệp.', en: 'The server gave no message.' });
      }
      const length = answer.header('Content-Length');
      return {
        content: answer.content,
        sizeBytes: length === undefined ? undefined : Number(length),
        receipt: answer.header(receiptHeader),
      };
    },
    async mark(docId, mark) {
      const answer = await call('updateStatus', { keys: { docId, status: mark } });
      await readAnswer(answer, z.unknown());
      return { receipt: answer.header(receiptHeader) };
    },
    async listAgencies() {
      return (await ask('getAgenciesList', listOf(agencySchema))).data;
    },
  };
}

interface CallOptions {
  readonly method?: 'GET' | 'POST';
  readonly keys?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: HttpBody;
}

const statusSchema = z.looseObject({ status: z.string(), ErrorCode: textField, ErrorDesc: textField });

/** Every answer is JSON with `status`; a refusal comes with HTTP 200 and FAIL, the axis' own trouble with 503. */
async function readAnswer<T>(answer: HttpAnswer, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(answer, answerLimitBytes);
  const body = parseJson(text);
  const head = statusSchema.safeParse(body);
  if (answer.status >= 500 || !head.success) {
    const sentence = head.data?.ErrorDesc ?? `HTTP ${answer.status}`;
    throw troubled(
      { vi: `Máy chủ chưa phục vụ được: ${sentence}`, en: `The server cannot serve this now: ${sentence}` },
      {
        code: codeOf(sentence),
        remedy: {
          vi: 'Đợi một lát rồi chạy lại đúng lệnh này. Nếu vẫn vậy, kiểm tra địa chỉ và chạy "lienthong doctor" trên máy chủ.',
          en: 'Wait a moment and run the same command again. If it stays so, check the address and run "lienthong doctor" on the server.',
        },
      },
    );
  }
  if (head.data.status !== 'OK') {
    const sentence = head.data.ErrorDesc || `ErrorCode ${head.data.ErrorCode}`;
    throw refused(
      { vi: withoutRefusalCode(sentence), en: withoutRefusalCode(sentence) },
      { code: codeOf(sentence) },
    );
  }
  return parseAnswer(body, schema);
}

function listOf<T extends z.ZodType>(row: T) {
  return z.looseObject({
    data: z
      .array(row)
      .nullish()
      .transform((rows) => rows ?? []),
  });
}

function messageType(kind: MessageKind): 'edoc' | 'status' {
  return kind === 'document' ? 'edoc' : 'status';
}

/** `exchange.recipient_unknown: sentence` → the code. */
function codeOf(sentence: string): string | undefined {
  return /^([a-z_]+\.[a-z_]+)\b/.exec(sentence)?.[1];
}

async function digestOf(body: HttpBody): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of body.open()) hash.update(chunk);
  return hash.digest('hex');
}

/** Codes and ids travel in headers; anything else that was typed there cannot be one. */
function asHeaderValue(text: string): string {
  if (/^[!-~]{1,200}$/.test(text)) return text;
  throw misused({
    vi: `"${text}" không thể là mã hay định danh.`,
    en: `"${text}" cannot be a code or an id.`,
  });
}

export function withSlash(url: URL): string {
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}
