/**
 * A refusal is an expected "no": it has a stable code, says why, who must act and what to do next. A bug is an
 * assertion and trouble of the world is an ordinary Error with its cause; neither is ever shown as a refusal.
 *
 * Each module declares its codes once, with `defineRefusals`; a code that is not declared does not compile.
 * `docs/protocols/refusals.md` is written from these declarations and a test keeps it true.
 */
export type RefusalKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'too_many'
  | 'unavailable';

/** Words of our own come in both languages, what others wrote as it is. */
export type RefusalParameter =
  | string
  | number
  | boolean
  | readonly string[]
  | { readonly vi: string; readonly en: string };
export type RefusalParameters = Readonly<Record<string, RefusalParameter>>;

/** What a code means, for three readers: the sentence for the user, who must act, and what to do next. */
export interface RefusalEntry {
  readonly kind: RefusalKind;
  /** The HTTP status, where a standard asks for another one than the kind has. */
  readonly status?: number;
  /** Vietnamese sentence; `{name}` is replaced by the parameter of that name. */
  readonly vi: string;
  readonly en: string;
  /** Who can mend it. */
  readonly who: 'sender' | 'receiver' | 'vendor' | 'operator' | 'nobody';
  /** The next step, in English, for the documentation and for operators. */
  readonly next: string;
}

const catalogue = new Map<string, RefusalEntry>();

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly kind: RefusalKind;
  readonly parameters: RefusalParameters;

  constructor(code: string, entry: RefusalEntry, parameters: RefusalParameters, options?: ErrorOptions) {
    super(`${code}: ${fill(entry.en, parameters, 'en')}`, options);
    this.code = code;
    this.kind = entry.kind;
    this.parameters = parameters;
  }

  /** The parameters for a program, with our own words in one language. */
  parametersIn(language: 'vi' | 'en'): Record<string, string | number | boolean | string[]> {
    return Object.fromEntries(
      Object.entries(this.parameters).map(([name, value]) => {
        if (typeof value !== 'object') return [name, value];
        return [name, 'vi' in value ? value[language] : [...value]];
      }),
    );
  }

  /** The sentence a person is shown. */
  sentence(language: 'vi' | 'en'): string {
    return fill(refusalEntry(this.code)[language], this.parameters, language);
  }
}

/**
 * Declares the codes of one module and returns the function that makes its refusals:
 * `const refuse = defineRefusals('exchange', { … }); throw refuse('recipient_unknown', { code })`.
 */
export function defineRefusals<Codes extends Record<string, RefusalEntry>>(module: string, entries: Codes) {
  for (const [name, entry] of Object.entries(entries)) catalogue.set(`${module}.${name}`, entry);
  return (name: keyof Codes & string, parameters: RefusalParameters = {}, options?: ErrorOptions): Refusal =>
    new Refusal(`${module}.${name}`, refusalEntry(`${module}.${name}`), parameters, options);
}

/** Every declared code, sorted: the source of `docs/protocols/refusals.md`. */
export function listRefusals(): [code: string, entry: RefusalEntry][] {
  return [...catalogue].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function refusalEntry(code: string): RefusalEntry {
  const entry = catalogue.get(code);
  if (!entry) throw new Error(`refusal code ${code} is not declared`);
  return entry;
}

function fill(sentence: string, parameters: RefusalParameters, language: 'vi' | 'en'): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = parameters[name];
    return value === undefined ? placeholder : sayParameter(value, language);
  });
}

function sayParameter(value: RefusalParameter, language: 'vi' | 'en'): string {
  if (typeof value !== 'object') return String(value);
  return 'vi' in value ? value[language] : value.join(', ');
}
