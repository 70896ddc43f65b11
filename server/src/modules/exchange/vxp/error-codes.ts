/**
 * The numbers that clients of the existing axes know (`ErrorCode`). They are coarse: our stable code, which begins
 * `ErrorDesc`, says what happened. A client that follows them does not repeat what is refused with 10 to 23.
 *
 * Every code that can reach a VXP client has its row, so that a new refusal makes its author choose; a test sees to it.
 */
const numbers = {
  invalidFile: 10,
  wrongCredentials: 15,
  receiverUnknown: 18,
  senderNotRegistered: 19,
  hubError: 20,
  fileProcessing: 21,
  notConforming: 22,
  receiverLocked: 23,
} as const;

type ErrorNumber = (typeof numbers)[keyof typeof numbers];

const table: Readonly<Record<string, ErrorNumber>> = {
  'vxp.header_missing': numbers.wrongCredentials,
  'vxp.header_repeated': numbers.wrongCredentials,
  'vxp.header_differs': numbers.wrongCredentials,
  'vxp.sign_header_malformed': numbers.wrongCredentials,
  'vxp.sign_order_differs': numbers.wrongCredentials,
  'vxp.key_ambiguous': numbers.wrongCredentials,
  'vxp.key_not_signed': numbers.wrongCredentials,
  'vxp.timestamp_invalid': numbers.wrongCredentials,
  'vxp.wrong_credentials': numbers.wrongCredentials,
  'vxp.system_suspended': numbers.senderNotRegistered,
  'vxp.parameter_invalid': numbers.notConforming,
  'vxp.body_invalid': numbers.notConforming,
  'vxp.body_too_large': numbers.invalidFile,
  'vxp.multipart_invalid': numbers.invalidFile,
  'vxp.upload_cut': numbers.fileProcessing,
  'vxp.upload_too_slow': numbers.fileProcessing,
  'vxp.too_many_requests': numbers.hubError,
  'vxp.too_many_failures': numbers.hubError,
  'vxp.operation_unknown': numbers.hubError,
  'vxp.unavailable': numbers.hubError,

  'exchange.from_missing': numbers.notConforming,
  'exchange.from_differs': numbers.notConforming,
  'exchange.sender_unknown': numbers.senderNotRegistered,
  'exchange.sender_ended': numbers.senderNotRegistered,
  'exchange.not_your_organisation': numbers.senderNotRegistered,
  'exchange.recipient_missing': numbers.receiverUnknown,
  'exchange.recipient_unknown': numbers.receiverUnknown,
  'exchange.recipient_ended': numbers.receiverLocked,
  'exchange.recipients_too_many': numbers.notConforming,
  'exchange.document_id_taken': numbers.notConforming,
  'exchange.original_unknown': numbers.notConforming,
  'exchange.status_code_unknown': numbers.notConforming,
  'exchange.status_backward': numbers.notConforming,
  'exchange.status_ended': numbers.notConforming,
  'exchange.kind_differs': numbers.notConforming,
  'exchange.digest_differs': numbers.invalidFile,
  'exchange.size_differs': numbers.invalidFile,
  'exchange.package_too_large': numbers.invalidFile,
  'exchange.state_secret': numbers.notConforming,
  'exchange.delivery_unknown': numbers.fileProcessing,
  'exchange.delivery_recalled': numbers.fileProcessing,
  'exchange.mark_after_done': numbers.fileProcessing,
  'exchange.mark_before_fetch': numbers.fileProcessing,
  'exchange.envelope_unknown': numbers.fileProcessing,
  'exchange.uploads_too_many': numbers.hubError,
  'exchange.log_behind': numbers.hubError,
};

/** A code of a module below that has no row is one of the directory or of the foundation: the axis' own affair. */
export function errorNumber(code: string): ErrorNumber {
  return table[code] ?? numbers.hubError;
}

export function hasErrorNumber(code: string): boolean {
  return Object.hasOwn(table, code);
}
