/** The codes of the evidence log: what its HTTP reading and the verification of receipts and trust files may answer. */
import { defineRefusals, type RefusalEntry } from '#foundation/refusal';

/** What a verifier says of a text that does not hold: the one who holds it fetches it again from its source. */
function doesNotVerify(vi: string, en: string, next: string): RefusalEntry {
  return { kind: 'invalid', vi, en, who: 'receiver', next };
}

const askAgain =
  'Take the receipt again from the system that received it, byte for byte, and verify that copy.';

export const refuse = defineRefusals('evidence', {
  not_in_log_yet: {
    kind: 'not_found',
    vi: 'Biên nhận này chưa có trong nhật ký bằng chứng đã ký.',
    en: 'This receipt is not in the signed evidence log yet.',
    who: 'nobody',
    next: 'Ask again after some seconds; when it lasts, /readyz says how far the log is behind.',
  },
  tile_unknown: {
    kind: 'not_found',
    vi: 'Nhật ký đã ký không có phần {path}.',
    en: 'The signed log has no part {path}.',
    who: 'nobody',
    next: 'Read /log/checkpoint and ask only for tiles that a tree of that size has.',
  },
  log_behind: {
    kind: 'unavailable',
    vi: 'Nhật ký bằng chứng đang chậm {waiting} mục, tạm thời không nhận thêm.',
    en: 'The evidence log is {waiting} entries behind; nothing more is accepted for now.',
    who: 'operator',
    next: 'Bring back the log key or the sequencer; /readyz and /metrics name what is missing. Senders repeat later.',
  },
  fork: {
    kind: 'unavailable',
    vi: 'Nhật ký bằng chứng không khớp với điểm kiểm tra đã ký ở kích thước {size}; dừng ký.',
    en: 'The evidence log contradicts the checkpoint signed at size {size}; signing has stopped.',
    who: 'operator',
    next: 'Follow "Forks" in docs/operations/backup-and-restore.md: replay the lost tail or begin a new origin.',
  },
  key_not_listed: {
    kind: 'not_found',
    vi: 'Tệp tin cậy không ghi khóa {keyId}.',
    en: 'The trust file lists no key {keyId}.',
    who: 'operator',
    next: 'See the ids of the keys: lienthong keys list.',
  },
  not_forked: {
    kind: 'conflict',
    vi: 'Nhật ký {origin} vẫn nối tiếp được điểm kiểm tra đã ký ở kích thước {size}; không cần tên mới.',
    en: 'The log {origin} still goes on from the checkpoint signed at size {size}; it needs no other name.',
    who: 'operator',
    next: 'Start the server. A new origin is only for a log whose tail is lost; put the newest DIR/checkpoints back first.',
  },
  origin_used: {
    kind: 'conflict',
    vi: 'Tên {origin} đã được dùng cho nhật ký này.',
    en: 'The name {origin} was used for this log already.',
    who: 'operator',
    next: 'Choose a name that this log never had, for example with the year at its end.',
  },
  cosignature_malformed: {
    kind: 'invalid',
    vi: 'Nội dung gửi lên không phải điểm kiểm tra có chữ ký của nhân chứng.',
    en: 'The body is not a checkpoint with the signature of a witness.',
    who: 'vendor',
    next: 'Send the checkpoint of /log/checkpoint/to-cosign as a signed note, with the line of the cosignature at its end.',
  },
  cosignature_unwanted: {
    kind: 'forbidden',
    vi: 'Không có chữ ký nào của nhân chứng mà trục này được cấu hình.',
    en: 'None of the signatures is by a witness that this axis is configured with.',
    who: 'operator',
    next: 'The operator of the axis adds the vkey of the witness to LIENTHONG_WITNESSES.',
  },
  cosignature_wrong: {
    kind: 'forbidden',
    vi: 'Chữ ký của nhân chứng {name} không đúng.',
    en: 'The signature of witness {name} is wrong.',
    who: 'vendor',
    next: 'Sign exactly the text of the checkpoint, as c2sp.org/tlog-cosignature says.',
  },
  checkpoint_unknown: {
    kind: 'conflict',
    vi: 'Nhật ký này không công bố điểm kiểm tra đó ở kích thước {size}.',
    en: 'This log did not publish that checkpoint of size {size}.',
    who: 'operator',
    next: 'Keep the cosigned checkpoint: where the log signed it, it proves a fork. See "Forks" in docs/operations/backup-and-restore.md.',
  },
  receipt_malformed: doesNotVerify(
    'Tệp này không phải biên nhận nguyên vẹn: {detail}.',
    'This is not an intact receipt: {detail}.',
    askAgain,
  ),
  receipt_key_unknown: doesNotVerify(
    'Biên nhận được ký bằng khóa {kid}, không có trong tệp tin cậy.',
    'The receipt is signed with key {kid}, which the trust file does not list.',
    'Fetch the current trust file of the axis that gave the receipt and verify its fingerprint.',
  ),
  receipt_signature_wrong: doesNotVerify(
    'Chữ ký của biên nhận không đúng: nội dung đã bị thay đổi.',
    'The signature of the receipt is wrong: something in it was changed.',
    askAgain,
  ),
  receipt_key_distrusted: doesNotVerify(
    'Khóa {kid} không còn được tin từ kích thước {size}; biên nhận cần bằng chứng có mặt trong nhật ký trước đó.',
    'Key {kid} is distrusted from size {size}; the receipt needs proof that the log had it before.',
    'Add a proof against a checkpoint of at most that size (lienthong receipt FILE --max-size SIZE); without one the receipt does not count.',
  ),
  receipt_not_witnessed: doesNotVerify(
    'Khóa {kid} không còn được tin từ kích thước {size}; điểm kiểm tra trong biên nhận chưa đủ {quorum} nhân chứng đồng ký.',
    'Key {kid} is distrusted from size {size}, and fewer than {quorum} witnesses cosigned the checkpoint of the receipt.',
    'Fetch a proof against a witnessed checkpoint of at most that size: lienthong receipt FILE --max-size SIZE.',
  ),
  receipt_key_not_valid_there: doesNotVerify(
    'Khóa {kid} không được dùng ở vị trí {index} của nhật ký.',
    'Key {kid} was not in use at index {index} of the log.',
    askAgain,
  ),
  proof_malformed: doesNotVerify(
    'Phần chứng minh của biên nhận không đúng dạng: {detail}.',
    'The proof beside the receipt is malformed: {detail}.',
    askAgain,
  ),
  origin_unknown: doesNotVerify(
    'Điểm kiểm tra thuộc nhật ký {origin}, không phải nhật ký trong tệp tin cậy.',
    'The checkpoint is of log {origin}, which is not that of the trust file.',
    'Use the trust file of the axis that gave the receipt.',
  ),
  sandbox_origin: doesNotVerify(
    'Đây là dữ liệu của môi trường thử nghiệm, không có giá trị chứng minh.',
    'This comes from a sandbox and proves nothing.',
    'Use receipts and trust files of the production axis.',
  ),
  checkpoint_signature_wrong: doesNotVerify(
    'Điểm kiểm tra không có chữ ký đúng của khóa nhật ký trong tệp tin cậy.',
    'The checkpoint has no correct signature by a log key of the trust file.',
    askAgain,
  ),
  inclusion_wrong: doesNotVerify(
    'Phần chứng minh không dẫn từ biên nhận này đến điểm kiểm tra.',
    'The proof does not lead from this receipt to the checkpoint.',
    askAgain,
  ),
  time_stamp_wrong: doesNotVerify(
    'Dấu thời gian của điểm kiểm tra không đúng ({code}).',
    'The time-stamp of the checkpoint is wrong ({code}).',
    'Take the receipt again, and the current trust file, which lists the time-stamping authorities that count.',
  ),
  trust_malformed: doesNotVerify(
    'Tệp tin cậy không đúng dạng: {detail}.',
    'The trust file is malformed: {detail}.',
    'Fetch the trust file again from the axis.',
  ),
  trust_signature_wrong: doesNotVerify(
    'Chữ ký của tệp tin cậy không đúng.',
    'The signature of the trust file is wrong.',
    'Fetch the trust file again from the axis and compare the fingerprint of its root key.',
  ),
  trust_root_unknown: doesNotVerify(
    'Tệp tin cậy được ký bằng khóa gốc {fingerprint}, khác với khóa đã ghim.',
    'The trust file is signed with root key {fingerprint}, not with the pinned one.',
    'Ask the operator of the axis, by another way than the network, which fingerprint is right.',
  ),
  trust_older: doesNotVerify(
    'Tệp tin cậy có số {serial}, cũ hơn số {known} đã biết.',
    'The trust file has serial {serial}, older than {known} which is known.',
    'Fetch the current trust file of the axis.',
  ),
});
