/** What this dialect itself refuses. Everything about documents and organisations is refused by the modules below. */
import { defineRefusals } from '#foundation/refusal';
import { transportRefusals } from '../wire/transport-refusals.ts';

export const refuse = defineRefusals('lgsp', {
  ...transportRefusals,
  credentials_missing: {
    kind: 'unauthenticated',
    vi: 'Thiếu X-SystemId và X-SecretKey, hoặc Authorization: Bearer.',
    en: 'X-SystemId and X-SecretKey are missing, and so is Authorization: Bearer.',
    who: 'vendor',
    next: 'Send both headers, or the token that /auth/login gave.',
  },
  header_repeated: {
    kind: 'unauthenticated',
    vi: 'Tiêu đề {name} xuất hiện nhiều lần.',
    en: 'The header {name} was sent more than once.',
    who: 'vendor',
    next: 'Send each header once; look for a proxy between that adds them again.',
  },
  wrong_credentials: {
    kind: 'unauthenticated',
    vi: 'Sai mã hệ thống hoặc sai khóa bí mật.',
    en: 'The system is unknown or its secret is wrong.',
    who: 'sender',
    next: "Check X-SystemId and the secret, which is LGSP's own and not that of VXP; after a rotation use the new one.",
  },
  token_invalid: {
    kind: 'unauthenticated',
    vi: 'Token không đúng, hoặc khóa bí mật đã dùng để đăng nhập không còn hiệu lực.',
    en: 'The token is none of ours, or the secret that it was given for has ended.',
    who: 'sender',
    next: 'Log in again with the secret that is valid now.',
  },
  token_expired: {
    kind: 'unauthenticated',
    vi: 'Token đã hết hạn; hãy đăng nhập lại.',
    en: 'The token has expired; log in again.',
    who: 'sender',
    next: 'Log in again: a token is good for {minutes} minutes.',
  },
  parameter_invalid: {
    kind: 'invalid',
    vi: 'Giá trị của {name} không hợp lệ; chấp nhận: {allowed}.',
    en: 'The value of {name} is not valid; allowed: {allowed}.',
    who: 'vendor',
    next: 'Send one of the allowed values, once.',
  },
  body_invalid: {
    kind: 'invalid',
    vi: 'Nội dung yêu cầu không phải là JSON đúng mẫu: {problem}.',
    en: 'The body is not the JSON that is expected: {problem}.',
    who: 'vendor',
    next: 'Send the JSON of docs/protocols/lgsp.md for that operation.',
  },
  body_too_large: {
    kind: 'too_large',
    vi: 'Nội dung yêu cầu lớn hơn {limitBytes} byte.',
    en: 'The body is larger than {limitBytes} bytes.',
    who: 'vendor',
    next: 'Only sendEdoc carries a large body.',
  },
  multipart_invalid: {
    kind: 'invalid',
    vi: 'Nội dung multipart/form-data không đọc được, không có đúng một phần edocFile, hoặc messageType bị lặp.',
    en: 'The multipart/form-data body cannot be read, does not hold exactly one part edocFile, or repeats messageType.',
    who: 'vendor',
    next: 'Send one file as edocFile, as it is (no transfer encoding), and one field messageType.',
  },
  operation_unknown: {
    kind: 'not_found',
    vi: 'Không có thao tác này.',
    en: 'There is no such operation.',
    who: 'vendor',
    next: 'See docs/protocols/lgsp.md for the paths and methods.',
  },
});
