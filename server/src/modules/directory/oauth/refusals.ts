import { defineRefusals } from '#foundation/refusal';

export const refuse = defineRefusals('oauth', {
  client_unauthenticated: {
    kind: 'unauthenticated',
    vi: 'Không xác thực được hệ thống: sai mã hệ thống, mật khẩu hoặc chữ ký.',
    en: 'The client could not be authenticated: unknown id, wrong secret or wrong signature.',
    who: 'operator',
    next: 'Check client_id and the credential of kind api_secret or api_key; ask the operator for a new one.',
  },
  assertion_refused: {
    kind: 'unauthenticated',
    vi: 'Client assertion không được chấp nhận: {reason}.',
    en: 'The client assertion is not accepted: {reason}.',
    who: 'vendor',
    next: 'Sign a new one for each token: iss = sub = client_id, aud = the issuer, exp at most 5 minutes ahead, a jti of its own; check the clock.',
  },
  client_suspended: {
    kind: 'unauthenticated',
    vi: 'Hệ thống đang bị tạm ngừng kết nối.',
    en: 'The system is suspended.',
    who: 'operator',
    next: 'Ask the operator of the axis why, and to resume it.',
  },
  request_malformed: {
    kind: 'invalid',
    vi: 'Yêu cầu cấp token không hợp lệ: {reason}.',
    en: 'The token request is malformed: {reason}.',
    who: 'vendor',
    next: 'Send grant_type=client_credentials as application/x-www-form-urlencoded, with one way of authenticating.',
  },
  grant_unsupported: {
    kind: 'invalid',
    vi: 'Chỉ hỗ trợ grant_type=client_credentials.',
    en: 'Only grant_type=client_credentials is supported.',
    who: 'vendor',
    next: 'Use the client credentials grant (RFC 6749 §4.4).',
  },
  tokens_too_many: {
    kind: 'too_many',
    vi: 'Hệ thống xin access token quá nhiều lần. Hãy thử lại sau {seconds} giây.',
    en: 'The system asks for too many access tokens. Try again in {seconds} seconds.',
    who: 'vendor',
    next: 'Use one token until it expires, after ten minutes.',
  },
  token_invalid: {
    kind: 'unauthenticated',
    vi: 'Access token thiếu, sai hoặc đã hết hạn.',
    en: 'The access token is missing, wrong or expired.',
    who: 'vendor',
    next: 'Get a new one from the token endpoint; it lasts ten minutes, and ends at once with its credential.',
  },
  address_unknown: {
    kind: 'unavailable',
    vi: 'Trục chưa được khai địa chỉ công khai, nên chưa cấp token.',
    en: 'The axis was not told its public address, so it issues no tokens.',
    who: 'operator',
    next: 'Set LIENTHONG_PUBLIC_URL and restart.',
  },
});
