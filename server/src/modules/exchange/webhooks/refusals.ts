/** What is refused about webhooks. */
import { defineRefusals } from '#foundation/refusal';
import type { OutboundFault } from '#foundation/outbound';

export const refuse = defineRefusals('webhook', {
  unknown: {
    kind: 'not_found',
    vi: 'Hệ thống không có webhook {id}.',
    en: 'This system has no webhook {id}.',
    who: 'vendor',
    next: 'Take the id from the list of webhooks (GET /api/exchange/webhooks).',
  },
  too_many: {
    kind: 'conflict',
    vi: 'Mỗi hệ thống đăng ký tối đa {limit} webhook.',
    en: 'A system has at most {limit} webhooks.',
    who: 'vendor',
    next: 'Remove one that is no longer used.',
  },
  address_unusable: {
    kind: 'invalid',
    vi: 'Trục không gọi được địa chỉ này: {reason}.',
    en: 'The axis does not call this address: {reason}.',
    who: 'vendor',
    next: 'Register an https address that the axis can reach; for one in a private network the operator lists it (LIENTHONG_WEBHOOK_NETWORKS).',
  },
});

/** What keeps an address from being called, for whoever registered it. */
export const faultWords: Readonly<Record<OutboundFault, { readonly vi: string; readonly en: string }>> = {
  address_malformed: {
    vi: 'phải là địa chỉ https không kèm tài khoản, mật khẩu hay dấu #, dài tối đa 2.000 ký tự',
    en: 'it must be an https address without credentials or fragment, of at most 2,000 characters',
  },
  port_forbidden: {
    vi: 'chỉ gọi cổng 443 hoặc từ 1024 trở lên',
    en: 'only port 443 and those from 1024 up are called',
  },
  name_unknown: { vi: 'không phân giải được tên máy chủ', en: 'its name cannot be resolved' },
  address_forbidden: {
    vi: 'địa chỉ thuộc mạng nội bộ mà người vận hành chưa cho phép',
    en: 'it is in a private network that the operator has not listed',
  },
  https_needed: { vi: 'phải dùng https', en: 'it must use https' },
  no_connection: { vi: 'không kết nối được', en: 'there is no connection' },
  certificate_untrusted: { vi: 'chứng thư máy chủ không hợp lệ', en: 'its certificate is not trusted' },
  redirected: { vi: 'máy chủ chuyển hướng', en: 'it redirects' },
  too_slow: { vi: 'trả lời quá chậm', en: 'it answers too slowly' },
  too_large: { vi: 'trả lời quá dài', en: 'its answer is too large' },
  stopped: { vi: 'trục đang dừng', en: 'the axis is stopping' },
};
