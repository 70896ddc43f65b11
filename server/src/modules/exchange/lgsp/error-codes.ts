/** The numbers of this dialect's own codes, beside those that all share. */
import { numberErrors } from '../wire/error-numbers.ts';

export const errorNumbers = numberErrors({
  10: ['lgsp.body_too_large', 'lgsp.multipart_invalid'],
  15: [
    'lgsp.credentials_missing',
    'lgsp.header_repeated',
    'lgsp.wrong_credentials',
    'lgsp.token_invalid',
    'lgsp.token_expired',
  ],
  20: ['lgsp.too_many_requests', 'lgsp.unavailable', 'lgsp.upload_cut', 'lgsp.upload_too_slow'],
  22: ['lgsp.operation_unknown', 'lgsp.request_malformed', 'lgsp.parameter_invalid', 'lgsp.body_invalid'],
});
