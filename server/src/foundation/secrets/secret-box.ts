/**
 * Envelope encryption under the master key: secrets of connected systems and the keys of blobs are stored sealed, so
 * that neither a copy of the database nor one of the disk opens anything without the other.
 *
 * Sealed form: version (1) ‖ key id (4) ‖ nonce (12) ‖ ciphertext ‖ tag (16). The key id lets a rotation decrypt
 * with the former master key while sealing with the new one. The context (what the secret is and whose) is
 * authenticated, so a sealed value moved to another row does not open.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

export interface SecretBox {
  seal(plain: Uint8Array, context: string): Buffer;
  /** Throws when the value was changed, belongs to another context or to a master key that is not at hand. */
  open(sealed: Uint8Array, context: string): Buffer;
  /**
   * Keys for another purpose, one from each master key (HKDF, RFC 5869): the current one first. The same in every process.
   */
  deriveKeys(purpose: string): readonly Buffer[];
}

/** Takes other master keys while it is in use: what is sealed from then on is sealed under the first of them. */
export interface RotatingSecretBox extends SecretBox {
  use(masterKeys: readonly Uint8Array[]): void;
  /**
   * The same secret under the current master key; undefined where it is so already. Rows that share a sealed value, as
   * sender and recipient share the key of a package, share the new one too: `doctor` compares them.
   */
  rewrap(sealed: Uint8Array, context: string): Buffer | undefined;
}

const version = 1;
const keyIdBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + keyIdBytes + nonceBytes;

/** The first master key seals; the others only open what they sealed before they were replaced. */
export function createSecretBox(masterKeys: readonly Uint8Array[]): RotatingSecretBox {
  let { keys, current } = openKeys(masterKeys);

  const sealWith = (nonce: Buffer, plain: Uint8Array, context: string): Buffer => {
    const head = Buffer.concat([Buffer.of(version), current.id, nonce]);
    const cipher = createCipheriv('aes-256-gcm', current.key, head.subarray(1 + keyIdBytes));
    cipher.setAAD(Buffer.concat([head, Buffer.from(context)]));
    return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };

  const box: RotatingSecretBox = {
    seal: (plain, context) => sealWith(randomBytes(nonceBytes), plain, context),
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < headBytes + tagBytes || bytes[0] !== version) throw new Error('not a sealed value');
      const head = bytes.subarray(0, headBytes);
      const known = keys.find(({ id }) => id.equals(head.subarray(1, 1 + keyIdBytes)));
      if (!known) throw new MasterKeyMissing(head.toString('hex', 1, 1 + keyIdBytes));
      const decipher = createDecipheriv('aes-256-gcm', known.key, head.subarray(1 + keyIdBytes));
      decipher.setAAD(Buffer.concat([head, Buffer.from(context)]));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(headBytes, -tagBytes)), decipher.final()]);
    },
    deriveKeys: (purpose) => keys.map(({ key }) => Buffer.from(hkdfSync('sha256', key, '', purpose, 32))),
    use(newKeys) {
      ({ keys, current } = openKeys(newKeys));
    },
    rewrap(sealed, context) {
      const isCurrent = sealedUnder(sealed) === current.id.toString('hex');
      if (isCurrent) return undefined;
      // As good as random, and the same for the same sealed value in the same context alone.
      const nonce = createHmac('sha256', current.key).update(sealed).update(context).digest();
      return sealWith(nonce.subarray(0, nonceBytes), box.open(sealed, context), context);
    },
  };
  return box;
}

function openKeys(masterKeys: readonly Uint8Array[]) {
  const keys = masterKeys.map((key) => {
    if (key.length !== 32) throw new Error('a master key has 32 bytes');
    return { id: Buffer.from(masterKeyId(key), 'hex'), key: Buffer.from(key) };
  });
  const current = keys[0];
  if (!current) throw new Error('at least one master key is needed');
  return { keys, current };
}

/** The id of the master key under which something was sealed, without opening it. */
export function sealedUnder(sealed: Uint8Array): string {
  return Buffer.from(sealed.subarray(1, 1 + keyIdBytes)).toString('hex');
}

export class MasterKeyMissing extends Error {
  override readonly name = 'MasterKeyMissing';

  constructor(keyId: string) {
    super(`sealed under master key ${keyId}, not at hand`);
  }
}

/** What names a master key where it must not be shown: in hexadecimal. */
export function masterKeyId(key: Uint8Array): string {
  const digest = createHash('sha256').update('lienthong master key').update(key).digest();
  return digest.toString('hex', 0, keyIdBytes);
}
