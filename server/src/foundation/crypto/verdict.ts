/**
 * What does not hold, by a stable code. Inside this folder it is thrown; every entry of the folder gives it back as a
 * verdict, so that hostile bytes are never more than a "no" to a caller.
 */
import { Malformed } from './der/reader.ts';

export type CryptoFaultCode =
  | 'malformed'
  | 'too_long'
  | 'algorithm_not_allowed'
  | 'signature_wrong'
  | 'signer_not_single'
  | 'attributes_wrong'
  | 'signing_certificate_differs'
  | 'certificate_missing'
  | 'certificate_untrusted'
  | 'certificate_not_valid_then'
  | 'certificate_not_for_time_stamping'
  | 'not_a_time_stamp'
  | 'imprint_differs'
  | 'nonce_differs'
  | 'policy_differs'
  | 'not_granted'
  | 'unreachable';

export interface Fault {
  readonly ok: false;
  readonly code: CryptoFaultCode;
  /** For an operator, in English; never shown as the only explanation. */
  readonly reason: string;
}

export class CryptoFault extends Error {
  override readonly name = 'CryptoFault';
  readonly code: CryptoFaultCode;

  constructor(code: CryptoFaultCode, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.code = code;
  }
}

/** Turns what was thrown for the sake of the input into a verdict; a bug of ours stays what it is. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Malformed) return { ok: false, code: 'malformed', reason: error.message };
  if (error instanceof CryptoFault) return { ok: false, code: error.code, reason: error.message };
  throw error;
}
