/** What the doctor found: one line each, and what to do where something is not as it should be. */
import type { Text } from '../language.ts';

export interface Finding {
  /** Stable name of the check, for scripts. */
  readonly check: string;
  readonly state: 'fine' | 'attention' | 'wrong';
  readonly text: Text;
  readonly remedy?: Text;
}

export function fine(check: string, text: Text): Finding {
  return { check, state: 'fine', text };
}

export function attention(check: string, text: Text, remedy?: Text): Finding {
  return { check, state: 'attention', text, ...(remedy && { remedy }) };
}

export function wrong(check: string, text: Text, remedy?: Text): Finding {
  return { check, state: 'wrong', text, ...(remedy && { remedy }) };
}
