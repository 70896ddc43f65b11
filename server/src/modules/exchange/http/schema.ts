/** What goes in and out of `/api/exchange`. Lengths are those of the rules (Decree 30/2020 Annex VI): strict in what we write. */
import { z } from 'zod';
import { isXmlText } from '../edxml/index.ts';

const organisationCode = z
  .string()
  .min(1)
  .max(35)
  .meta({ example: 'G12.18', description: 'An organisation, in either form of its code.' });
const instant = z.string().meta({ description: 'ISO 8601, UTC', example: '2026-11-22T08:00:00.000Z' });
const date = z.iso.date().meta({ example: '2026-11-22' });
const id = z.string().meta({ description: 'UUID' });
const text = (limit: number) => z.string().trim().max(limit).refine(isXmlText, 'holds control characters');
const filled = (limit: number) => text(limit).min(1);
const next = z.string().nullable().meta({ description: '`after` of the next page; null on the last.' });
const receipt = z
  .string()
  .meta({ description: 'JWS whose payload is the entry in the evidence log; the same for every repeat.' });

export const oneEnvelope = z.object({ envelope: z.uuid() });
export const oneDelivery = z.object({ delivery: z.uuid() });
export const oneAttachment = oneDelivery.extend({ number: z.coerce.number().int().min(1).max(500) });
export const oneOrganisation = z.object({ code: z.string().max(80) });
export const commandHeaders = z.object({
  'idempotency-key': z.string().optional().meta({
    description: 'A repeat under the same key gets the same answer for 14 days; one UUID for each act.',
  }),
});

