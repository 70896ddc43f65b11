/** Every limit of an edXML package. Over a limit is a refusal that names it, never a slow or a crashed server. */

const mebibyte = 1024 * 1024;

/** The whole package, as received. No official limit exists; gateways cap at 50 to 500 MB, letters are 0.4 to 40 MB. */
export const maxPackageBytes = 2048 * mebibyte;

/** Bytes before the XML declaration that real senders leave behind (`1212<?xml …`); more is not a slip. */
export const maxJunkBytes = 1024;

/** Everything that is not the body of an attachment: a circular to 5,000 recipients needs 4 MB. */
export const maxStructureBytes = 8 * mebibyte;

/** One run of markup without an event: a tag with its attributes, a comment, a processing instruction. */
export const maxMarkupBytes = 64 * 1024;

/** The head of a MIME package, or of one of its parts. */
export const maxMimeHeadBytes = 16 * 1024;

/** Real packages are 8 deep; the signature block reaches 9. */
export const maxDepth = 32;

export const maxElements = 100_000;

export const maxAttributesPerElement = 64;

/** The text of one element. The longest that the rules know is 1,000 characters. */
export const maxTextCharacters = 64 * 1024;

export const maxRecipients = 10_000;

export const maxAttachments = 500;

/** Kept with the envelope; the first ones say what is wrong, the thousandth says nothing new. */
export const maxWarnings = 50;

/** Identifiers are keys of indexes, whose entries PostgreSQL limits to 2,704 bytes, so these are hard. */
export const maxIdentifierCharacters = {
  organId: 100,
  documentId: 300,
  code: 150,
} as const;

/** A wrapped attachment up to this size is held and inflated in one step, a larger one streams. */
export const maxHeldZipBytes = mebibyte;

/** What such a step may inflate to; more streams, so that one message never holds more than this. */
export const maxHeldInflatedBytes = 4 * mebibyte;

/** The content of one wrapped attachment. */
export const maxUnwrappedBytes = 1024 * mebibyte;

/** Inflated to compressed. Scans reach 5, office files 30, an empty bitmap 1,000. */
export const maxInflationRatio = 200;

/** Below this the ratio is not looked at: a small blank form may well compress by 500. */
export const minBombBytes = 16 * mebibyte;

/** Below this the ratio of all attachments together is not looked at. */
export const minBombsBytes = 64 * mebibyte;

/** What may follow the entry of a wrapped attachment: descriptor, one directory record, a comment. */
export const maxZipTailBytes = 256 * 1024;

/**
 * Lengths of the rules (Decree 30/2020 Annex VI, the checker of a large vendor). Bodies outside the administration
 * write longer ones, so these only warn.
 */
const ruleLengths = new Map<string, number>([
  ['OrganId', 35],
  ['OrganizationInCharge', 500],
  ['OrganName', 200],
  ['OrganAdd', 500],
  ['Email', 100],
  ['Telephone', 20],
  ['Fax', 20],
  ['Website', 100],
  ['DocumentId', 200],
  ['CodeNumber', 11],
  ['CodeNotation', 30],
  ['TypeName', 100],
  ['Subject', 500],
  ['Content', 500],
  ['Competence', 100],
  ['Position', 100],
  ['FullName', 50],
  ['SphereOfPromulgation', 100],
  ['TyperNotation', 10],
  ['PromulgationAmount', 3],
  ['PageAmount', 3],
  // A line of "nơi nhận"; the place of promulgation has 50.
  ['Place', 150],
  ['BussinessDocReason', 500],
  ['Department', 300],
  ['Staff', 300],
  ['Mobile', 30],
  ['AttachmentName', 500],
]);

/** What the rules allow for the text of an element of that name. */
export function ruleLength(name: string): number | undefined {
  return ruleLengths.get(name);
}
