import { createInflateRaw, type InflateRaw } from 'node:zlib';

/** Inflates a stream whose end only the stream itself knows, as Java writes its archives. */
export class Inflating {
  readonly #inflater: InflateRaw = createInflateRaw({ chunkSize: 64 * 1024 });
  readonly #onBytes: (bytes: Buffer) => void;
  #writtenBytes = 0;
  #settle: (() => void) | undefined;
  error: Error | undefined;
  isEnded = false;

  constructor(onBytes: (bytes: Buffer) => void) {
    this.#onBytes = onBytes;
    this.#inflater.on('data', (bytes: Buffer) => {
      try {
        this.#onBytes(bytes);
      } catch (error) {
        this.#inflater.destroy(
          error instanceof Error ? error : new Error('inflating failed', { cause: error }),
        );
      }
    });
    this.#inflater.on('error', (error) => {
      this.error ??= error;
      this.#settle?.();
    });
    this.#inflater.on('end', () => {
      this.isEnded = true;
    });
    this.#inflater.on('close', () => this.#settle?.());
  }

  /** Compressed bytes taken so far. */
  get consumedBytes(): number {
    return this.#inflater.bytesWritten;
  }

  /** Returns what lies behind the end of the stream. */
  async write(bytes: Buffer): Promise<Buffer> {
    if (this.error) return empty;
    this.#writtenBytes += bytes.length;
    await this.#settled((done) => this.#inflater.write(bytes, done));
    const beyond = this.error ? 0 : this.#writtenBytes - this.#inflater.bytesWritten;
    return bytes.subarray(bytes.length - beyond);
  }

  /** Waits for the last bytes; afterwards `isEnded` says whether the stream was whole. */
  async finish(): Promise<void> {
    if (!this.error && !this.isEnded) {
      await this.#settled((done) => {
        this.#inflater.once('end', done);
        this.#inflater.end();
      });
    }
  }

  destroy(): void {
    this.#inflater.destroy();
  }

  #settled(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      start(resolve);
    });
  }
}

const empty = Buffer.alloc(0);
