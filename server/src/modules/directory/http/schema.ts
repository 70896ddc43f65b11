/** What goes in and out of `/api/directory`. */
import { z } from 'zod';

const code = z
  .string()
  .max(80)
  .meta({ example: 'G12.18', description: 'In either form, present or former.' });
const optionalText = z.string().max(500).nullable().optional();
const reason = z.string().max(2000).nullable().optional();
const instant = z.string().meta({ description: 'ISO 8601, UTC', example: '2026-11-21T08:00:00.000Z' });
const date = z.iso.date();

export const codeParameters = z.object({ code });
export const systemParameters = z.object({
  system: z.string().max(100).meta({ description: 'Our id of the system, or the one that it sends itself.' }),
});
export const assignmentParameters = systemParameters.extend({ code });
export const requestParameters = z.object({ request: z.uuid() });

export const page = z.object({
  after: z.string().max(100).optional().meta({ description: '`next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const organisationQuery = page.extend({
  search: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'By code or name; then at most 100, without paging.' }),
  parent: z
    .string()
    .max(80)
    .optional()
    .meta({ description: 'Directly below this one; empty: those without parent.' }),
  level: z.coerce.number().int().min(1).max(4).optional(),
  state: z.enum(['active', 'ended']).optional(),
});

export const newOrganisation = z.strictObject({
  code,
  oldCode: code.nullable().optional(),
  name: z.string().max(1000),
  level: z.int().min(1).max(4).optional(),
  parentCode: code.nullable().optional(),
  kind: z.enum(['ordinary', 'axis']).optional(),
  email: optionalText,
  phone: optionalText,
  fax: optionalText,
  address: optionalText,
});

export const contact = newOrganisation.pick({ email: true, phone: true, fax: true, address: true });

export const newName = z.strictObject({
  name: z.string().max(1000),
  on: date.optional().meta({ description: 'The day from which it holds; today where left out.' }),
});
export const newEnding = z.strictObject({ reason });
export const newMerger = z.strictObject({ codes: z.array(code).min(1).max(100), into: code, reason });

const organisationFields = {
  id: z.string(),
  kind: z.enum(['ordinary', 'axis']),
  level: z.int(),
  code: z.string(),
  oldCode: z.string().nullable(),
  name: z.string(),
  parentCode: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  fax: z.string().nullable(),
  address: z.string().nullable(),
  state: z.enum(['active', 'ended']),
  stateSince: instant,
  stateReason: z.string().nullable(),
  successorCode: z.string().nullable(),
};
export const organisation = z.object(organisationFields).meta({ id: 'Organisation' });

export const organisationWithNames = z.object({
  ...organisationFields,
  names: z.array(z.object({ name: z.string(), validFrom: date, validTo: date.nullable() })),
});

const organisationItem = z
  .object(organisationFields)
  .pick({
    id: true,
    code: true,
    oldCode: true,
    name: true,
    level: true,
    parentCode: true,
    state: true,
    stateSince: true,
    successorCode: true,
  })
  .extend({ matchedBy: z.enum(['code', 'code_prefix', 'name_prefix', 'words']).optional() });
export const organisationList = z.object({
  organisations: z.array(organisationItem),
  next: z.string().nullable(),
});
export const merger = z.object({ successor: organisation, merged: z.int() });

export const importReport = z.object({
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  refused: z.array(
    z.object({
      line: z.int(),
      code: z.string().meta({ description: 'The code on that line, as far as it can be told.' }),
      reason: z.string().meta({ description: 'The stable code of the refusal.' }),
      title: z.string(),
    }),
  ),
});

const settings = {
  name: z.string().max(200),
  parentCode: code
    .nullable()
    .optional()
    .meta({ description: 'The root of what the system may register by itself.' }),
  normalisesOutgoing: z.boolean().optional(),
  needsApproval: z
    .boolean()
    .optional()
    .meta({ description: 'Whether what it registers waits for an operator.' }),
};
const credentialKind = z
  .enum(['vxp', 'lgsp', 'api_secret', 'api_key'])
  .meta({ description: 'The way in that it opens; it proves nothing in another.' });
const newCredentialFields = {
  kind: credentialKind.default('vxp'),
  secret: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'For a client configured already; else one of 256 random bits is made.' }),
  publicKey: z.record(z.string().max(20), z.unknown()).optional().meta({
    description: 'With kind api_key: a JWK for Ed25519, ES256 or RS256; `kid`: else its thumbprint.',
  }),
};

export const newSystem = z.strictObject({
  externalId: z.string().max(100),
  ...settings,
  ...newCredentialFields,
});
export const systemSettings = z.strictObject({ ...settings, name: settings.name.optional() });
export const newCredential = z.strictObject(newCredentialFields);
export const newAssignment = z.strictObject({ code, receives: z.boolean().default(true) });
export const assignment = z.object({
  formerReceivingSystem: z
    .string()
    .nullable()
    .meta({ description: 'The system that received for the organisation until now.' }),
});
const bound = (description: string) => z.int().nullable().optional().meta({ description });
export const newQuota = z.strictObject({
  requestsPerSecond: bound('Of any kind; twice as many at once.'),
  messagesPerMinute: bound('Documents and statuses.'),
  uploads: bound('Packages being received at once.'),
  uploadBytes: bound('Their bytes together; one package alone is always let in.'),
});
const quotaFields = {
  requestsPerSecond: z.int(),
  messagesPerMinute: z.int(),
  uploads: z.int(),
  uploadBytes: z.int(),
};
const override = z.int().nullable();
export const quota = z.object({
  effective: z.object(quotaFields),
  override: z
    .object({
      requestsPerSecond: override,
      messagesPerMinute: override,
      uploads: override,
      uploadBytes: override,
    })
    .meta({ description: 'What an operator set; null where the axis has its own.' }),
});
export const newSuspension = z.strictObject({ reason });

