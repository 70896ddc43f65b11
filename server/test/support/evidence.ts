/** What the tests of the evidence log arrange with: fixed keys, facts about nobody, and the way from a fact to a proof. */
import { createPrivateKey, randomUUID, type KeyObject } from 'node:crypto';
import type { OrganisationId } from '#foundation/ids';
import { sha256 } from '../../src/foundation/evidence/encoding.ts';
import { rawPublicKey } from '../../src/foundation/evidence/ed25519.ts';
import type { Fact } from '../../src/foundation/evidence/entry.ts';
import type { LogSigner } from '../../src/foundation/evidence/checkpoint.ts';
import { createNoteSigner, type NoteSigner } from '../../src/foundation/evidence/note.ts';
import { createReceiptSigner } from '../../src/foundation/evidence/receipt.ts';
import { sequenceEntries } from '../../src/foundation/evidence/sequence-entries.ts';
import {
  issueTrust,
  parseTrust,
  type Trust,
  type TrustContent,
} from '../../src/foundation/evidence/trust.ts';

import type { TestDatabase } from './database.ts';

export const origin = 'sandbox.invalid/test';

export const receiptKey = testKey('receipt');
export const logKey = testKey('log');
export const rootKey = testKey('root');

export const receiptSigner = createReceiptSigner(receiptKey);
const noteSigner = createNoteSigner(origin, logKey);
/** Signs any note, and checkpoints as the only key of the log. */
export const logSigner: NoteSigner & LogSigner = { ...noteSigner, signers: [noteSigner] };

export const trustContent: TrustContent = {
  format: 'lienthong-trust@v1',
  purpose: 'sandbox',
  serial: 1,
  issuedAt: '2026-11-21T02:00:00.000Z',
  origin,
  logKeys: [{ vkey: logSigner.vkey, fromSize: 0, untilSize: null }],
  receiptKeys: [
    {
      kid: receiptSigner.keyId,
      publicKey: rawPublicKey(receiptKey).toString('base64url'),
      fromSize: 0,
      untilSize: null,
      distrustedFromSize: null,
    },
  ],
  witnesses: [],
  quorum: 0,
  timestampAnchors: [],
};

export const trust = trustOf({});

export function trustOf(changes: Partial<TrustContent>): Trust {
  return parseTrust(issueTrust({ ...trustContent, ...changes }, rootKey));
}

/** A key that anybody can make again from the vectors in docs/protocols: SHA-256 of its name is the seed. */
export function testKey(name: string): KeyObject {
  const seed = sha256(`lienthong test vector ${name} key`);
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
}

export const organisation = { id: '019ab000-0000-7000-8000-000000000001' as OrganisationId, code: 'G12' };

export function someFact(changes: Partial<Fact> = {}): Fact {
  return {
    kind: 'exchange.accepted',
    organisation,
    subjectId: randomUUID(),
    actor: { method: 'vxp', system: '019ab000-0000-7000-8000-000000000002' },
    claims: { recipients: 3, package: `sha256:${'A'.repeat(43)}` },
    detail: { subject: 'Về việc kiểm thử' },
    ...changes,
  };
}

/** Gives every waiting entry its leaf now, beside or instead of a running sequencer. */
export async function sequenceAll({ database }: Pick<TestDatabase, 'database'>): Promise<void> {
  while ((await sequenceEntries(database.sequencer, { size: 0 })) > 0);
}
