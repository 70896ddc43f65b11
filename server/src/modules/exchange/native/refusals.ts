/** What the native API refuses as a protocol; everything else that it refuses is the exchange's own. */
import { defineRefusals } from '#foundation/refusal';
import { transportRefusals } from '../wire/transport-refusals.ts';

const { upload_cut, upload_too_slow, too_many_requests } = transportRefusals;

export const refuse = defineRefusals('api', {
  upload_cut,
  upload_too_slow,
  too_many_requests,
  attachment_unknown: {
    kind: 'not_found',
    vi: 'Văn bản {id} không có tệp đính kèm số {number}.',
    en: 'The message {id} has no attachment {number}.',
    who: 'receiver',
    next: 'Take the number from the list of attachments in the message; the first is 1.',
  },
  text_unwritable: {
    kind: 'invalid',
    vi: 'Trường {field} có ký tự điều khiển, không ghi được vào văn bản.',
    en: 'The field {field} holds control characters, which a document cannot carry.',
    who: 'sender',
    next: 'Remove the control characters and send again.',
  },
  cursor_malformed: {
    kind: 'invalid',
    vi: 'Vị trí trang (after) không hợp lệ.',
    en: 'The position of the page (after) is not one of ours.',
    who: 'vendor',
    next: 'Use `next` of the page before, unchanged, or leave it out.',
  },
  request_key_malformed: {
    kind: 'invalid',
    vi: 'Idempotency-Key phải có từ 1 đến 200 ký tự ASCII in được.',
    en: 'An Idempotency-Key has 1 to 200 printable ASCII characters.',
    who: 'vendor',
    next: 'Use a UUID for each act, and the same one when repeating it.',
  },
  request_key_reused: {
    kind: 'conflict',
    status: 422,
    vi: 'Idempotency-Key này đã dùng cho một yêu cầu khác.',
    en: 'This Idempotency-Key was used for another request.',
    who: 'vendor',
    next: 'Make a new key for each act; repeat an act with its own body unchanged.',
  },
  request_in_flight: {
    kind: 'conflict',
    vi: 'Yêu cầu với Idempotency-Key này đang được xử lý.',
    en: 'The request with this Idempotency-Key is still at work.',
    who: 'nobody',
    next: 'Repeat it in a minute; the answer will be the same.',
  },
  status_about_unclear: {
    kind: 'invalid',
    vi: 'Cần nêu deliveryId, hoặc cả from và document, và chỉ một trong hai cách.',
    en: 'Name the delivery, or both `from` and `document`, and only one of the two.',
    who: 'vendor',
    next: 'Give deliveryId for a document that was received; `from` and `document` to ask for one back (13).',
  },
  take_back_too_many: {
    kind: 'invalid',
    vi: 'Mỗi lần chỉ lấy lại từ tối đa {limit} cơ quan.',
    en: 'At most {limit} organisations are asked at once to give a document back.',
    who: 'sender',
    next: 'Name the organisations in several requests, or recall the document (act: recall), which is one message to all.',
  },
  media_type_unknown: {
    kind: 'invalid',
    status: 415,
    vi: 'Gói tin edXML gửi với Content-Type application/octet-stream, hoặc nêu tệp đã tải lên (upload).',
    en: 'An edXML package comes as application/octet-stream, or names a finished upload.',
    who: 'vendor',
    next: 'Set Content-Type: application/octet-stream.',
  },
});
