/** Runs a command line inside the test's process and keeps what it wrote. */
import { run } from '../run.ts';

export interface Typed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly now?: Temporal.Instant;
  /** A terminal of that many columns instead of a pipe. */
  readonly columns?: number;
}

export async function runTyped(typed: readonly string[], surroundings: Surroundings = {}): Promise<Typed> {
  const { environment = {}, stdin = '', now = Temporal.Now.instant(), columns } = surroundings;
  let stdout = '';
  let stderr = '';
  const isTTY = columns !== undefined;
  const exitCode = await run(typed, {
    stdout: { write: (text) => (stdout += text), isTTY, columns },
    stderr: { write: (text) => (stderr += text), isTTY, columns },
    stdin: (async function* () {
      yield Buffer.from(stdin);
    })(),
    environment,
    signal: new AbortController().signal,
    now: () => now,
  });
  return { exitCode, stdout, stderr };
}
