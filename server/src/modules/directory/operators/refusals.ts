/** What operators are refused about themselves and each other. */
import { defineRefusals } from '#foundation/refusal';

export const refuse = defineRefusals('directory', {
  operator_unknown: {
    kind: 'not_found',
    vi: 'Không có quản trị trục {operator}.',
    en: 'There is no operator {operator}.',
    who: 'operator',
    next: 'List the operators.',
  },
  operator_secret_former: {
    kind: 'conflict',
    vi: 'Khóa bí mật vừa dùng là khóa cũ của quản trị {operator}.',
    en: 'The secret just used is the former one of the operator {operator}.',
    who: 'operator',
    next: 'Use the new secret first, which shows that it has arrived; then ask again with it.',
  },
  operator_is_oneself: {
    kind: 'conflict',
    vi: 'Quản trị {operator} không thể tự chấm dứt quyền của mình.',
    en: 'The operator {operator} cannot retire itself.',
    who: 'operator',
    next: 'Let another operator do it; `lienthong init --operator ID` makes one.',
  },
});
