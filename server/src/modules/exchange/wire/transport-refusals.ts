/**
 * What every way in over HTTP refuses about the transport itself. Each dialect declares these under its own name
 * (`vxp.upload_cut`, `lgsp.upload_cut`): a client knows the codes of one protocol.
 */
import type { Refusal, RefusalEntry, RefusalParameters } from '#foundation/refusal';

export const transportRefusals = {
  upload_cut: {
    kind: 'invalid',
    vi: 'Đường truyền bị ngắt trước khi nhận đủ nội dung; chưa có gì được ghi nhận.',
    en: 'The connection broke before the whole body had arrived; nothing was kept.',
    who: 'sender',
    next: 'Send again: a repeat is recognised.',
  },
  upload_too_slow: {
    kind: 'invalid',
    vi: 'Nội dung được gửi quá chậm (ngừng quá {idleSeconds} giây, hoặc dưới {minimumRate} byte mỗi giây); chưa có gì được ghi nhận.',
    en: 'The body came too slowly (nothing for {idleSeconds} seconds, or less than {minimumRate} bytes a second); nothing was kept.',
    who: 'sender',
    next: 'Check the network between, then send again: a repeat is recognised.',
  },
  too_many_requests: {
    kind: 'too_many',
    vi: 'Hệ thống gửi quá nhiều yêu cầu; hãy thử lại sau {seconds} giây.',
    en: 'This system sends too many requests; try again in {seconds} seconds.',
    who: 'sender',
    next: 'Wait as Retry-After says; poll less often.',
  },
  request_malformed: {
    kind: 'invalid',
    vi: 'Yêu cầu HTTP không hợp lệ (Content-Type hoặc Content-Length).',
    en: 'The HTTP request is malformed (Content-Type or Content-Length).',
    who: 'vendor',
    next: 'Send a Content-Type such as application/json, and the Content-Length of the body.',
  },
  unavailable: {
    kind: 'unavailable',
    vi: 'Máy chủ đang gặp sự cố; chưa có gì được xác nhận, hãy gửi lại sau.',
    en: 'The server is in trouble; nothing was acknowledged, try again later.',
    who: 'operator',
    next: 'Send again later: a repeat is recognised. The operator looks at the log and at /readyz.',
  },
} as const satisfies Record<string, RefusalEntry>;

/** A dialect's own `refuse`, as far as the transport needs it; what depends on the protocol's words it declares itself. */
export type TransportRefuse = (
  name: keyof typeof transportRefusals | 'multipart_invalid' | 'operation_unknown',
  parameters?: RefusalParameters,
  options?: ErrorOptions,
) => Refusal;
