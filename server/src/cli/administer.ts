/** What the commands on organisations and systems share: the operator's connection, and the shapes that come back. */
import { z } from 'zod';
import type { Context } from './command.ts';
import type { AdministrationConnection } from './connection/administration.ts';
import { connectAdministration } from './connection/administration.ts';
import { loadSettings, operatorOf } from './connection/settings.ts';
import type { Text } from './language.ts';

export async function administer(context: Context): Promise<AdministrationConnection> {
  return connectAdministration(operatorOf(await loadSettings(context, 'operator')), context);
}

const nullableText = z.string().nullable();

export const organisationSchema = z.looseObject({
  code: z.string(),
  oldCode: nullableText,
  name: z.string(),
  level: z.number(),
  parentCode: nullableText,
  state: z.enum(['active', 'ended']),
  stateSince: z.string().optional(),
  successorCode: nullableText.optional(),
});
export type ShownOrganisation = z.infer<typeof organisationSchema>;

export const systemSchema = z.looseObject({
  externalId: z.string(),
  name: z.string(),
  parentCode: nullableText,
  state: z.enum(['active', 'suspended']),
  stateReason: nullableText,
});
export type ShownSystem = z.infer<typeof systemSchema>;

export const listedSystemSchema = systemSchema.extend({
  organisations: z.array(z.looseObject({ code: z.string(), receives: z.boolean() })).default([]),
  organisationCount: z.number().default(0),
});

export const assignmentSchema = z
  .looseObject({ formerReceivingSystem: nullableText.default(null) })
  .default({ formerReceivingSystem: null });

export const credentialSchema = z.looseObject({
  credentialId: z.string(),
  kind: z.enum(['vxp', 'lgsp', 'api_secret', 'api_key']).default('vxp'),
  secret: nullableText,
  keyId: nullableText.default(null),
});

export const rotatedSchema = credentialSchema.extend({
  others: z.array(z.looseObject({ issuedAt: z.string(), state: z.enum(['valid', 'ended']) })).default([]),
});

export const credentialPeriodSchema = z.looseObject({
  credentialId: z.string(),
  kind: z.string(),
  keyId: nullableText,
  issuedAt: z.string(),
  endedAt: nullableText,
  state: z.enum(['valid', 'ended']),
});

export const nothingSchema = z.unknown();

/** What is said of an act that found everything as it was to become. */
export const unchanged: Text = {
  vi: '(đã như vậy từ trước, không đổi gì)',
  en: '(it was so already; nothing changed)',
};
