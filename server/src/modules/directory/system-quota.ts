/** How much one connected system may ask of the axis, whatever the dialect. */
export interface SystemQuota {
  readonly requestsPerSecond: number;
  readonly messagesPerMinute: number;
  /** Packages being received at once. */
  readonly uploads: number;
  /** Their bytes together; one package alone is always let in, whatever its size. */
  readonly uploadBytes: number;
}

/** Null, as everything at first: what the code says. */
export type QuotaOverride = { readonly [Name in keyof SystemQuota]: number | null };

/**
 * Far above what a system needs (a whole province sends some hundred messages a minute; the SDK opens ten connections at
 * most), below what one core can answer: a protection against a client in a loop, not a tariff.
 */
export const defaultQuota: SystemQuota = {
  requestsPerSecond: 2_000,
  messagesPerMinute: 120_000,
  uploads: 256,
  uploadBytes: 16 * 1024 ** 3,
};

/** Also a constraint of the table; at least a megabyte of uploads, or nothing but letters would pass beside another. */
export const quotaLimits: { readonly [Name in keyof SystemQuota]: { minimum: number; maximum: number } } = {
  requestsPerSecond: { minimum: 1, maximum: 1_000_000 },
  messagesPerMinute: { minimum: 1, maximum: 10_000_000 },
  uploads: { minimum: 1, maximum: 1_024 },
  uploadBytes: { minimum: 1024 ** 2, maximum: 1024 ** 4 },
};

export const noOverride: QuotaOverride = {
  requestsPerSecond: null,
  messagesPerMinute: null,
  uploads: null,
  uploadBytes: null,
};

export function effectiveQuota(override: QuotaOverride): SystemQuota {
  return {
    requestsPerSecond: override.requestsPerSecond ?? defaultQuota.requestsPerSecond,
    messagesPerMinute: override.messagesPerMinute ?? defaultQuota.messagesPerMinute,
    uploads: override.uploads ?? defaultQuota.uploads,
    uploadBytes: override.uploadBytes ?? defaultQuota.uploadBytes,
  };
}
