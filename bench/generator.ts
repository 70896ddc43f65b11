/**
 * A load generator in a process of its own, so that its event loop and its garbage are not the server's. It is told a
 * plan, prepares what it can, and waits for the word.
 */
import { fork } from 'node:child_process';

export interface Generator<Report> {
  /** Starts the clock; call when everything else is ready. */
  start(): Promise<Report>;
  stop(): void;
}

type GeneratorMessage<Report> = { readonly report: Report } | { readonly error: string } | 'ready';

/** Resolves when the generator, a module that calls `serveGenerator`, has everything prepared. */
export async function prepareGenerator<Report>(module: URL, plan: object): Promise<Generator<Report>> {
  const generator = fork(module, { serialization: 'advanced' });
  const nextMessage = (): Promise<GeneratorMessage<Report>> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`the load generator ended with ${code}`));
      generator.once('exit', ended);
      generator.once('message', (message) => {
        generator.off('exit', ended);
        resolve(message as GeneratorMessage<Report>);
      });
    });
  const ready = nextMessage();
  generator.send(plan);
  const answer = await ready;
  if (answer !== 'ready') throw new Error(`load: ${describe(answer)}`);
  return {
    async start() {
      const done = nextMessage();
      generator.send('start');
      const message = await done;
      generator.disconnect();
      if (message === 'ready' || 'error' in message) throw new Error(`load: ${describe(message)}`);
      return message.report;
    },
    stop: () => void generator.kill(),
  };
}

export interface Prepared {
  perform(): Promise<object>;
  close(): void;
}

/** The generator's own side: prepares, says so, and performs when it is told to. */
export function serveGenerator(prepare: (plan: never) => Prepared): void {
  const tell = (message: GeneratorMessage<unknown>): void => void process.send!(message);
  process.once('message', (plan) => {
    // Whoever forks this module tells it the plan that it is written for.
    const prepared = prepare(plan as never);
    process.once('message', () => {
      void prepared
        .perform()
        .then((report) => tell({ report }))
        .catch((error: Error) => tell({ error: error.stack ?? error.message }))
        .finally(() => prepared.close());
    });
    tell('ready');
  });
}

function describe(message: GeneratorMessage<unknown>): string {
  return typeof message === 'string' ? message : 'error' in message ? message.error : 'an unexpected report';
}
