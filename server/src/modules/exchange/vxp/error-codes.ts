/** The numbers of this dialect's own codes, beside those that all share. */
import { numberErrors } from '../wire/error-numbers.ts';

export const errorNumbers = numberErrors({
  10: ['vxp.body_too_large', 'vxp.multipart_invalid'],
  15: [
    'vxp.header_missing',
    'vxp.header_repeated',
    'vxp.header_differs',
    'vxp.sign_header_malformed',
    'vxp.sign_order_differs',
    'vxp.key_ambiguous',
    'vxp.key_not_signed',
    'vxp.timestamp_invalid',
    'vxp.wrong_credentials',
    'vxp.system_suspended',
  ],
  20: ['vxp.too_many_requests', 'vxp.unavailable'],
  21: ['vxp.upload_cut', 'vxp.upload_too_slow'],
  22: ['vxp.operation_unknown', 'vxp.request_malformed', 'vxp.parameter_invalid', 'vxp.body_invalid'],
});
