/** The refusals about duties of time and reports. */
import { defineRefusals } from '#foundation/refusal';

export const refuse = defineRefusals('duties', {
  late_duty_unknown: {
    kind: 'not_found',
    vi: 'Không có việc chậm {id} nào thuộc cơ quan của hệ thống này.',
    en: 'No late duty {id} is held by an organisation of this system.',
    who: 'receiver',
    next: 'List what is late: only who holds a duty can say why it was late.',
  },
  reason_text_invalid: {
    kind: 'invalid',
    vi: 'Lý do chậm “khác” cần lời giải thích; mọi lời giải thích dài nhất {limit} ký tự.',
    en: 'The reason “other” needs a text; any text has at most {limit} characters.',
    who: 'receiver',
    next: 'Say in one sentence why it was late.',
  },
  ladder_invalid: {
    kind: 'invalid',
    vi: 'Bậc nhắc việc có nhiều nhất {rungs} bậc, mỗi bậc từ 1 đến {minutes} phút; có nhắc nơi gửi, và bậc cuối (chỉ bậc cuối) là trả lại.',
    en: 'A ladder has at most {rungs} rungs of 1 to {minutes} minutes; it tells the sender, and its last rung, no other, is the return.',
    who: 'operator',
    next: 'Give all rungs in their order, the return at the end.',
  },
  period_invalid: {
    kind: 'invalid',
    vi: 'Kỳ báo cáo phải bắt đầu không sau ngày kết thúc và dài nhất {limit} ngày.',
    en: 'A period begins no later than it ends and has at most {limit} days.',
    who: 'operator',
    next: 'Give `from` and `to` as dates, or ask year by year.',
  },
  savings_parameter_invalid: {
    kind: 'invalid',
    vi: 'Tham số {name} phải từ 0 đến {limit} và có nguồn dẫn.',
    en: 'The parameter {name} lies between 0 and {limit} and has a source.',
    who: 'operator',
    next: 'Give the value in the unit that the list of parameters names, and where it comes from.',
  },
});
