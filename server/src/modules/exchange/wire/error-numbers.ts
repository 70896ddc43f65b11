/**
 * The numbers that clients of the existing axes know (`ErrorCode`). They are coarse: our stable code, which begins the
 * description, says what happened. A client that follows them does not repeat what is refused with 10 to 23.
 *
 * Every code of a dialect, the exchange, edXML and the blob store has its place, so that the author of a new one
 * chooses; a test sees to it. Of the directory's, those that registering and ending can meet.
 */
type Numbered = Readonly<Record<number, readonly string[]>>;

/** What every dialect can answer; its own codes it puts beside them. */
const sharedCodes: Readonly<Record<number, { readonly meaning: string; readonly codes: readonly string[] }>> =
  {
    10: {
      meaning: 'invalid file',
      codes: [
        'exchange.digest_differs',
        'exchange.size_differs',
        'exchange.package_too_large',
        'edxml.package_too_large',
        'edxml.structure_too_large',
        'edxml.markup_too_long',
        'edxml.text_too_long',
        'edxml.too_deep',
        'edxml.too_many',
      ],
    },
    15: {
      meaning: 'wrong system id or secret',
      codes: ['exchange.system_suspended'],
    },
    18: {
      meaning: 'receiver unknown',
      codes: ['exchange.recipient_missing', 'exchange.recipient_unknown', 'directory.organisation_unknown'],
    },
    19: {
      meaning: 'sender not registered',
      codes: [
        'exchange.sender_unknown',
        'exchange.sender_ended',
        'exchange.not_your_organisation',
        'directory.no_subtree',
        'directory.outside_subtree',
        'directory.held_by_other_system',
        'directory.parent_unknown',
      ],
    },
    20: {
      meaning: 'error of the hub',
      codes: [
        'exchange.uploads_too_many',
        'exchange.polls_too_many',
        'exchange.messages_too_many',
        'evidence.log_behind',
        'blob.disk_full',
        'blob.storage_unavailable',
        'http.too_many_attempts',
        'directory.too_many_requests_pending',
      ],
    },
    21: {
      meaning: 'file processing error',
      codes: [
        'exchange.delivery_unknown',
        'exchange.delivery_recalled',
        'exchange.content_destroyed',
        'exchange.mark_after_done',
        'exchange.mark_before_fetch',
        'exchange.envelope_unknown',
        'edxml.base64_invalid',
        'edxml.zip_bomb',
        'edxml.zip_damaged',
        'edxml.zip_encrypted',
        'edxml.zip_path',
        'edxml.zip_truncated',
      ],
    },
    22: {
      meaning: 'edXML not conforming',
      codes: [
        'exchange.from_missing',
        'exchange.from_differs',
        'exchange.recipients_too_many',
        'exchange.document_id_taken',
        'exchange.document_id_too_long',
        'exchange.original_unknown',
        'exchange.nothing_to_answer',
        'exchange.redelivery_after_done',
        'exchange.onward_unknown',
        'exchange.cursor_malformed',
        'exchange.cursor_expired',
        'exchange.cursor_ahead',
        'exchange.decline_without_reason',
        'exchange.already_taken_back',
        'exchange.status_code_unknown',
        'exchange.status_backward',
        'exchange.status_ended',
        'exchange.kind_differs',
        'exchange.state_secret',
        'edxml.body_has_elements',
        'edxml.business_type_invalid',
        'edxml.doctype',
        'edxml.element_repeated',
        'edxml.encoding_unsupported',
        'edxml.entity_undeclared',
        'edxml.field_missing',
        'edxml.identifier_too_long',
        'edxml.illegal_character',
        'edxml.not_utf8',
        'edxml.not_well_formed',
        'edxml.not_xml',
        'edxml.root_unknown',
        'edxml.mime_malformed',
        'edxml.status_code_invalid',
        'edxml.text_unwritable',
        'edxml.truncated',
        'directory.code_malformed',
        'directory.code_taken',
        'directory.contact_too_long',
        'directory.level_differs',
        'directory.level_not_below_parent',
        'directory.level_too_deep',
        'directory.name_invalid',
      ],
    },
    23: {
      meaning: 'receiver locked',
      codes: [
        'exchange.recipient_ended',
        'directory.organisation_ended',
        'directory.has_active_children',
        'directory.mail_waiting',
        'directory.axis_cannot_end',
      ],
    },
  };

const hubError = 20;

export interface ErrorNumbers {
  /** A code without a row cannot come from what a client did: the axis' own affair. */
  numberOf(code: string): number;
  readonly codes: readonly string[];
}

export function numberErrors(own: Numbered): ErrorNumbers {
  const shared = Object.entries(sharedCodes).map(([number, { codes }]) => [number, codes] as const);
  const rows = [...shared, ...Object.entries(own)].flatMap(([number, codes]) =>
    codes.map((code) => [code, Number(number)] as const),
  );
  const numbers = new Map(rows);
  return {
    numberOf: (code) => numbers.get(code) ?? hubError,
    codes: rows.map(([code]) => code),
  };
}
