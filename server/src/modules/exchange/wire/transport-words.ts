/**
 * The four transport words that the existing protocols share. They say where the copy is, not what the receiver does about the
 * document; that is the business status, which travels as an edXML status message.
 */
import { assertNever } from '#foundation/refusal';
import type { DeliveryState } from '../delivery.ts';

export type TransportWord = 'INITIAL' | 'PROCESSING' | 'DONE' | 'FAIL';

export interface TransportStatus {
  readonly word: TransportWord;
  readonly description: string;
}

export function transportStatus(state: DeliveryState): TransportStatus {
  switch (state) {
    case 'waiting':
      return { word: 'INITIAL', description: 'Chờ nhận' };
    case 'parked':
      return { word: 'INITIAL', description: 'Chờ nhận, đã thử chuyển nhiều lần không thành công' };
    case 'sending':
      return { word: 'PROCESSING', description: 'Đang chuyển tới bên nhận' };
    case 'fetched':
      return { word: 'PROCESSING', description: 'Bên nhận đã lấy về, chưa xác nhận' };
    case 'done':
      return { word: 'DONE', description: 'Bên nhận đã nhận đủ' };
    case 'failed':
      return { word: 'FAIL', description: 'Bên nhận báo không lưu được' };
    case 'returned':
      return { word: 'FAIL', description: 'Quá hạn không nhận, đã báo trả lại bên gửi' };
    case 'recalled':
      return { word: 'FAIL', description: 'Bên gửi đã lấy lại' };
    default:
      return assertNever(state);
  }
}
