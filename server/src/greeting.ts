/** What the terminal shows once the server serves: where to look, and in a sandbox what to type next. */
import type { Config } from './config.ts';
import { firstStepsIn, places } from './sandbox/first-steps.ts';

export function greeting(baseUrl: string, config: Pick<Config, 'mode' | 'dataFolder'>): string {
  const title = `Liên Thông: ${baseUrl}`;
  if (config.mode === 'production') return title;
  const widest = Math.max(...places.map(({ path }) => path.length));
  return [
    '',
    `  ${title}`,
    `  Môi trường thử nghiệm; dữ liệu ở ${config.dataFolder} (sandbox; its data is there)`,
    '',
    ...places.map(({ vi, en, path }) => `  ${path.padEnd(widest)}  ${vi} (${en})`),
    '',
    '  Thử ở một cửa sổ lệnh khác (try in another terminal):',
    ...firstStepsIn(config.dataFolder).flatMap(({ vi, en, command }) => [
      '',
      `  # ${vi} (${en})`,
      `  ${command}`,
    ]),
    '',
    '  Dừng: Ctrl-C (stop)',
    '',
  ].join('\n');
}
