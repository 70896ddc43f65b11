import { misused } from './failure.ts';

/** SHA-256 in hexadecimal, also in pairs with colons or blanks between, as it is read out. */
export function parseFingerprint(typed: string): string {
  const fingerprint = typed.toLowerCase().replaceAll(/[\s:]/g, '');
  if (/^[0-9a-f]{64}$/.test(fingerprint)) return fingerprint;
  throw misused({
    vi: `--fingerprint là 64 chữ số thập lục phân (0-9, a-f): ${typed}`,
    en: `--fingerprint is 64 hexadecimal digits (0-9, a-f): ${typed}`,
  });
}
