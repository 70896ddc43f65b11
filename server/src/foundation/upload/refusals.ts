import { defineRefusals } from '#foundation/refusal';

export const refuse = defineRefusals('upload', {
  unknown: {
    kind: 'not_found',
    vi: 'Không có tệp tải lên {id}, hoặc tệp đã hết hạn.',
    en: 'There is no upload {id}, or it expired.',
    who: 'sender',
    next: 'Begin the upload again; an upload that nobody continues is dropped after a day.',
  },
  unfinished: {
    kind: 'conflict',
    vi: 'Tệp tải lên {id} mới có {received} trong {size} byte.',
    en: 'Of the upload {id} only {received} of {size} bytes have arrived.',
    who: 'sender',
    next: 'Finish the upload (PATCH from the offset that HEAD shows), then refer to it.',
  },
  offset_differs: {
    kind: 'conflict',
    vi: 'Tệp tải lên đang ở byte {offset}, không phải vị trí đã nêu.',
    en: 'The upload stands at byte {offset}, not at the stated offset.',
    who: 'vendor',
    next: 'Ask for the offset (HEAD) and continue from there.',
  },
  too_large: {
    kind: 'too_large',
    vi: 'Tệp lớn hơn giới hạn {limitBytes} byte, hoặc dài hơn kích thước đã khai.',
    en: 'The file is larger than {limitBytes} bytes, or than the length that was announced.',
    who: 'sender',
    next: 'Upload less, or announce the right length.',
  },
  too_many: {
    kind: 'too_many',
    vi: 'Hệ thống này đang có quá nhiều tệp tải lên (tối đa {limit} tệp, tổng {limitBytes} byte).',
    en: 'This system has too many uploads (at most {limit}, together {limitBytes} bytes).',
    who: 'sender',
    next: 'Delete uploads that are no longer needed, or wait until they expire.',
  },
  header_malformed: {
    kind: 'invalid',
    vi: 'Tiêu đề {header} thiếu hoặc sai dạng.',
    en: 'The header {header} is missing or malformed.',
    who: 'vendor',
    next: 'Write it as tus 1.0 says; Upload-Defer-Length is not supported.',
  },
  version_unsupported: {
    kind: 'invalid',
    status: 412,
    vi: 'Chỉ hỗ trợ giao thức tus 1.0.0.',
    en: 'Only version 1.0.0 of tus is spoken here.',
    who: 'vendor',
    next: 'Send Tus-Resumable: 1.0.0 with every request.',
  },
  checksum_differs: {
    kind: 'invalid',
    status: 460,
    vi: 'Phần vừa nhận không khớp mã kiểm tra đã khai; phần này không được lưu.',
    en: 'The piece does not have the checksum that was announced; it was discarded.',
    who: 'sender',
    next: 'Send the piece again from the same offset.',
  },
});
