export type {
  Attachment,
  Business,
  BusinessDocType,
  DocumentMessage,
  EdxmlMessage,
  OtherInfo,
  Party,
  Priority,
  ReceiverChange,
  Replacement,
  ResponseFor,
  StaffInfo,
  StatusMessage,
  TraceHeader,
  UnwrappedFile,
  Warning,
  WarningCode,
  WrittenDate,
  WrittenTime,
} from './message.ts';
export { createEdxmlReader } from './reader.ts';
export type { EdxmlReader } from './reader.ts';
export type { MessageHeader } from './read-header.ts';
export { contentDigest, contentFields, differingField } from './content-digest.ts';
export type { ContentField } from './content-digest.ts';
export { range, readAttachment, readAttachments } from './read-attachment.ts';
export type { AttachedFile } from './read-attachment.ts';
export { normaliseEdxml } from './normalise.ts';
export { maxPackageBytes } from './limits.ts';
export { writeDocument, writeStatus } from './write-message.ts';
export type {
  OutgoingDocument,
  OutgoingParty,
  OutgoingResponseFor,
  OutgoingStatus,
} from './write-message.ts';
export type { OutgoingAttachment } from './package-attachment.ts';
export { composeDocumentId } from './document-id.ts';
export { isXmlText } from './write-xml.ts';
export { readDay } from './written-time.ts';
