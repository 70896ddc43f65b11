/** The second way out of a fork, as one act: the log begins its new name, and the trust file says so. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { axisOrganisation } from '#directory';
import { type Database, inTransaction } from '#foundation/db';
import {
  beginOrigin,
  createReceiptSigner,
  formatVkey,
  issueTrust,
  parseTrust,
  rawPublicKey,
  trustContentOf,
  trustOfOrigin,
} from '#foundation/evidence';
import type { BegunOrigin, CheckpointArchive } from '#foundation/evidence';
import type { Config } from './config.ts';
import { ConfigError } from './config-source.ts';
import { writeTrustFile } from './trust-file.ts';

export interface NewOrigin {
  readonly config: Pick<Config, 'dataFolder' | 'keys'>;
  readonly database: Database;
  readonly archive: CheckpointArchive;
  readonly origin: string;
  readonly issuedAt: Temporal.Instant;
}

/** Needs the root key and the log key; refuses where the log is not forked. No server may run meanwhile. */
export async function adoptOrigin(request: NewOrigin): Promise<BegunOrigin> {
  const { config, database, archive, origin, issuedAt } = request;
  const { root, log, receipt } = config.keys;
  if (!root) throw new ConfigError([{ name: 'LIENTHONG_ROOT_KEY', ...missing('root.key') }]);
  if (log.length === 0) throw new ConfigError([{ name: 'LIENTHONG_LOG_KEY', ...missing('log.key') }]);
  const trust = parseTrust(await readFile(join(config.dataFolder, 'trust.json'), 'utf8'));
  const former = trustContentOf(trust);
  const axis = await inTransaction(database.app, {}, axisOrganisation);
  const organisation = { id: axis.organisationId, code: axis.code };
  const receipts = createReceiptSigner(receipt);
  const begun = await beginOrigin({ database, archive, receipts, trust: former, origin, organisation });
  const vkeys = log.map((key) => formatVkey(origin, rawPublicKey(key)));
  const content = trustOfOrigin(former, { begun, origin, vkeys, issuedAt });
  await writeTrustFile(config.dataFolder, issueTrust(content, root, trust.handovers));
  return begun;
}

function missing(file: string) {
  return {
    vi: `Cần khóa ${file}: đặt lại vào DIR/keys cho lệnh này, rồi cất đi.`,
    en: `The key ${file} is needed: put it into DIR/keys for this command, then take it away again.`,
  };
}
