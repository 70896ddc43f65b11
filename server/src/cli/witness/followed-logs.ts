/** Which logs a witness follows, from trust files and verifier keys as they were typed. */
import { readFile } from 'node:fs/promises';
import { parseTrust } from '#foundation/evidence';
import { logKeysOf, parseVkey, type LogKey } from '#foundation/evidence/witness';
import { misused, unverified } from '../failure.ts';

export interface Followed {
  readonly trustFiles: readonly string[];
  /** Any root key where there are none. */
  readonly fingerprints: readonly string[];
  readonly vkeys: readonly string[];
}

export async function followLogs({
  trustFiles,
  fingerprints,
  vkeys,
}: Followed): Promise<ReadonlyMap<string, readonly LogKey[]>> {
  const logs = new Map<string, LogKey[]>();
  const follow = (origin: string, keys: readonly LogKey[]): void => {
    logs.set(origin, [...(logs.get(origin) ?? []), ...keys]);
  };
  for (const path of trustFiles) {
    const trust = parseTrust(await readFile(path, 'utf8'));
    if (fingerprints.length > 0 && !trust.rootFingerprints.some((root) => fingerprints.includes(root))) {
      throw unverified(
        {
          vi: `${path} được ký bằng khóa gốc ${trust.rootFingerprint}, không có trong --fingerprint.`,
          en: `${path} is signed with root key ${trust.rootFingerprint}, which no --fingerprint names.`,
        },
        { code: 'evidence.trust_root_unknown' },
      );
    }
    follow(trust.origin, logKeysOf(trust));
  }
  for (const vkey of vkeys) {
    const verifier = parseVkey(vkey);
    if (!verifier)
      throw misused({ vi: `Không phải vkey Ed25519: ${vkey}`, en: `Not an Ed25519 vkey: ${vkey}` });
    // A log's key is named like the log.
    follow(verifier.name, [{ verifier, fromSize: 0, untilSize: null }]);
  }
  if (logs.size === 0) {
    throw misused(
      { vi: 'Chưa nói theo dõi nhật ký nào.', en: 'Which log should be followed?' },
      { remedy: { vi: 'Thêm --trust FILE hoặc --log VKEY.', en: 'Add --trust FILE or --log VKEY.' } },
    );
  }
  return logs;
}
