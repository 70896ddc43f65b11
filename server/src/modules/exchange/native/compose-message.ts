/**
 * Sends what a client describes in fields and files: the axis writes the edXML itself and sends it through the same
 * `send` as everything else, so that receivers of any dialect fetch an ordinary package.
 */
import { randomUUID } from 'node:crypto';
import { resolveCodes } from '#directory';
import type { ResolvedOrganisation } from '#directory';
import { inTransaction } from '#foundation/db';
import { getFinishedUpload, releaseUploads } from '#foundation/upload';
import type { FinishedUpload } from '#foundation/upload';
import { getDelivery } from './browse-mailbox.ts';
import type { Caller } from '../caller.ts';
import { composeDocumentId, isXmlText, writeDocument, writeStatus } from '../edxml/index.ts';
import type { OutgoingDocument, OutgoingResponseFor, Priority } from '../edxml/index.ts';
import type { Exchange } from '../exchange.ts';
import type { Sent } from '../read-sent.ts';
import type { OutgoingBusiness } from './follow-up-draft.ts';
import { refuse } from './refusals.ts';
import { send } from '../send-envelope.ts';

/** The fields of a document (facts: Decree 30/2020 Annex VI), by their meaning. */
export interface DocumentDraft {
  readonly from: string;
  readonly to: readonly string[];
  readonly documentId?: string | undefined;
  readonly number: string;
  readonly notation: string;
  readonly promulgatedOn: Temporal.PlainDate;
  readonly place?: string | undefined;
  readonly typeName: string;
  readonly subject: string;
  readonly summary?: string | undefined;
  readonly signer?:
    | {
        readonly authority?: string | undefined;
        readonly position?: string | undefined;
        readonly name?: string | undefined;
      }
    | undefined;
  readonly dueOn?: Temporal.PlainDate | undefined;
  readonly priority: Priority;
  readonly circulation?: string | undefined;
  readonly typist?: string | undefined;
  readonly copies?: number | undefined;
  readonly pages?: number | undefined;
  readonly annexes?: readonly string[] | undefined;
  readonly answers?: readonly AnsweredDocument[] | undefined;
  readonly recipientLines?: readonly string[] | undefined;
  /** Of an update or a replacement; a new document where left out. */
  readonly business?: OutgoingBusiness | undefined;
  /** The received copy that is passed on with it. */
  readonly onwardOf?: string | undefined;
  readonly attachments: readonly {
    readonly upload: string;
    readonly name?: string | undefined;
    readonly description?: string | undefined;
  }[];
}

export interface AnsweredDocument {
  readonly organisation: string;
  readonly documentId: string;
  readonly number?: string | undefined;
  readonly notation?: string | undefined;
  readonly promulgatedOn?: Temporal.PlainDate | undefined;
}

export async function sendDocumentDraft(
  exchange: Exchange,
  caller: Caller,
  draft: DocumentDraft,
): Promise<Sent> {
  refuseUnwritable(draft);
  const { platform } = exchange;
  const uploads = await Promise.all(
    draft.attachments.map(({ upload }) =>
      getFinishedUpload(platform, { ownerId: caller.systemId, id: upload }),
    ),
  );
  const directory = await lookUp(exchange, [draft.from, ...draft.to]);
  const document = composeDocument(draft, { directory, uploads, now: Temporal.Now.instant() });
  const sent = await send(exchange, caller, {
    kind: 'document',
    from: draft.from,
    sizeBytes: undefined,
    body: writeDocument(document),
    ...defined({ onwardOf: draft.onwardOf }),
  });
  await releaseUploads(
    platform,
    uploads.map(({ id }) => ({ ownerId: caller.systemId, id })),
  );
  return sent;
}

