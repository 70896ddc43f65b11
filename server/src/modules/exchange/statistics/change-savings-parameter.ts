/** An operator gives a parameter of the formula another value, with its source. What it was before stays readable. */
import { axisOrganisation } from '#directory';
import { inTransaction } from '#foundation/db';
import { record } from '#foundation/evidence';
import type { Actor } from '#foundation/evidence';
import type { Platform } from '#foundation/platform';
import { refuse } from '../duties/refusals.ts';
import { insertSavingsParameter, listSavingsParameters } from '../store/report-rows.ts';
import type { SavingsParameter } from '../store/report-rows.ts';

const limits = { value: 1_000_000_000_000, sourceLength: 500 };

/** The same value from the same source again changes nothing. */
export async function changeSavingsParameter(
  platform: Platform,
  request: { readonly name: string; readonly value: number; readonly source: string },
  by: Actor,
): Promise<SavingsParameter> {
  const { name, value } = request;
  const source = request.source.normalize('NFC').trim();
  const isValid =
    value >= 0 && value <= limits.value && source !== '' && source.length <= limits.sourceLength;
  const axis = await inTransaction(platform.database.app, {}, axisOrganisation);
  return inTransaction(platform.database.app, { organisations: [axis.organisationId] }, async (tx) => {
    const former = (await listSavingsParameters(tx)).find((parameter) => parameter.name === name);
    if (!isValid || !former) throw refuse('savings_parameter_invalid', { name, limit: limits.value });
    if (former.value === value && former.source === source) return former;
    const declaredBy = `${by.method}:${by.credential ?? 'axis'}`;
    await insertSavingsParameter(tx, { name, value, unit: former.unit, source, declaredBy });
    await record(tx, platform.receipts, {
      kind: 'exchange.savings_parameter_changed',
      organisation: { id: axis.organisationId, code: axis.code },
      subjectId: axis.organisationId,
      actor: by,
      // Canonical JSON has no fractions: the exact decimal is a text.
      claims: { name, value: String(value), former: String(former.value) },
      detail: { source },
    });
    return { ...former, value, source, declaredBy, declaredAt: tx.now };
  });
}
