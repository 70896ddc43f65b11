/** Every command, in the order in which help tells of them. */
import type { Command } from './command.ts';
import { backup } from './commands/backup.ts';
import { calendarCommands } from './commands/calendar.ts';
import { doctor } from './commands/doctor.ts';
import { evidenceErase } from './commands/evidence-erase.ts';
import { get } from './commands/get.ts';
import { inbox } from './commands/inbox.ts';
import { init } from './commands/init.ts';
import { keysCommands } from './commands/keys.ts';
import { ladderCommands } from './commands/ladder.ts';
import { mark } from './commands/mark.ts';
import { operatorCommands } from './commands/operator.ts';
import { organisationImport } from './commands/organisation-import.ts';
import { organisationCommands } from './commands/organisation.ts';
import { originBegin } from './commands/origin-begin.ts';
import { recall } from './commands/recall.ts';
import { receipt } from './commands/receipt.ts';
import { reply } from './commands/reply.ts';
import { restore } from './commands/restore.ts';
import { reportCommands } from './commands/report.ts';
import { send } from './commands/send.ts';
import { status } from './commands/status.ts';
import { systemCommands } from './commands/system.ts';
import { takeBack } from './commands/take-back.ts';
import { upgrade } from './commands/upgrade.ts';
import { verify } from './commands/verify.ts';
import { witness } from './commands/witness.ts';
import type { HelpTopic } from './help.ts';

export const topics: readonly HelpTopic[] = [
  {
    title: { vi: 'Gửi và nhận', en: 'Sending and receiving' },
    commands: [send, status, takeBack, recall, inbox, get, mark, reply],
  },
  { title: { vi: 'Bằng chứng', en: 'Evidence' }, commands: [verify, receipt, evidenceErase, witness] },
  {
    title: { vi: 'Danh mục (quản trị)', en: 'Directory (operator)' },
    commands: [...organisationCommands, organisationImport, ...systemCommands],
  },
  {
    title: { vi: 'Lịch làm việc, thời hạn (quản trị)', en: 'Working calendar, times (operator)' },
    commands: [...calendarCommands, ...ladderCommands],
  },
  { title: { vi: 'Báo cáo (quản trị)', en: 'Reports (operator)' }, commands: reportCommands },
  {
    title: { vi: 'Vận hành', en: 'Operation' },
    commands: [init, doctor, backup, restore, upgrade, originBegin, ...keysCommands, ...operatorCommands],
  },
];

export const commands: readonly Command[] = topics.flatMap((topic) => topic.commands);
