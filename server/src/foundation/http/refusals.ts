/** What HTTP itself refuses, whatever the module. */
import { defineRefusals } from '#foundation/refusal';

export const refuse = defineRefusals('http', {
  request_invalid: {
    kind: 'invalid',
    vi: 'Yêu cầu không hợp lệ: {problems}.',
    en: 'The request is invalid: {problems}.',
    who: 'vendor',
    next: 'Compare the request with the OpenAPI description of the endpoint.',
  },
  body_not_json: {
    kind: 'invalid',
    vi: 'Nội dung yêu cầu không phải JSON hợp lệ.',
    en: 'The body is not valid JSON.',
    who: 'vendor',
    next: 'Send JSON in UTF-8 with Content-Type: application/json.',
  },
  body_cut_off: {
    kind: 'invalid',
    vi: 'Nội dung yêu cầu bị ngắt giữa chừng.',
    en: 'The body was cut off.',
    who: 'sender',
    next: 'Send it again, complete.',
  },
  body_too_large: {
    kind: 'too_large',
    vi: 'Nội dung yêu cầu lớn hơn {limit} byte.',
    en: 'The body is larger than {limit} bytes.',
    who: 'sender',
    next: 'Send less at once.',
  },
  media_type_unsupported: {
    kind: 'invalid',
    status: 415,
    vi: 'Không nhận kiểu nội dung này.',
    en: 'This media type is not accepted here.',
    who: 'vendor',
    next: 'Use the Content-Type of the OpenAPI description.',
  },
  not_found: {
    kind: 'not_found',
    vi: 'Không có địa chỉ này.',
    en: 'There is nothing at this address.',
    who: 'vendor',
    next: 'Check method and path.',
  },
  too_many_attempts: {
    kind: 'too_many',
    vi: 'Quá nhiều lần xác thực sai. Hãy thử lại sau {seconds} giây.',
    en: 'Too many failed authentications. Try again in {seconds} seconds.',
    who: 'operator',
    next: 'Wait, then use the right credential.',
  },
  draining: {
    kind: 'unavailable',
    vi: 'Máy chủ đang dừng. Hãy gửi lại.',
    en: 'The server is stopping. Send the request again.',
    who: 'nobody',
    next: 'Send it again: another server process, or this one after its restart, answers.',
  },
  trouble: {
    kind: 'unavailable',
    vi: 'Hệ thống tạm thời gặp sự cố. Hãy thử lại sau.',
    en: 'The system is in trouble at the moment. Try again later.',
    who: 'operator',
    next: 'The operator looks at /readyz and the log entry with this request id.',
  },
  internal: {
    kind: 'unavailable',
    status: 500,
    vi: 'Hệ thống gặp lỗi (mã yêu cầu {request}).',
    en: 'The system failed (request {request}).',
    who: 'operator',
    next: 'Report the request id; the operator finds the error in the log.',
  },
});