function composeDocument(
  draft: DocumentDraft,
  given: {
    readonly directory: ReadonlyMap<string, ResolvedOrganisation>;
    readonly uploads: readonly FinishedUpload[];
    readonly now: Temporal.Instant;
  },
): OutgoingDocument {
  const { from, number, notation, promulgatedOn, signer, annexes, answers } = draft;
  // A code that nobody knows goes out as it is: refusing it, with the reason in the answer, is the task of `send`.
  const party = (code: string) => ({ organId: code, organName: given.directory.get(code)?.name ?? code });
  return {
    from: party(from),
    to: draft.to.map(party),
    documentId: draft.documentId ?? composeDocumentId({ organId: from, promulgatedOn, number, notation }),
    code: { number, notation },
    promulgation: { on: promulgatedOn, ...defined({ place: draft.place }) },
    // 2: an administrative document. Receivers go by the name; the position in the list is 0 in all traffic.
    type: { type: 2, name: draft.typeName },
    subject: draft.subject,
    ...defined({ content: draft.summary, dueOn: draft.dueOn, toPlaces: draft.recipientLines }),
    ...(signer && {
      signer: defined({ competence: signer.authority, position: signer.position, fullName: signer.name }),
    }),
    priority: draft.priority,
    otherInfo: defined({
      sphereOfPromulgation: draft.circulation,
      typerNotation: draft.typist,
      promulgationAmount: draft.copies,
      pageAmount: draft.pages,
      appendixes: annexes,
    }),
    responseFor: (answers ?? []).map(responseFor),
    sentAt: given.now,
    business: draft.business ?? { docType: 0, reason: 'Văn bản điện tử mới' },
    attachments: draft.attachments.map(({ name, description }, index) => {
      const upload = given.uploads[index]!;
      return {
        contentId: randomUUID(),
        name: name ?? upload.fileName ?? `tep-${index + 1}`,
        content: upload.open(),
        ...defined({ description }),
      };
    }),
  };
}

/** A status about a document, as its receiver reports it; or 13, as its sender asks for it back. */
export interface StatusDraft {
  readonly code: string;
  readonly text: string;
  readonly staff?:
    | {
        readonly department?: string | undefined;
        readonly name?: string | undefined;
        readonly phone?: string | undefined;
        readonly email?: string | undefined;
      }
    | undefined;
  /** The copy that it is about, or who reports on which document. */
  readonly about:
    | { readonly delivery: string }
    | { readonly from: string; readonly document: AnsweredDocument };
  readonly at?: Temporal.Instant | undefined;
}

export async function sendStatusDraft(exchange: Exchange, caller: Caller, draft: StatusDraft): Promise<Sent> {
  refuseUnwritable(draft);
  const { from, document } = await resolveAbout(exchange, caller, draft.about);
  const directory = await lookUp(exchange, [from]);
  const { department, name, phone, email } = draft.staff ?? {};
  const message = writeStatus({
    from: { organId: from, organName: directory.get(from)?.name ?? from },
    responseFor: document,
    staff: defined({ department, staff: name, mobile: phone, email }),
    statusCode: draft.code,
    description: draft.text,
    timestamp: draft.at ?? Temporal.Now.instant(),
  });
  return send(exchange, caller, { kind: 'status', from, sizeBytes: message.length, body: once(message) });
}

async function resolveAbout(
  exchange: Exchange,
  caller: Caller,
  about: StatusDraft['about'],
): Promise<{ from: string; document: OutgoingResponseFor }> {
  if (!('delivery' in about)) return { from: about.from, document: responseFor(about.document) };
  const delivery = await getDelivery(exchange, caller, about.delivery);
  const { number = '', notation = '', promulgatedOn = '' } = delivery.header;
  return {
    from: delivery.to_code,
    document: {
      organId: delivery.from_code,
      code: `${number}/${notation}`,
      promulgationDate: promulgatedOn,
      documentId: delivery.document_id,
    },
  };
}

function responseFor(answered: AnsweredDocument): OutgoingResponseFor {
  const { organisation, documentId, number = '', notation = '', promulgatedOn } = answered;
  return {
    organId: organisation,
    code: number === '' && notation === '' ? '' : `${number}/${notation}`,
    promulgationDate: promulgatedOn?.toString().replaceAll('-', '/') ?? '',
    documentId,
  };
}

async function lookUp(
  exchange: Exchange,
  codes: readonly string[],
): Promise<ReadonlyMap<string, ResolvedOrganisation>> {
  return inTransaction(exchange.platform.database.app, {}, (tx) => resolveCodes(tx, codes));
}

/** Control characters have no place in XML, in whichever field they are. */
function refuseUnwritable(draft: object, path = ''): void {
  for (const [name, value] of Object.entries(draft)) {
    const field = path === '' ? name : `${path}/${name}`;
    if (typeof value === 'string' && !isXmlText(value)) throw refuse('text_unwritable', { field });
    if (typeof value !== 'object' || value === null) continue;
    if (value instanceof Temporal.PlainDate || value instanceof Temporal.Instant) continue;
    refuseUnwritable(value, field);
  }
}

/** Without what is undefined, as exact optional properties want it. */
function defined<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
