/** A progress bar on stderr, drawn only where a person watches and only for work that takes noticeable time. */
import type { OutputStream } from './terminal.ts';
import { fit } from './width.ts';

export interface Progress {
  advance(amount: number): void;
  finish(): void;
}

const appearsAfterMs = 300;
const redrawEveryMs = 100;
const barWidth = 24;

export function startProgress({
  stream,
  label,
  total,
}: {
  stream: OutputStream;
  label: string;
  total: number | undefined;
}): Progress {
  if (!stream.isTTY) return { advance: () => {}, finish: () => {} };
  const startedAt = performance.now();
  let lastDrawnAt = startedAt + appearsAfterMs - redrawEveryMs;
  let isDrawn = false;
  let done = 0;

  const draw = (): void => {
    const text = fit(`${label} ${renderBar(done, total)}`, (stream.columns ?? 80) - 1);
    stream.write(`\r\u001B[K${text}`);
    isDrawn = true;
  };
  return {
    advance: (amount) => {
      done += amount;
      const now = performance.now();
      if (now - lastDrawnAt < redrawEveryMs) return;
      lastDrawnAt = now;
      draw();
    },
    finish: () => {
      if (isDrawn) stream.write('\r\u001B[K');
      isDrawn = false;
    },
  };
}

function renderBar(done: number, total: number | undefined): string {
  if (total === undefined || total <= 0) return done.toLocaleString('en');
  const share = Math.min(1, done / total);
  const filled = Math.round(share * barWidth);
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${Math.floor(share * 100)} %`;
}
