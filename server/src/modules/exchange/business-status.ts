/**
 * What a receiving organisation does about a document, in the codes of QCVN 102 (edXML StatusCode). They go forward only:
 * any later one may follow, since real receivers skip; 02 and 06 end. 13, 15 and 16 are about taking back and stand
 * beside this line.
 */
import { refuse } from './refusals.ts';

export type ProgressStatus = '01' | '02' | '03' | '04' | '05' | '06';
/** 15 agrees to give back, 16 declines. */
export type AnswerStatus = '15' | '16';
export type TakeBackStatus = '13' | AnswerStatus;
export type BusinessStatus = ProgressStatus | TakeBackStatus;

export const statusNames: Readonly<Record<BusinessStatus, string>> = {
  '01': 'Đã đến',
  '02': 'Từ chối tiếp nhận',
  '03': 'Đã tiếp nhận',
  '04': 'Phân công xử lý',
  '05': 'Đang xử lý',
  '06': 'Hoàn thành',
  '13': 'Lấy lại',
  '15': 'Đồng ý lấy lại/cập nhật',
  '16': 'Từ chối lấy lại/cập nhật',
};

export function parseStatusCode(code: string): BusinessStatus {
  if (Object.hasOwn(statusNames, code)) return code as BusinessStatus;
  throw refuse('status_code_unknown', { code });
}

export function isProgress(status: BusinessStatus): status is ProgressStatus {
  return status < '13';
}

export function isAnswer(status: BusinessStatus): status is AnswerStatus {
  return status === '15' || status === '16';
}

const successors: Readonly<Record<ProgressStatus | 'none', readonly ProgressStatus[]>> = {
  none: ['01', '02', '03', '04', '05', '06'],
  '01': ['02', '03', '04', '05', '06'],
  '02': [],
  '03': ['04', '05', '06'],
  // Assigned again and worked on again are facts of their own; the others happen once.
  '04': ['04', '05', '06'],
  '05': ['05', '06'],
  '06': [],
};

/**
 * Whether a status moves the document forward or says again what it already is ("same", which changes nothing). Refuses
 * what goes backward or comes after the end.
 */
export function nextStatus(current: ProgressStatus | null, code: ProgressStatus): 'forward' | 'same' {
  const allowed = successors[current ?? 'none'];
  if (allowed.includes(code)) return 'forward';
  if (current === code) return 'same';
  if (current && allowed.length === 0) throw refuse('status_ended', { current, code });
  throw refuse('status_backward', { current: current ?? '', code });
}
