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
export { contentDigest, contentFields, differingField, statusRepeatKey } from './content-digest.ts';
export type { ContentField } from './content-digest.ts';
export { readAttachment } from './read-attachment.ts';
export { normaliseEdxml } from './normalise.ts';
export { writeDocument, writeStatus } from './write-message.ts';
export type {
  OutgoingAttachment,
  OutgoingDocument,
  OutgoingParty,
  OutgoingResponseFor,
  OutgoingStatus,
} from './write-message.ts';
