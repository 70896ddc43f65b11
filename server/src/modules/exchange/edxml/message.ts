/**
 * What an edXML package says, as typed fields. Texts are trimmed and otherwise as written (NFC or NFD); an absent
 * text is ''. What the rules call a fault but senders write every day is kept and noted as a warning.
 */
export type EdxmlMessage = DocumentMessage | StatusMessage;

interface Message {
  /** Bytes before the XML: junk and byte order mark. What `normaliseEdxml` leaves out. */
  readonly xmlOffset: number;
  /** Bytes before the XML declaration that should not be there; a byte order mark is not junk. */
  readonly junkBytes: number;
  /** Where the message's XML lies in a MIME package; null where it is the package. */
  readonly xmlPart: { readonly offset: number; readonly length: number } | null;
  readonly warnings: readonly Warning[];
}

/** A document: new, or the recall, update or replacement of an earlier one. */
export interface DocumentMessage extends Message {
  readonly kind: 'document';
  readonly from: Party;
  /** As written: two entries may be the same organisation in its old and its new code. */
  readonly to: readonly Party[];
  /** Opaque; unique together with `from.organId`. */
  readonly documentId: string;
  readonly code: { readonly number: string; readonly notation: string };
  readonly promulgation: { readonly place: string; readonly date: WrittenDate | null };
  /** Show and match by `name`; the numbers hold anything in traffic. */
  readonly type: { readonly type: string; readonly detail: string; readonly name: string };
  readonly subject: string;
  readonly content: string;
  readonly signer: { readonly competence: string; readonly position: string; readonly fullName: string };
  readonly dueOn: WrittenDate | null;
  readonly priority: Priority;
  readonly otherInfo: OtherInfo;
  readonly responseFor: readonly ResponseFor[];
  readonly steeringType: string;
  readonly taskCodes: readonly string[];
  readonly applicationType: string;
  /** "Nơi nhận" lines for display, not for routing. */
  readonly toPlaces: readonly string[];
  readonly trace: readonly TraceHeader[];
  readonly business: Business;
  readonly hasSignature: boolean;
  /** The fixed dummy that the Java SDK writes into every package: says nothing about who signed. */
  readonly hasPlaceholderSignature: boolean;
  readonly attachments: readonly Attachment[];
}

/** A business status (01 arrived … 16) about a document, from its receiver, or 13 from its sender. */
export interface StatusMessage extends Message {
  readonly kind: 'status';
  readonly from: Party;
  readonly responseFor: ResponseFor;
  readonly staff: readonly StaffInfo[];
  /** Two digits; which of them are known is for the exchange to say. */
  readonly statusCode: string;
  readonly description: string;
  readonly timestamp: WrittenTime | null;
}

/** 0 thường, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ. */
export type Priority = 0 | 1 | 2 | 3 | 4;

export interface WrittenDate {
  readonly raw: string;
  /** null where there is no such day (`2014/02/30` occurs). */
  readonly parsed: Temporal.PlainDate | null;
}

/** Written in Vietnam time (Decision 28/2018 Art. 14.4). */
export interface WrittenTime {
  readonly raw: string;
  readonly parsed: Temporal.Instant | null;
}

export interface Party {
  readonly organId: string;
  readonly organizationInCharge: string;
  readonly organName: string;
  readonly organAdd: string;
  readonly email: string;
  readonly telephone: string;
  readonly fax: string;
  readonly website: string;
}

export interface OtherInfo {
  readonly sphereOfPromulgation: string;
  readonly typerNotation: string;
  readonly promulgationAmount: string;
  readonly pageAmount: string;
  readonly direction: string;
  readonly replyFors: string;
  readonly referenceCodes: string;
  readonly appendixes: readonly string[];
  /** Only in the old dialect; a state secret may not travel on the axis (Decision 28/2018 Art. 1.2). */
  readonly secret: string;
}

export interface ResponseFor {
  readonly organId: string;
  /** `number/notation`. */
  readonly code: string;
  readonly promulgationDate: WrittenDate | null;
  readonly documentId: string;
}

export interface TraceHeader {
  /** '' in real messages: an adapter on the way forgets itself. */
  readonly organId: string;
  readonly timestamp: WrittenTime | null;
}

export interface StaffInfo {
  readonly department: string;
  readonly staff: string;
  readonly mobile: string;
  readonly email: string;
}

/** 0 new, 1 recall (thu hồi), 2 update (cập nhật), 3 replace (thay thế). */
export type BusinessDocType = 0 | 1 | 2 | 3;

/** The element is spelt `Bussiness` in the rules. Absent: a new document. */
export interface Business {
  readonly docType: BusinessDocType;
  readonly reason: string;
  readonly documentId: string;
  readonly paper: string;
  readonly staff: readonly StaffInfo[];
  /** Type 2: whether the document and whether its recipients changed. */
  readonly documentChanged: boolean;
  readonly receiversChanged: boolean;
  readonly receivers: readonly ReceiverChange[];
  /** Type 3: which documents are replaced, and who had received each. */
  readonly replacements: readonly Replacement[];
}

export interface ReceiverChange {
  readonly organId: string;
  /** null where the type is neither 0 nor 1. */
  readonly change: 'removed' | 'added' | null;
}

export interface Replacement {
  readonly documentId: string;
  readonly organIds: readonly string[];
}

/** An attachment is a range of the package, decoded when read. */
export interface Attachment {
  readonly contentId: string;
  /** What the file is called for people: AttachmentName, from the attachment, else from its reference. */
  readonly name: string;
  readonly description: string;
  /** As written, which says little; the two disagree in traffic. */
  readonly contentType: { readonly reference: string; readonly attachment: string };
  /** Where the base64 lies in the package as received. */
  readonly offset: number;
  readonly length: number;
  /** `markup`: the base64 is interspersed with CDATA, comments or character references. `binary`: the bytes themselves. */
  readonly encoding: 'base64' | 'markup' | 'binary';
  readonly sizeBytes: number;
  /** SHA-256 of the decoded bytes. */
  readonly digest: Buffer;
  /** The file inside, where the sender wrapped it in a ZIP of one entry; null where it is not wrapped. */
  readonly unwrapped: UnwrappedFile | null;
  /** Media type of the file (unwrapped where it is wrapped) by its first bytes. */
  readonly sniffedType: string;
}

export interface UnwrappedFile {
  readonly entryName: string;
  readonly sizeBytes: number;
  /** SHA-256 of the file inside. */
  readonly digest: Buffer;
  readonly method: 'deflated' | 'stored';
  /** Where the entry's bytes lie in the decoded attachment. */
  readonly dataOffset: number;
  readonly dataLength: number;
}

/** Something that a strict reader would refuse and that we keep with the envelope. */
export interface Warning {
  readonly code: WarningCode;
  readonly path: string;
  readonly detail?: string;
}

export type WarningCode =
  | 'junk_skipped'
  | 'namespace_unknown'
  | 'field_missing'
  | 'field_too_long'
  | 'element_unexpected'
  | 'date_form'
  | 'date_invalid'
  | 'value_unknown'
  | 'response_for_empty'
  | 'trace_without_organ_id'
  | 'attachment_without_reference'
  | 'attachment_without_content'
  | 'content_id_repeated'
  | 'reference_without_attachment'
  | 'zip_not_unwrapped'
  | 'warnings_omitted';
