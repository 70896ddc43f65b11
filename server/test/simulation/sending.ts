/** What senders do: send, send again, send something else under the same id, take back, pass on. */
import { send } from '#exchange';
import { bodyOf, writeLetter, writeReport } from '../support/letters.ts';
import type { Letter, Report } from '../support/letters.ts';
import { agencies, callerFrom, methods, unknownCode } from './country.ts';
import type { Sending } from './correspondence.ts';
import { holds } from './simulation.ts';
import type { Act, Habit, Simulation } from './simulation.ts';

export const senders: readonly Habit[] = [
  { name: 'send', weight: 12, begin: sendNew },
  { name: 'send again', weight: 7, begin: sendAgain },
  { name: 'send something else', weight: 1, begin: sendSomethingElse },
  { name: 'recall', weight: 2, begin: (simulation) => sendAbout(simulation, 1) },
  { name: 'update', weight: 4, begin: (simulation) => sendAbout(simulation, 2) },
  { name: 'replace', weight: 2, begin: (simulation) => sendAbout(simulation, 3) },
  { name: 'take back', weight: 3, begin: takeBack },
  { name: 'pass on', weight: 2, begin: passOn },
];

/** Of a system that was suspended, or of an organisation that ended, in the meantime. */
export const outOfOffice = [
  'exchange.system_suspended',
  'exchange.sender_ended',
  'exchange.not_your_organisation',
];
const nobodyThere = ['exchange.recipient_ended', 'exchange.recipient_unknown'];

/** Two sizes: kept in the database, and as a file. */
const smallBytes = 300;
const largeBytes = 70_000;

function sendNew(simulation: Simulation): Act {
  const { known, random } = simulation;
  const sender = random.pick(agencies);
  const codes = agencies.flatMap(({ code, oldCode }) =>
    oldCode && random.chance(0.3) ? [code, oldCode] : [code],
  );
  const to = random.some(codes, 1 + random.below(4));
  const letter = compose(simulation, sender.code, {
    to: random.chance(0.1) ? [...to, unknownCode] : to,
    priority: random.pick([0, 0, 0, 1, 3] as const),
    content: random.bytes(random.chance(0.1) ? largeBytes : smallBytes),
  });
  return attempt(simulation, known.addSending(random.pick(sender.systems), letter));
}

/** Mostly what was sent just now and got no answer, sometimes what was sent long ago. */
function sendAgain(simulation: Simulation): Act | undefined {
  const { known, random } = simulation;
  if (known.sendings.length === 0) return undefined;
  const recent = known.sendings.slice(random.chance(0.7) ? -8 : 0);
  const unanswered = recent.filter(({ envelopeId, refusedWith }) => !envelopeId && !refusedWith);
  const sending = random.pick(unanswered.length > 0 ? unanswered : recent);
  return attempt(simulation, sending, { isRebuilt: random.chance(0.5) });
}

/** The document id of an acknowledged letter for other content: nothing of it may be delivered. */
function sendSomethingElse(simulation: Simulation): Act | undefined {
  const { known, random } = simulation;
  const taken = known.sendings.filter(({ letter, envelopeId }) => !letter.docType && envelopeId);
  if (taken.length === 0) return undefined;
  const { system, letter, number } = random.pick(taken);
  const other = { ...letter, content: random.bytes(smallBytes) };
  return {
    what: `${system} sends something else as letter ${number}`,
    async work({ exchange, platform }) {
      const bytes = await writeLetter(other);
      await send(exchange, await callerFrom(platform, system, 'vxp'), request('document', bytes));
      return () => {
        holds(false, 'X2', () => `the document id of letter ${number} was accepted with other content`);
        return '';
      };
    },
    mayBeRefused: ['exchange.document_id_taken', ...outOfOffice],
  };
}

/** A recall (1), an update (2) or a replacement (3) of one of one's own letters, to some of those who got it and others. */
function sendAbout(simulation: Simulation, docType: 1 | 2 | 3): Act | undefined {
  const { known, random } = simulation;
  const held = pickHeld(simulation);
  const original = held ?? pickOwn(simulation);
  if (!original) return undefined;
  const { letter, system } = original;
  const to = held ? [held.holder] : random.some(letter.to, 1 + random.below(letter.to.length));
  const others = agencies.filter(({ code }) => !letter.to.includes(code)).map(({ code }) => code);
  const about = compose(simulation, letter.from, {
    to,
    docType,
    about: letter.documentId,
    priority: random.pick([0, 3] as const),
    content: random.bytes(smallBytes),
    ...(docType === 1 && { reason: 'Ban hành nhầm' }),
    ...(docType === 2 &&
      random.chance(0.4) && { receivers: changesOf(random.pick(to), random.pick(others)) }),
    ...(docType === 3 && { replacements: [{ documentId: letter.documentId, organIds: [] }] }),
  });
  return attempt(simulation, known.addSending(system, about));
}

function changesOf(removed: string, added: string | undefined): NonNullable<Letter['receivers']> {
  return [
    { organId: removed, change: 'removed' },
    ...(added === undefined ? [] : [{ organId: added, change: 'added' } as const]),
  ];
}

