import { maxWarnings } from './limits.ts';
import type { Warning, WarningCode } from './message.ts';

/** What was noted about one message, up to a limit. */
export class Warnings {
  readonly #list: Warning[] = [];
  #omitted = 0;

  add(code: WarningCode, path: string, detail?: string): void {
    if (this.#list.length < maxWarnings) {
      this.#list.push(
        detail === undefined ? { code, path } : { code, path, detail: detail.slice(0, 100).toWellFormed() },
      );
    } else {
      this.#omitted += 1;
    }
  }

  list(): Warning[] {
    if (this.#omitted === 0) return [...this.#list];
    return [...this.#list, { code: 'warnings_omitted', path: '', detail: String(this.#omitted) }];
  }
}
