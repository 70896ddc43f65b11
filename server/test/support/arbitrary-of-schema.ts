/** Values for a JSON schema: such as it allows, and such as are a little, or very, wrong. */
import * as fc from 'fast-check';

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly pattern?: string;
}

/** @param resolve what a `$ref` of the document names */
export function arbitraryOf(
  schema: JsonSchema,
  resolve: (reference: string) => JsonSchema,
): fc.Arbitrary<unknown> {
  const of = (part: JsonSchema): fc.Arbitrary<unknown> => arbitraryOf(part, resolve);
  if (schema.$ref !== undefined) return of(resolve(schema.$ref));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map(of));
  if (Array.isArray(schema.type)) {
    return fc.oneof(...(schema.type as string[]).map((type) => of({ ...schema, type })));
  }
  switch (schema.type) {
    case 'string':
      return stringOf(schema);
    case 'integer':
    case 'number':
      return fc.integer({
        min: Math.max(schema.minimum ?? 0, -1_000_000),
        max: Math.min(schema.maximum ?? 1_000, 1_000_000),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(of(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case 'object':
      return objectOf(schema, of);
    case undefined:
    default:
      return fc.jsonValue();
  }
}

function objectOf(
  { properties = {}, required = [] }: JsonSchema,
  of: (part: JsonSchema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const model = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, of(part)]));
  return fc.record(model, { requiredKeys: [...required] });
}

function stringOf({ format, pattern, minLength = 0, maxLength = 20 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date') {
    return fc
      .date({ min: new Date('1990-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'));
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 20)) });
}

/** What programs send by mistake, and attackers on purpose. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    '\u0000',
    '\ud800',
    "'; drop table exchange.envelope; --",
    '../../etc/passwd',
    '%00',
    '9'.repeat(400),
    'ồ'.repeat(3_000),
    -1,
    0,
    1e308,
    2 ** 53,
    [],
    {},
    true,
    '2026-02-30',
    '0000-00-00',
    '+275760-09-13',
  ),
  fc.jsonValue(),
);

/** The value with one place in it changed, left out, or added. */
export function spoiled(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(value, fc.nat(), oddValue, fc.constantFrom('replace', 'remove', 'add'))
    .map(([whole, place, odd, act]) => spoil(whole, { place, odd, act }));
}

function spoil(
  value: unknown,
  change: { readonly place: number; readonly odd: unknown; readonly act: string },
): unknown {
  if (typeof value !== 'object' || value === null) return change.odd;
  const copy = structuredClone(value) as Record<string, unknown>;
  const keys = Object.keys(copy);
  if (change.act === 'add' || keys.length === 0) return Object.assign(copy, { unexpected: change.odd });
  const key = keys[change.place % keys.length]!;
  const inner = copy[key];
  if (typeof inner === 'object' && inner !== null && change.place % 3 > 0) {
    copy[key] = spoil(inner, { ...change, place: Math.floor(change.place / 3) });
  } else if (change.act === 'remove') {
    delete copy[key];
  } else {
    copy[key] = change.odd;
  }
  return copy;
}
