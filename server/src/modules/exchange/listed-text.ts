/**
 * A text of a message as lists and the log show it. The longest that the rules know has 1,000 characters (facts: axis
 * §4.3), a package may bring 64 KB of it, and each of its thousands of recipients gets a row with it.
 */
export function listedText(text: string): string {
  if (text.length <= listedTextLimit) return text;
  // A character cut in half is none, and PostgreSQL refuses it in JSON.
  return `${text.slice(0, listedTextLimit - 1).toWellFormed()}…`;
}

export const listedTextLimit = 1_000;
