/**
 * Ids are UUIDv7, made in the application (PostgreSQL 15 has no `uuidv7()`), and branded, so that the id of an
 * envelope cannot be passed where the id of a delivery is meant.
 */
import { randomUUIDv7 } from 'node:crypto';

declare const brand: unique symbol;
export type Id<Name extends string> = string & { readonly [brand]: Name };

export type OrganisationId = Id<'organisation'>;
export type SystemId = Id<'system'>;
export type CredentialId = Id<'credential'>;
export type EnvelopeId = Id<'envelope'>;
export type DeliveryId = Id<'delivery'>;
export type BlobId = Id<'blob'>;
export type EntryId = Id<'entry'>;

export function newId<Name extends string>(): Id<Name> {
  return randomUUIDv7() as Id<Name>;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text from outside can be an id at all; asking PostgreSQL for a malformed uuid is an error. */
export function isId(text: string): boolean {
  return uuid.test(text);
}