/** Lấy lại: a status 13 about one receiver's copy. */
function takeBack(simulation: Simulation): Act | undefined {
  const original = pickOwn(simulation);
  if (!original) return undefined;
  const { letter, system, number } = original;
  const organId = simulation.random.pick(letter.to);
  return reportAct(simulation, {
    system,
    what: `asks for the copy of letter ${number} at ${organId} back`,
    report: { from: letter.from, about: { from: organId, documentId: letter.documentId }, code: '13' },
    mayBeRefused: ['exchange.original_unknown', 'exchange.already_taken_back', 'exchange.recipient_unknown'],
  });
}

function passOn(simulation: Simulation): Act | undefined {
  const { known, random } = simulation;
  const held = known.copies.filter(({ kind, fetchReceipt }) => kind === 'document' && fetchReceipt);
  if (held.length === 0) return undefined;
  const copy = random.pick(held);
  const from = agencies.find(({ code, oldCode }) => code === copy.toCode || oldCode === copy.toCode)!;
  const letter = compose(simulation, from.code, {
    to: random.some(agencies, 2).map(({ code }) => code),
    content: random.bytes(smallBytes),
  });
  return attempt(simulation, known.addSending(copy.system, letter), { onwardOf: copy.id });
}

/** One of the letters that began a thread; the newest ones are changed most. */
function pickOwn({ known, random }: Simulation): Sending | undefined {
  const originals = known.sendings.filter(({ letter }) => !letter.docType);
  const some = originals.slice(random.chance(0.7) ? -10 : 0);
  return some.length > 0 ? random.pick(some) : undefined;
}

/** One that a receiver has fetched and not confirmed, and by whom: there it matters in which order he sees what follows. */
function pickHeld({ known, random }: Simulation): (Sending & { readonly holder: string }) | undefined {
  if (random.chance(0.4)) return undefined;
  const held = known.copies.filter(
    ({ kind, fetchReceipt, isDone }) => kind === 'document' && fetchReceipt && !isDone,
  );
  const copy = held.length > 0 ? random.pick(held) : undefined;
  const original = known.sendings.find(
    ({ letter }) => !letter.docType && letter.documentId === copy?.documentId,
  );
  return copy && original && { ...original, holder: copy.toCode };
}

function compose(
  { known }: Simulation,
  from: string,
  rest: Omit<Letter, 'from' | 'number' | 'documentId' | 'subject'>,
): Letter & { readonly documentId: string } {
  const number = String(known.sendings.length + 1);
  const documentId = `${from},2026/11/20,${number}/UBND-VP`;
  return { from, number, documentId, subject: `V/v trích yếu riêng số ${number};`, ...rest };
}

/** The letter as it was first, or rebuilt with another time in it, by any dialect. */
function attempt(
  { known, random, clock }: Simulation,
  sending: Sending,
  {
    isRebuilt = false,
    onwardOf = sending.onwardOf,
  }: { isRebuilt?: boolean; onwardOf?: string | undefined } = {},
): Act {
  const { number, system, letter } = sending;
  const method = random.pick(methods);
  const sentAt = isRebuilt ? clock.now() : undefined;
  const type = letter.docType ?? 0;
  const version = known.directoryVersion;
  sending.onwardOf = onwardOf;
  return {
    what: `${system} sends letter ${number} (type ${type}) from ${letter.from} to ${letter.to.join(' ')} by ${method}${isRebuilt ? ', rebuilt' : ''}`,
    async work({ exchange, platform }) {
      const bytes = await writeLetter({ ...letter, ...(sentAt && { sentAt }) });
      const caller = await callerFrom(platform, system, method);
      const onward = onwardOf === undefined ? {} : { onwardOf };
      const sent = await send(exchange, caller, { ...request('document', bytes), ...onward });
      return () => {
        known.acknowledged(sending, sent, version);
        return sent.repeated ? 'the same receipt again' : 'a receipt';
      };
    },
    mayBeRefused: [
      ...outOfOffice,
      ...nobodyThere,
      ...(type === 0 ? [] : ['exchange.original_unknown']),
      ...(onwardOf === undefined ? [] : ['exchange.onward_unknown']),
    ],
    refused({ code }) {
      const isSame = sending.envelopeId !== undefined && version === known.directoryVersion;
      holds(!isSame || !sending.receipts.has(version), 'X2', () => {
        return `letter ${number} had its receipt, and its repeat was refused: ${code}`;
      });
      sending.refusedWith = code;
    },
  };
}

export function reportAct(
  { random, clock }: Simulation,
  {
    system,
    what,
    report,
    mayBeRefused,
  }: {
    readonly system: string;
    readonly what: string;
    readonly report: Report;
    readonly mayBeRefused: readonly string[];
  },
): Act {
  const at = clock.now();
  const method = random.pick(methods);
  return {
    what: `${system} ${what} by ${method}`,
    async work({ exchange, platform }) {
      const bytes = writeReport({ ...report, at });
      const caller = await callerFrom(platform, system, method);
      const sent = await send(exchange, caller, request('status', bytes));
      return () => (sent.repeated ? 'the same receipt again' : 'a receipt');
    },
    mayBeRefused: [...outOfOffice, ...mayBeRefused],
  };
}

function request(kind: 'document' | 'status', bytes: Buffer) {
  return { kind, from: undefined, sizeBytes: bytes.length, body: bodyOf(bytes) };
}