const systemFields = {
  id: z.string(),
  externalId: z.string(),
  name: z.string(),
  parentCode: z.string().nullable(),
  normalisesOutgoing: z.boolean(),
  needsApproval: z.boolean(),
  state: z.enum(['active', 'suspended']),
  stateSince: instant,
  stateReason: z.string().nullable(),
};
export const system = z.object(systemFields).meta({ id: 'System' });
export const systemWithOrganisations = z.object({
  ...systemFields,
  organisations: z.array(z.object({ code: z.string(), name: z.string(), receives: z.boolean() })),
  next: z.string().nullable(),
});
const listedSystem = z.object({
  ...systemFields,
  organisations: z
    .array(z.object({ code: z.string(), receives: z.boolean() }))
    .meta({ description: 'The first of those that it speaks for, in order of code.' }),
  organisationCount: z.int(),
});
export const systemList = z.object({ systems: z.array(listedSystem), next: z.string().nullable() });
export const credential = z.object({
  credentialId: z.string(),
  kind: credentialKind,
  secret: z.string().nullable().meta({ description: 'Shown now and never again; null for a public key.' }),
  keyId: z.string().nullable().meta({ description: 'The `kid` of a public key.' }),
});
const credentialPeriod = z.object({
  credentialId: z.string(),
  kind: credentialKind,
  keyId: z.string().nullable(),
  issuedAt: instant,
  endedAt: instant.nullable(),
  state: z.enum(['valid', 'ended']),
});
export const credentialParameters = systemParameters.extend({ credential: z.string().max(100) });
export const credentialPeriodItem = credentialPeriod.meta({ id: 'CredentialPeriod' });
export const credentialList = z.object({ credentials: z.array(credentialPeriod) });
export const rotatedCredential = credential.extend({
  others: z
    .array(credentialPeriod)
    .meta({ description: 'Those of its kind beside it: which still work, and which ended with this one.' }),
});
export const addedSystem = z.object({ system, credential });

export const operatorParameters = z.object({ operator: z.string().max(100) });
export const newOperatorSecret = z.strictObject({
  secret: z.string().max(200).meta({ description: 'At least 43 characters of base64url: 256 random bits.' }),
});
export const operator = z.object({
  id: z.string(),
  createdAt: instant,
  rotatedAt: instant.nullable(),
  hasFormerSecret: z.boolean().meta({ description: 'The secret before the present one still opens.' }),
  retiredAt: instant.nullable(),
});
export const operatorList = z.object({ operators: z.array(operator), next: z.string().nullable() });

export const requestQuery = page.extend({ state: z.enum(['pending', 'approved', 'refused']).optional() });
export const newDecision = z.strictObject({ decision: z.enum(['approved', 'refused']), reason });
const registrationRequestFields = {
  id: z.string(),
  system: z.string(),
  act: z.enum(['register', 'end']),
  code: z.string(),
  name: z.string().nullable(),
  parentCode: z.string().nullable(),
  state: z.enum(['pending', 'approved', 'refused']),
  requestedAt: instant,
  decidedAt: instant.nullable(),
  decidedBy: z.string().nullable(),
  reason: z.string().nullable(),
};
export const registrationRequest = z.object(registrationRequestFields).meta({ id: 'RegistrationRequest' });
export const registrationRequestList = z.object({
  requests: z.array(registrationRequest),
  next: z.string().nullable(),
});

export const calendarQuery = z.object({
  year: z.coerce
    .number()
    .int()
    .min(2000)
    .max(2200)
    .optional()
    .meta({ description: 'This year where left out.' }),
});
export const dayParameters = z.object({ day: date });
export const newCalendarDay = z.strictObject({
  day: date,
  kind: z.enum(['rest', 'work']).meta({
    description: 'A holiday or day off in lieu; or a rest day that is worked instead of a swapped one.',
  }),
  name: z.string().max(500),
  source: z.string().max(1000).meta({ description: 'The law or the announcement that says so.' }),
  isProvisional: z.boolean().optional(),
});
export const newWithdrawal = z.strictObject({ reason });
export const calendarDay = z
  .object({
    day: date,
    kind: z.enum(['rest', 'work']),
    name: z.string(),
    source: z.string(),
    isProvisional: z.boolean(),
    declaredAt: instant,
    declaredBy: z.string(),
    declaredIn: z.int().meta({ description: 'The version of the calendar that it came with.' }),
  })
  .meta({ id: 'CalendarDay' });
export const calendarYear = z.object({ version: z.int(), days: z.array(calendarDay) });
