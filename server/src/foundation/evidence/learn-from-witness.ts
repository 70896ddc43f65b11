/**
 * A witness remembers what the log may have lost: the newest checkpoint that we signed. It is believed only under our own
 * signature, and then kept in the archive, where the sequencer and `doctor` find it like any other.
 */
import type { WitnessAddress } from './ask-witness.ts';
import { parseCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { CheckpointArchive } from './checkpoint-archive.ts';
import { sha256 } from './encoding.ts';
import { verifiersAt, type LogKey } from './log-key.ts';
import { formatNote, verifyNote } from './note.ts';
import { askStranger, below } from './stranger.ts';

export interface OwnLog {
  readonly origin: string;
  /** As they are now. */
  readonly logKeys: () => readonly LogKey[];
  readonly archive: CheckpointArchive;
}

const maxCheckpointBytes = 256 * 1024;

/** The checkpoint that the witness keeps of us; undefined where it keeps none, or shows none that we signed. */
export async function learnFromWitness(
  { origin, logKeys, archive }: OwnLog,
  { url }: WitnessAddress,
  { signal, withinMilliseconds }: { readonly signal: AbortSignal; readonly withinMilliseconds: number },
): Promise<Checkpoint | undefined> {
  const { status, content } = await askStranger({
    url: below(url, `${sha256(origin).toString('hex')}/checkpoint`),
    signal,
    withinMilliseconds,
    limitBytes: maxCheckpointBytes,
  });
  const checkpoint = status === 200 ? parseCheckpoint(content.toString('utf8')) : undefined;
  if (checkpoint?.origin !== origin) return undefined;
  const signers = verifyNote(checkpoint.note, verifiersAt(logKeys(), checkpoint.size));
  if (signers.length === 0) return undefined;
  const known = await archive.newest(origin);
  if (!known || known.size < checkpoint.size) {
    const ours = checkpoint.note.signatures.filter(({ name, keyId }) =>
      signers.some((signer) => signer.name === name && signer.keyId.equals(keyId)),
    );
    // Without the witnesses' lines it is, byte for byte, what we published.
    await archive.keep(formatNote({ text: checkpoint.note.text, signatures: ours }));
  }
  return checkpoint;
}

/** All of them at once, each for as long as it may take; a witness that is away changes nothing. */
export async function learnFromWitnesses(
  log: OwnLog,
  witnesses: readonly WitnessAddress[],
  limits: { readonly signal: AbortSignal; readonly withinMilliseconds: number },
): Promise<void> {
  await Promise.allSettled(witnesses.map((witness) => learnFromWitness(log, witness, limits)));
}
