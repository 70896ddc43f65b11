/** The server at the far end of the wire, giving every request of an operator the same answer and keeping what was asked. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AnsweredOperator extends AsyncDisposable {
  readonly asked: readonly {
    readonly method: string;
    readonly url: string;
    readonly body: string;
    readonly accept: string;
  }[];
  /** By which a command finds it. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function answerOperator(answer: unknown): Promise<AnsweredOperator> {
  const asked: { method: string; url: string; body: string; accept: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, url, body, accept: headers.accept ?? '' });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    asked,
    environment: {
      LIENTHONG_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      LIENTHONG_OPERATOR_ID: 'quan-tri',
      LIENTHONG_OPERATOR_SECRET: 'bi-mat-bi-mat-bi-mat',
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
