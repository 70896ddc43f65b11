/** Organisations of the four levels: what they are, and the rules of their codes and names. */
import type { OrganisationId } from '#foundation/ids';
import { refuse } from './refusals.ts';

export type Level = 1 | 2 | 3 | 4;

export interface Contact {
  readonly email: string | null;
  readonly phone: string | null;
  readonly fax: string | null;
  readonly address: string | null;
}

export interface Organisation extends Contact {
  readonly id: OrganisationId;
  readonly kind: 'ordinary' | 'axis';
  readonly level: Level;
  readonly parentId: OrganisationId | null;
  readonly parentCode: string | null;
  readonly code: string;
  readonly oldCode: string | null;
  readonly name: string;
  readonly state: 'active' | 'ended';
  readonly stateSince: Temporal.Instant;
  readonly stateBy: string;
  readonly stateReason: string | null;
  readonly successorCode: string | null;
  readonly changedAt: Temporal.Instant;
}

/** How an organisation is named in lists and messages. */
export interface OrganisationName {
  readonly organisationId: OrganisationId;
  readonly code: string;
  readonly oldCode: string | null;
  readonly name: string;
}

/** What the exchange needs to know of a code that a message addresses. */
export interface ResolvedOrganisation extends OrganisationName {
  readonly state: 'active' | 'ended';
  readonly successorCode: string | null;
  readonly hasReceivingSystem: boolean;
}

export const nameLimit = 500; // OrganizationInCharge of edXML; OrganName itself is 200 and is cut by its writer
const codeLimit = 35; // Decision 20/2020 Art. 4
// Both forms, enterprise numbers and lower case, which real test tenants have: what is in the directory decides.
const codeForm = /^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$/;
// What XML 1.0 cannot carry, and line ends and tabs, which an import file and a letter head cannot.
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f\u2028\u2029\ufffe\uffff]/;

export const contactLimits = { email: 100, phone: 20, fax: 20, address: 500 } as const;

export function parseCode(text: string): string {
  const code = text.trim();
  if (!isCode(code)) throw refuse('code_malformed', { code: code.slice(0, 80) });
  return code;
}

export function isCode(code: string): boolean {
  return code.length <= codeLimit && codeForm.test(code);
}

/** One line, composed characters (NFC), single blanks: two spellings of one name are one name. */
export function parseName(text: string, limit: number = nameLimit): string {
  const name = text.normalize('NFC').trim().replaceAll(/ {2,}/g, ' ');
  if (name === '' || name.length > limit || unprintable.test(name)) throw refuse('name_invalid', { limit });
  return name;
}

export function parseLevel(level: number): Level {
  if (level === 1 || level === 2 || level === 3 || level === 4) return level;
  throw refuse('level_invalid');
}

export type ContactInput = { readonly [Field in keyof Contact]?: string | null | undefined };

/** An empty field is one that is not known. */
export function parseContact(input: ContactInput): Contact {
  const field = (name: keyof Contact): string | null => {
    const text = input[name]?.normalize('NFC').trim() ?? '';
    if (text.length > contactLimits[name] || unprintable.test(text)) {
      throw refuse('contact_too_long', { field: name, limit: contactLimits[name] });
    }
    return text === '' ? null : text;
  };
  return { email: field('email'), phone: field('phone'), fax: field('fax'), address: field('address') };
}
