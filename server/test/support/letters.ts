/** Messages as agencies write them, small and in the shape of the Java SDK. */
import { randomUUID } from 'node:crypto';
import { writeDocument, writeStatus } from '../../src/modules/exchange/edxml/index.ts';
import type { BusinessDocType, ReceiverChange, Replacement } from '../../src/modules/exchange/edxml/index.ts';

export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly number?: string;
  readonly documentId?: string;
  readonly subject?: string;
  readonly priority?: 0 | 1 | 2 | 3 | 4;
  readonly docType?: BusinessDocType;
  /** The document that a letter of type 1, 2 or 3 names as its original. */
  readonly about?: string;
  readonly reason?: string;
  readonly receivers?: readonly ReceiverChange[];
  readonly replacements?: readonly Replacement[];
  /** Bussiness/Paper: '1' where a paper copy follows, '' where the sender does not say; '0' where left out. */
  readonly paper?: string;
  readonly content?: Buffer;
  readonly sentAt?: Temporal.Instant;
}

let written = 1_000;

/** The document id that a letter gets when it names none. */
export function documentIdOf(letter: Pick<Letter, 'from' | 'number'>): string {
  return `${letter.from},2026/11/20,${letter.number ?? ''}/UBND-VP`;
}

export async function writeLetter(letter: Letter): Promise<Buffer> {
  const number = letter.number ?? String(++written);
  const document = writeDocument({
    from: { organId: letter.from, organName: `Cơ quan ${letter.from}` },
    to: letter.to.map((organId) => ({ organId, organName: `Cơ quan ${organId}` })),
    documentId: letter.documentId ?? documentIdOf({ from: letter.from, number }),
    code: { number, notation: 'UBND-VP' },
    promulgation: { place: 'Minh Sơn', on: Temporal.PlainDate.from('2026-11-20') },
    type: { type: 2, detail: 18, name: 'Công văn' },
    subject: letter.subject ?? 'V/v báo cáo tình hình thực hiện nhiệm vụ tháng 11 năm 2026',
    sentAt: letter.sentAt ?? Temporal.Instant.from('2026-11-20T09:30:00Z'),
    business: {
      docType: letter.docType ?? 0,
      ...(letter.paper !== undefined && { paper: letter.paper }),
      ...(letter.about !== undefined && { documentId: letter.about }),
      ...(letter.reason !== undefined && { reason: letter.reason }),
      ...(letter.receivers && { receivers: letter.receivers }),
      ...(letter.replacements && { replacements: letter.replacements }),
    },
    ...(letter.priority === undefined ? {} : { priority: letter.priority }),
    attachments: [
      {
        contentId: randomUUID(),
        name: `${number}-UBND-VP.pdf`,
        content: letter.content ?? Buffer.from(`%PDF-1.7\n% công văn số ${number}\n%%EOF\n`),
      },
    ],
  });
  return Buffer.concat(await Array.fromAsync(document));
}

export interface Report {
  readonly from: string;
  readonly about: { readonly from: string; readonly documentId: string };
  readonly code: string;
  readonly description?: string;
  readonly at?: Temporal.Instant;
}

export function writeReport(report: Report): Buffer {
  return writeStatus({
    from: { organId: report.from, organName: `Cơ quan ${report.from}` },
    responseFor: {
      organId: report.about.from,
      code: '1/UBND-VP',
      promulgationDate: '2026/11/20',
      documentId: report.about.documentId,
    },
    statusCode: report.code,
    description: report.description ?? `Trạng thái ${report.code}`,
    timestamp: report.at ?? Temporal.Instant.from('2026-11-20T10:00:00Z'),
  });
}

/** A body as it arrives from a socket. */
export async function* bodyOf(bytes: Buffer, chunkBytes = 65_536): AsyncIterable<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += chunkBytes)
    yield bytes.subarray(offset, offset + chunkBytes);
}
