/** With which exit code a backup or a restore ends that did not come about. */
import { Refusal } from '#foundation/refusal';
import { misused, troubled, unverified } from './failure.ts';

const kinds = {
  'backup.target_inside': misused,
  'backup.target_taken': misused,
  'backup.keys_missing': misused,
  'backup.nothing_there': misused,
  'backup.database_elsewhere': misused,
  'backup.no_room': troubled,
  'backup.incomplete': unverified,
  'backup.damaged': unverified,
  'backup.does_not_open': unverified,
} as const;

export function asFailure(error: unknown): unknown {
  if (!(error instanceof Refusal && error.code in kinds)) return error;
  const fail = kinds[error.code as keyof typeof kinds];
  return fail({ vi: error.sentence('vi'), en: error.sentence('en') }, { code: error.code, cause: error });
}
