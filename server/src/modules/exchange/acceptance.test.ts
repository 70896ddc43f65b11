import { describe, expect, test } from 'vitest';
import type { ResolvedOrganisation } from '#directory';
import { newId } from '#foundation/ids';
import { decideAcceptance, maxRecipients } from './acceptance.ts';
import type { ArrivedDocument, Decision, FormerSending } from './acceptance.ts';

const ministry = organisation('G12', '000.00.00.G12');
const province = organisation('H37', '000.00.00.H37');
const commune = organisation('H37.09.05', null);
const merged = organisation('H37.09.06', null, { state: 'ended', successorCode: 'H37.09.05' });
const directory = directoryOf(ministry, province, commune, merged);

describe('a new document', () => {
  test('reaches each organisation once, whichever code forms name it', () => {
    const decision = accept(decideAcceptance(letter('G12', '000.00.00.G12', 'H37'), [], directory));
    expect(decision.recipients.map(({ toCode, state }) => [toCode, state])).toEqual([
      ['G12', 'waiting'],
      ['H37', 'waiting'],
    ]);
  });

  test('reaches those it can, and says which it cannot and why', () => {
    const decision = accept(decideAcceptance(letter('G12', 'X99', 'H37.09.06'), [], directory));
    expect(decision.recipients).toMatchObject([
      { toCode: 'G12', state: 'waiting' },
      { toCode: 'X99', state: 'refused', refusalCode: 'exchange.recipient_unknown' },
      {
        toCode: 'H37.09.06',
        state: 'refused',
        refusalCode: 'exchange.recipient_ended',
        successor: 'H37.09.05',
      },
    ]);
  });

  test('is refused as a whole when it reaches nobody', () => {
    expect(() => decideAcceptance(letter('X99'), [], directory)).toThrow(/recipient_unknown.*X99/);
    expect(() => decideAcceptance(letter('H37.09.06'), [], directory)).toThrow(
      /recipient_ended.*H37\.09\.05/,
    );
    expect(() => decideAcceptance(letter(), [], directory)).toThrow(/recipient_missing/);
  });

  test('does not go to more recipients than a circular can have', () => {
    const many = Array.from({ length: maxRecipients + 1 }, (_, index) => `X${index}`);
    expect(() => decideAcceptance(letter(...many), [], directory)).toThrow(/recipients_too_many/);
  });
});

describe('the same content again', () => {
  const first = sendingOf(letter('G12', 'X99'), 0);

  test('is a repeat, in any order and code form of its recipients', () => {
    expect(decideAcceptance(letter('X99', 'G12'), [first], directory)).toEqual({
      outcome: 'repeat',
      sending: first,
    });
    expect(decideAcceptance(letter('000.00.00.G12'), [first], directory)).toEqual({
      outcome: 'repeat',
      sending: first,
    });
  });

  test('goes to new recipients alone, as a supplement', () => {
    const decision = accept(decideAcceptance(letter('G12', 'H37'), [first], directory));
    expect(decision.supplement).toBe(1);
    expect(decision.recipients).toMatchObject([{ ordinal: 0, toCode: 'H37', state: 'waiting' }]);
  });

  test('goes to who was refused before and can be reached now; again, it repeats that supplement', () => {
    const grown = directoryOf(ministry, province, organisation('X99', null));
    const decision = accept(decideAcceptance(letter('G12', 'X99'), [first], grown));
    expect(decision.recipients.map(({ toCode }) => toCode)).toEqual(['X99']);

    const supplement = { ...sendingOf(letter('G12', 'X99'), 1, grown), reached: reachedBy(decision) };
    expect(decideAcceptance(letter('G12', 'X99'), [first, supplement], grown)).toEqual({
      outcome: 'repeat',
      sending: supplement,
    });
  });

  test('is a repeat also when its recipient has ended since', () => {
    const sent = sendingOf(letter('G12', 'H37'), 0);
    const changed = directoryOf(ministry, { ...province, state: 'ended', successorCode: 'G12' });
    expect(decideAcceptance(letter('G12', 'H37'), [sent], changed)).toEqual({
      outcome: 'repeat',
      sending: sent,
    });
  });

  test('with a further recipient that cannot be reached is refused, since no receipt speaks of him', () => {
    expect(() => decideAcceptance(letter('G12', 'X98'), [first], directory)).toThrow(
      /recipient_unknown.*X98/,
    );
  });
});

describe('the same document id with other content', () => {
  const first = sendingOf(letter('G12'), 0);

  test('is taken', () => {
    const changed = { ...letter('G12'), contentDigest: Buffer.from('other') };
    expect(decideAcceptance(changed, [first], directory)).toEqual({ outcome: 'taken', sending: first });
  });

  test('is what updates, recalls and replacements are made of', () => {
    const update = { ...letter('G12'), contentDigest: Buffer.from('other'), businessType: 2 };
    expect(accept(decideAcceptance(update, [first], directory)).supplement).toBe(0);
  });
});

function letter(...codes: string[]): ArrivedDocument {
  return {
    documentId: 'G22,2026/11/21,1/VPCP',
    businessType: 0,
    contentDigest: Buffer.from('content'),
    to: codes.map((code) => ({ code, name: `Cơ quan ${code}` })),
  };
}

function sendingOf(document: ArrivedDocument, supplement: number, known = directory): FormerSending {
  const decision = accept(decideAcceptance(document, [], known));
  return {
    envelopeId: newId(),
    packageId: newId(),
    contentDigest: document.contentDigest,
    supplement,
    recipientsDigest: decision.recipientsDigest,
    reached: reachedBy(decision),
    refusedCodes: decision.recipients.flatMap(({ state, toCode }) => (state === 'refused' ? [toCode] : [])),
  };
}

function reachedBy(decision: ReturnType<typeof accept>) {
  return decision.recipients.flatMap((recipient) =>
    recipient.state === 'waiting' ? [recipient.organisationId] : [],
  );
}

function accept(decision: Decision) {
  if (decision.outcome !== 'accept') throw new Error('expected an acceptance');
  return decision;
}

function organisation(
  code: string,
  oldCode: string | null,
  changes: Partial<ResolvedOrganisation> = {},
): ResolvedOrganisation {
  return {
    organisationId: newId(),
    code,
    oldCode,
    name: `Cơ quan ${code}`,
    state: 'active',
    successorCode: null,
    hasReceivingSystem: true,
    ...changes,
  };
}

function directoryOf(...organisations: ResolvedOrganisation[]): Map<string, ResolvedOrganisation> {
  return new Map(
    organisations.flatMap((known) => [
      [known.code, known] as const,
      ...(known.oldCode ? [[known.oldCode, known] as const] : []),
    ]),
  );
}