const page = {
  after: z.string().max(300).optional().meta({ description: '`next` of the page before, unchanged.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
};
const kind = z.enum(['document', 'status']).default('document');

export const organisationQuery = z.object({
  ...page,
  search: z.string().max(200).optional().meta({ description: 'By code or name; then at most 100.' }),
  parent: z.string().max(80).optional().meta({ description: 'Directly below this one.' }),
});
const organisationFields = {
  code: z.string(),
  oldCode: z.string().nullable(),
  name: z.string(),
  level: z.int(),
  parentCode: z.string().nullable(),
  state: z.enum(['active', 'ended']),
  successorCode: z.string().nullable(),
};
export const organisation = z.object(organisationFields);
export const organisationList = z.object({ organisations: z.array(organisation), next });

const answeredDocument = z.strictObject({
  organisation: organisationCode.meta({ description: 'Who issued it.' }),
  documentId: filled(300),
  number: filled(11).optional(),
  notation: filled(30).optional(),
  promulgatedOn: date.optional(),
});

const update = z
  .strictObject({
    envelope: z.uuid().meta({ description: 'The sending that is updated.' }),
    reason: filled(500),
    documentChanged: z
      .boolean()
      .default(true)
      .meta({ description: 'False where only its receivers change.' }),
    added: z.array(organisationCode).max(1_000).default([]),
    removed: z.array(organisationCode).max(1_000).default([]),
  })
  .meta({
    description: 'Cập nhật (type 2): takes the place of a copy that waits; else its holder is asked.',
  });
const replacement = z
  .strictObject({
    reason: filled(500),
    documents: z
      .array(
        z.strictObject({
          envelope: z.uuid(),
          organisations: z
            .array(organisationCode)
            .min(1)
            .max(1_000)
            .optional()
            .meta({ description: 'Who had received it; `to` where left out.' }),
        }),
      )
      .min(1)
      .max(50),
  })
  .meta({ description: 'Thay thế (type 3).' });

const newEnvelopeFields = z.strictObject({
  from: organisationCode,
  to: z.array(organisationCode).min(1).max(10_000),
  documentId: filled(200)
    .optional()
    .meta({ description: 'Where left out: from,yyyy/MM/dd,number/notation (Decision 28/2018 Art. 10.2.b).' }),
  number: filled(11).meta({ example: '2440' }),
  notation: filled(30).meta({ example: 'UBND-VX' }),
  promulgatedOn: date.meta({ description: 'The date on the paper.' }),
  place: filled(50).optional(),
  typeName: filled(100).default('Công văn').meta({ description: 'The type of document by its name.' }),
  subject: filled(500).meta({ description: 'Trích yếu' }),
  summary: filled(500).optional(),
  signer: z
    .strictObject({
      authority: filled(100).optional().meta({ description: 'TM., KT., TL., TUQ. …' }),
      position: filled(100).optional(),
      name: filled(50).optional(),
    })
    .optional(),
  dueOn: date.optional(),
  priority: z
    .int()
    .min(0)
    .max(4)
    .default(0)
    .meta({ description: '0 thường, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ' }),
  circulation: filled(100).optional(),
  typist: filled(10).optional(),
  copies: z.int().min(1).max(999).optional(),
  pages: z.int().min(1).max(999).optional(),
  annexes: z.array(filled(200)).max(100).optional().meta({ description: 'Names of annexes.' }),
  answers: z
    .array(answeredDocument)
    .max(100)
    .optional()
    .meta({ description: 'Earlier documents that this one answers.' }),
  recipientLines: z
    .array(filled(150))
    .max(200)
    .optional()
    .meta({ description: '“Nơi nhận” as printed; says nothing about who gets it.' }),
  attachments: z
    .array(
      z.strictObject({
        upload: z.uuid().meta({ description: 'A finished upload.' }),
        name: filled(500).optional().meta({ description: 'The file name of the upload where left out.' }),
        description: filled(500).optional(),
      }),
    )
    .max(500),
  update: update.optional(),
  replacement: replacement.optional(),
  onwardOf: z
    .uuid()
    .optional()
    .meta({ description: 'A delivery that was received and is passed on: its sender sees how far it gets.' }),
});
export const newEnvelope = newEnvelopeFields.refine(
  ({ update, replacement }) => update === undefined || replacement === undefined,
  'is either an update or a replacement',
);

export const packageQuery = z.object({
  kind,
  onwardOf: z.uuid().optional().meta({ description: 'A delivery that is passed on with it.' }),
  from: organisationCode.optional().meta({ description: 'Must be the organisation of the message.' }),
  upload: z.uuid().optional().meta({ description: 'A finished upload instead of a body.' }),
});
export const packageBody = z.any().meta({ type: 'string', format: 'binary', description: 'edXML' });

export const sent = z
  .object({
    id: id.meta({ description: 'The envelope.' }),
    receipt,
    repeated: z
      .boolean()
      .meta({ description: 'Whether this is the answer to a sending that was made before.' }),
    refused: z
      .array(z.object({ code: z.string(), reason: z.string(), title: z.string() }))
      .meta({ description: 'Recipients that could not be reached; the others get it.' }),
  })
  .meta({ id: 'Sent' });

export const envelopeQuery = z.object({
  ...page,
  kind,
  documentId: z.string().max(300).optional(),
});

const messageFields = {
  kind: z.enum(['document', 'status']),
  documentId: z.string(),
  number: z.string().nullable(),
  notation: z.string().nullable(),
  subject: z.string().nullable().meta({ description: 'Of a status: its text.' }),
  typeName: z.string().nullable(),
  promulgatedOn: z.string().nullable().meta({ description: 'As written in the message.' }),
  statusCode: z.string().nullable(),
  priority: z.int(),
  sizeBytes: z.int(),
  digest: z.string().meta({ description: 'SHA-256 of the package, hex.' }),
  acceptedAt: instant,
};
const envelopeFields = {
  id,
  from: z.string(),
  ...messageFields,
  warnings: z
    .array(z.object({ code: z.string(), path: z.string(), detail: z.string().optional() }))
    .meta({ description: 'What a strict reader would refuse.' }),
};
export const envelope = z.object(envelopeFields).meta({ id: 'Envelope' });
export const envelopeList = z.object({ envelopes: z.array(envelope), next });

const transportState = z.enum([
  'waiting',
  'sending',
  'fetched',
  'done',
  'failed',
  'parked',
  'returned',
  'recalled',
]);
const businessStatus = z
  .object({ code: z.string(), name: z.string(), at: instant, text: z.string().nullable() })
  .nullable();
const takingBack = z
  .object({
    act: z.enum(['take_back', 'recall', 'update', 'replace']),
    outcome: z.enum(['unseen', 'asked', 'agreed', 'declined']).meta({
      description:
        'unseen: withdrawn before it was fetched. asked: its holder has not answered. agreed (15), declined (16).',
    }),
    at: instant,
    by: id.nullable().meta({ description: 'The message that takes it back; null for its holder.' }),
  })
  .nullable()
  .meta({ description: 'docs/protocols/taking-back.md' });
export const recipient = z
  .object({
    deliveryId: id.nullable(),
    organisation: z.string(),
    name: z.string(),
    state: z.enum([...transportState.options, 'refused']),
    stateSince: instant,
    fetchedAt: instant.nullable(),
    doneAt: instant.nullable(),
    overdueAt: instant.nullable().meta({
      description: 'The recipient does not collect it: when the sender was last told so.',
    }),
    refusal: z.object({ code: z.string(), title: z.string() }).nullable(),
    status: businessStatus.meta({ description: 'What the recipient says it does about the document.' }),
    takingBack,
  })
  .meta({ id: 'Recipient' });
export const envelopeWithRecipients = z.object({
  ...envelopeFields,
  receipt,
  recipients: z.array(recipient).meta({ description: 'The first 100.' }),
  nextRecipients: next,
});
export const recipientQuery = z.object(page);
export const recipientList = z.object({ recipients: z.array(recipient), next });
export const timeline = z.object({
  events: z.array(
    z.object({
      deliveryId: id.nullable().meta({ description: 'The recipient’s copy; null for the sending itself.' }),
      kind: z.string(),
      at: instant,
      receipt,
    }),
  ),
});
export const receiptFile = z
  .string()
  .meta({ description: 'The receipt, and its proof once it is in the log (docs/protocols/receipt.md).' });

export const heldState = z.enum(['parked', 'failed', 'returned']);
export const deliveryQuery = z.object({
  ...page,
  kind,
  state: heldState.optional().meta({
    description:
      'Instead of what waits: what was set aside, could not be stored, or was given back; oldest first.',
  }),
});
const deliveryFields = {
  id,
  envelopeId: id,
  from: z.string(),
  to: z.string(),
  ...messageFields,
  state: transportState,
  stateSince: instant,
  fetchedAt: instant.nullable(),
  doneAt: instant.nullable(),
  status: z.object({ code: z.string(), name: z.string(), at: instant }).nullable(),
  takingBack,
};
export const delivery = z.object(deliveryFields).meta({ id: 'Delivery' });
export const deliveryList = z.object({ deliveries: z.array(delivery), next });

const response = z.object({
  organisation: z.string(),
  code: z.string().meta({ description: 'number/notation' }),
  promulgatedOn: z.string().nullable(),
  documentId: z.string(),
});
const party = z.object({ code: z.string(), name: z.string() });
export const message = z
  .object({
    kind: z.enum(['document', 'status']),
    from: party,
    to: z.array(party),
    documentId: z.string().nullable(),
    businessType: z
      .int()
      .nullable()
      .meta({ description: '0 new, 1 recall, 2 update, 3 replacement; null for a status.' }),
    businessReason: z.string(),
    number: z.string(),
    notation: z.string(),
    promulgatedOn: z.string().nullable(),
    place: z.string(),
    typeName: z.string(),
    subject: z.string(),
    summary: z.string(),
    signer: z.object({ authority: z.string(), position: z.string(), name: z.string() }),
    dueOn: z.string().nullable(),
    priority: z.int(),
    answers: z.array(response).meta({ description: 'Of a status: the one document that it is about.' }),
    recipientLines: z.array(z.string()),
    annexes: z.array(z.string()),
    statusCode: z.string().nullable(),
    statusText: z.string(),
    statusAt: instant.nullable(),
    attachments: z.array(
      z.object({
        number: z.int(),
        name: z.string(),
        description: z.string(),
        type: z.string().meta({ description: 'By its first bytes, not by what the sender calls it.' }),
        sizeBytes: z.int(),
        digest: z.string().meta({ description: 'SHA-256 of the file, hex.' }),
      }),
    ),
  })
  .meta({ id: 'Message' });
export const content = z.any().meta({ type: 'string', format: 'binary' });

export const newMark = z.strictObject({
  mark: z.enum(['processing', 'done', 'fail']),
});
export const marked = z.object({ state: transportState, receipt: receipt.nullable() });

export const newStatus = z.strictObject({
  deliveryId: z
    .uuid()
    .optional()
    .meta({ description: 'The copy that it is about; else `from` and `document`.' }),
  from: organisationCode.optional(),
  document: answeredDocument.optional(),
  code: z.enum(['01', '02', '03', '04', '05', '06', '13', '15', '16']),
  text: text(1_000).default('').meta({ description: 'For 02 the reason, which people read.' }),
  staff: z
    .strictObject({
      department: filled(300).optional(),
      name: filled(300).optional(),
      phone: filled(30).optional(),
      email: filled(100).optional(),
    })
    .optional(),
});
