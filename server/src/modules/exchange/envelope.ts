/** One sending of a document or a status message by one organisation: written once, never changed. */
import type { BlobId, DeliveryId, EntryId, EnvelopeId, OrganisationId, SystemId } from '#foundation/ids';
import type { DeliveryState } from './delivery.ts';
import type { TakingBack, TakingBackAct } from './taking-back.ts';

export type MessageKind = 'document' | 'status';

/** Where the package as received lies, and the wrapped key that opens it. Whoever holds the row can read the content. */
export interface PackageReference {
  readonly id: BlobId;
  readonly sizeBytes: number;
  readonly digest: Buffer;
  /** Null once the content was destroyed. */
  readonly key: Buffer | null;
  /** Bytes before the XML: junk or a byte order mark. */
  readonly junkBytes: number;
}

/** What lists show of a message without opening its package. */
export interface MessageHeader {
  readonly number?: string;
  readonly notation?: string;
  readonly subject?: string;
  readonly typeName?: string;
  readonly promulgatedOn?: string;
  /** Whether a paper copy follows; absent where the sender does not say. */
  readonly paper?: boolean;
  readonly statusCode?: string;
  readonly statusText?: string;
}

export interface Envelope {
  readonly organisationId: OrganisationId;
  readonly id: EnvelopeId;
  readonly kind: MessageKind;
  readonly systemId: SystemId | null;
  readonly fromCode: string;
  readonly documentId: string;
  readonly businessType: number | null;
  /** The document that a recall, an update or a replacement is about, by the id that its thread goes by. */
  readonly aboutDocumentId: string | null;
  /** The sending that began it, where its sender passes on what it received. */
  readonly origin: Origin | null;
  readonly contentDigest: Buffer;
  readonly supplement: number;
  readonly recipientsDigest: Buffer;
  readonly header: MessageHeader;
  readonly warnings: readonly object[];
  readonly priority: number;
  readonly package: PackageReference;
  readonly acceptedAt: Temporal.Instant;
  readonly entryId: EntryId;
  readonly recipients: readonly Recipient[];
}

export interface Origin {
  /** The copy that its sender received and passes on. */
  readonly onwardOf: string;
  readonly organisationId: OrganisationId;
  readonly envelopeId: EnvelopeId;
}

/** A recipient as the message wrote it: reached by a delivery, or refused with a code. */
export type Recipient = ReachedRecipient | RefusedRecipient;

interface WrittenRecipient {
  readonly ordinal: number;
  readonly toCode: string;
  readonly toName: string;
}

export interface ReachedRecipient extends WrittenRecipient {
  /** recalled: a taking back that need not reach him, since he never saw what is taken back. */
  readonly state: 'waiting' | 'recalled';
  readonly organisationId: OrganisationId;
  readonly deliveryId: DeliveryId;
}

export interface RefusedRecipient extends WrittenRecipient {
  readonly state: 'refused';
  readonly refusalCode: string;
  /** Who it is, where the directory knows. */
  readonly organisationId?: OrganisationId;
  readonly successor?: string;
}

/** The sender's view of one recipient. */
export interface SentRecipient {
  readonly envelopeId: EnvelopeId;
  readonly deliveryId: DeliveryId | null;
  readonly kind: MessageKind;
  readonly fromCode: string;
  readonly toCode: string;
  readonly toName: string;
  readonly documentId: string;
  readonly subject: string | null;
  readonly number: string | null;
  readonly notation: string | null;
  /** As the document has it written. */
  readonly promulgatedOn: string | null;
  readonly acceptedAt: Temporal.Instant;
  readonly fetchedAt: Temporal.Instant | null;
  readonly doneAt: Temporal.Instant | null;
  readonly state: DeliveryState | 'refused';
  readonly refusal: { readonly code: string; readonly sentence: string } | null;
  /** When the sender was last told that the recipient does not collect the copy; null where that is over or never was. */
  readonly overdueAt: Temporal.Instant | null;
  readonly businessStatus: string | null;
  readonly businessStatusAt: Temporal.Instant | null;
  readonly businessStatusText: string | null;
  /** Null where nobody took it back. */
  readonly takingBack: {
    readonly act: TakingBackAct;
    readonly outcome: TakingBack;
    readonly at: Temporal.Instant;
    /** The message that took it back. */
    readonly envelopeId: EnvelopeId;
  } | null;
}
