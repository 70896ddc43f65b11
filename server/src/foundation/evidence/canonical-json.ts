/**
 * RFC 8785 (JSON Canonicalization Scheme) for the shapes that evidence uses. Numbers are safe integers only: a
 * fraction's digits differ between languages, and nothing we claim is a fraction.
 */
import { assert } from '#foundation/refusal';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What a value nested deeper than this would be is no claim but a document. */
const maxDepth = 16;

export function canonicalJson(value: Json): string {
  return write(value, 0);
}

function write(value: Json, depth: number): string {
  assert(depth <= maxDepth, `canonical JSON is at most ${maxDepth} deep`);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'string') {
    // JSON.stringify escapes exactly as RFC 8785 asks, but would write a lone surrogate as an escape.
    assert(value.isWellFormed(), 'canonical JSON holds well-formed Unicode only');
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value), `canonical JSON holds safe integers only, not ${value}`);
    return Object.is(value, -0) ? '0' : String(value);
  }
  // The types say so, but a value may have come through a cast.
  assert(typeof value === 'object', `canonical JSON cannot hold a ${typeof value}`);
  if (isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  return writeObject(value, depth);
}

function writeObject(value: { readonly [key: string]: Json }, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  assert(prototype === Object.prototype || prototype === null, 'canonical JSON holds plain objects only');
  // Sorting strings compares UTF-16 code units, which is the order that RFC 8785 prescribes.
  const members = Object.keys(value)
    .sort()
    .map((key) => `${write(key, depth + 1)}:${write(value[key] as Json, depth + 1)}`);
  return `{${members.join(',')}}`;
}

/** Array.isArray does not narrow readonly arrays. */
function isArray(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
