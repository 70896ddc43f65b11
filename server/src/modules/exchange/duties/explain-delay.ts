/** Whoever holds a duty says why it was late. The code is counted; the text is kept as the detail of an entry only. */
import { codeOfOrganisation } from '#directory';
import { inTransaction } from '#foundation/db';
import { insertEntries, prepareEntry, receiptOf } from '#foundation/evidence';
import { isId } from '#foundation/ids';
import { actorOf } from '../caller.ts';
import type { Caller } from '../caller.ts';
import type { Exchange } from '../exchange.ts';
import { lockLateDuty, setDelayReason } from '../store/duty-rows.ts';
import type { DelayReason } from './duty.ts';
import { refuse } from './refusals.ts';

const textLimit = 500;

export interface DelayExplanation {
  /** The envelope that was sent late, or the delivery whose receipt was confirmed late. */
  readonly id: string;
  readonly reason: DelayReason;
  readonly text?: string | undefined;
}

/** Saying it again replaces what was said; both are in the log. */
export async function explainDelay(
  exchange: Pick<Exchange, 'platform'>,
  caller: Caller,
  { id, reason, text = '' }: DelayExplanation,
): Promise<{ readonly receipt: string }> {
  if (!isId(id)) throw refuse('late_duty_unknown', { id: id.slice(0, 64) });
  const said = text.normalize('NFC').trim();
  if (said.length > textLimit || (reason === 'other' && said === '')) {
    throw refuse('reason_text_invalid', { limit: textLimit });
  }
  const { platform } = exchange;
  const organisations = [...new Set([...caller.speaksFor, ...caller.receivesFor])];
  return inTransaction(platform.database.app, { organisations }, async (tx) => {
    const duty = await lockLateDuty(tx, { organisations, subjectId: id });
    if (!duty) throw refuse('late_duty_unknown', { id });
    const { organisationId, subjectId, rule } = duty;
    const entry = prepareEntry(
      {
        kind: 'exchange.delay_explained',
        organisation: { id: organisationId, code: await codeOfOrganisation(tx, organisationId) },
        subjectId,
        actor: actorOf(caller),
        claims: { rule, reason },
        ...(said !== '' && { detail: { text: said } }),
      },
      { at: tx.now, signer: platform.receipts },
    );
    await insertEntries(tx, [entry]);
    await setDelayReason(tx, duty, { reason, entryId: entry.id });
    return { receipt: receiptOf(entry) };
  });
}
