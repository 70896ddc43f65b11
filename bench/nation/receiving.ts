/**
 * The receivers' half: a hub lists what waits, fetches each, marks it done, and answers a document with statuses, as the
 * offices below it do: 01 by all, 03 by most, 06 by some; 15, "agreed", to a recall.
 */
import { hash } from 'node:crypto';
import { writeStatus } from '../letter.ts';
import { readAnswer, sendParameters, writeHead } from '../vxp-call.ts';
import type { HttpConnection } from '../http-connection.ts';
import type { Random } from './random.ts';
import type { System } from './replay-plan.ts';

export interface HandledMail {
  readonly kind: 'edoc' | 'status';
  readonly documentId: string;
  readonly sizeBytes: number;
  /** Statuses that were sent about it, each to the hub of its sender. */
  readonly statuses: number;
  readonly fromCode: string;
}

const rowsAtOnce = '50';
const statusShares = [
  ['01', 1],
  ['03', 0.7],
  ['06', 0.4],
] as const;

/** Handles one page of a mailbox; false when it was empty. */
export async function handleMail(options: {
  readonly connection: HttpConnection;
  readonly system: System;
  readonly kind: 'edoc' | 'status';
  readonly random: Random;
  readonly onHandled: (mail: HandledMail) => void;
  /** Taken back between list and fetch. */
  readonly onWithdrawn: () => void;
}): Promise<boolean> {
  const {
    connection,
    system: { system },
    kind,
    random,
  } = options;
  const credentials = { systemId: system.id, secret: system.secret };
  const call = (operation: string, parameters: Record<string, string>) =>
    connection.request([writeHead({ credentials, operation, parameters })]);
  const page = { servicetype: 'eDoc', messagetype: kind, pageSize: rowsAtOnce, pageIndex: '1' };
  const { data: rows = [] } = readAnswer(await call('getReceivedEdocList', page));
  for (const { docId, from, to } of rows) {
    const { status, body } = await call('downloadEdoc', { docId });
    if (status !== 200 || !body.subarray(0, 5).equals(xmlStart)) {
      if (!body.includes('thu hồi') && !body.includes('lấy lại')) {
        throw new Error(`downloadEdoc: ${status} ${body.toString('utf8', 0, 200)}`);
      }
      options.onWithdrawn();
      continue;
    }
    readAnswer(await call('updateStatus', { docId, status: 'done' }));
    const documentId = readElement(body, 'DocumentId');
    const statuses = kind === 'edoc' ? answersTo(body, random) : [];
    for (const statusCode of statuses) {
      const [receiver, sender] = [to, from].map((code) => ({ code, name: code }));
      const message = writeStatus({ from: receiver!, to: sender!, documentId, statusCode });
      const digest = hash('sha256', message, 'buffer');
      const parameters = sendParameters({ from: to, messageType: 'status', digest });
      const head = writeHead({ credentials, operation: 'sendEdoc', parameters, bodyBytes: message.length });
      readAnswer(await connection.request([head, message]));
    }
    options.onHandled({
      kind,
      documentId,
      sizeBytes: body.length,
      statuses: statuses.length,
      fromCode: from,
    });
  }
  return rows.length > 0;
}

const xmlStart = Buffer.from('<?xml');

function answersTo(body: Buffer, random: Random): readonly string[] {
  const businessType = readElement(body, 'BussinessDocType');
  if (businessType === '1') return ['15'];
  // An update goes on where its document was.
  if (businessType === '2') return [];
  const drawn = random.fraction();
  return statusShares.filter(([, share]) => drawn < share).map(([statusCode]) => statusCode);
}

/** The first of this name, as a client that parses the header would find it. */
function readElement(body: Buffer, name: string): string {
  const start = body.indexOf(`<edXML:${name}>`);
  const end = body.indexOf('<', start + 1);
  if (start === -1 || end === -1) throw new Error(`a fetched message has no ${name}`);
  return body.toString('utf8', body.indexOf('>', start) + 1, end);
}
