import { z } from 'zod';
import { administer } from '../administer.ts';
import { defineCommand } from '../command.ts';
import { exitCodes, misused } from '../failure.ts';

export const evidenceErase = defineCommand({
  name: 'evidence erase',
  summary: {
    vi: 'Xóa thông tin mô tả của một văn bản theo yêu cầu của pháp luật; bằng chứng giữ nguyên',
    en: 'Erase what describes a document, as a law demands; its evidence stays',
  },
  operands: [
    {
      name: 'ENVELOPE',
      help: { vi: 'mã gửi (docId mà bên gửi nhận được)', en: 'id of the sending (the docId of its sender)' },
    },
  ],
  options: {
    organisation: {
      type: 'string',
      placeholder: 'CODE',
      help: { vi: 'Cơ quan đã gửi', en: 'The organisation that sent it' },
    },
    basis: {
      type: 'string',
      placeholder: 'TEXT',
      help: {
        vi: 'Căn cứ pháp lý và quyết định; được ghi lại và không xóa được',
        en: 'The law and the decision; recorded, and never erased',
      },
    },
    content: {
      type: 'boolean',
      help: { vi: 'Hủy cả nội dung văn bản trên trục', en: 'Destroy the content on the axis as well' },
    },
  },
  details: {
    vi: 'Không lấy lại được. Bản mà bên nhận đã lấy về không bị xóa. Trạng thái trả lời là một lần gửi riêng, xóa riêng.',
    en: 'It cannot be undone. Copies that were fetched are not erased. A status in answer is a sending of its own.',
  },
  examples: [
    'lienthong evidence erase 0190… --organisation H64.31 --basis "Luật số …, Quyết định số …" --content',
  ],
  async run({ options, operands: { ENVELOPE: envelope }, context }) {
    const { organisation, basis: legalBasis } = options;
    if (organisation === undefined || legalBasis === undefined) {
      throw misused({
        vi: 'Cần có --organisation MÃ và --basis "CĂN CỨ".',
        en: '--organisation CODE and --basis "LEGAL BASIS" are needed.',
      });
    }
    const erased = await (
      await administer(context)
    ).ask({
      method: 'POST',
      area: 'erasures',
      path: '',
      json: { organisation, envelope, legalBasis, destroysContent: options.content },
      answer: z.object({ erasedDetails: z.number(), isContentDestroyed: z.boolean() }),
    });
    const { terminal } = context;
    terminal.json(erased);
    const content = erased.isContentDestroyed
      ? terminal.say({ vi: ', đã hủy nội dung', en: ', content destroyed' })
      : '';
    const count = terminal.say({
      vi: `Đã xóa ${erased.erasedDetails} mục chi tiết`,
      en: `Erased ${erased.erasedDetails} details`,
    });
    terminal.line(`${terminal.style('green', '✓')} ${count}${content}`);
    return exitCodes.ok;
  },
});
