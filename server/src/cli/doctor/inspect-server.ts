/** The server over HTTP: does it answer, and is it ready. That it does not run is no fault by itself. */
import type { Context } from '../command.ts';
import { withSlash } from '../connection/exchange.ts';
import { readText, sendRequest } from '../connection/http.ts';
import { loadSettings } from '../connection/settings.ts';
import { Failure } from '../failure.ts';
import type { Finding } from './finding.ts';
import { attention, fine, wrong } from './finding.ts';

const answerLimitBytes = 64 * 1024;

export async function inspectServer(context: Context): Promise<Finding[]> {
  let baseUrl: URL;
  try {
    ({ baseUrl } = await loadSettings(context));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [attention('server', error.text, error.remedy)];
  }
  try {
    const answer = await sendRequest({
      method: 'GET',
      url: new URL('readyz', withSlash(baseUrl)),
      signal: context.signal,
    });
    const text = (await readText(answer, answerLimitBytes)).trim();
    if (answer.status === 200) {
      return [fine('server', { vi: `${baseUrl.origin} sẵn sàng phục vụ`, en: `${baseUrl.origin} is ready` })];
    }
    return [
      wrong(
        'server',
        {
          vi: `${baseUrl.origin} chạy nhưng chưa sẵn sàng: ${text}`,
          en: `${baseUrl.origin} runs but is not ready: ${text}`,
        },
        { vi: 'Xem nhật ký của máy chủ.', en: 'See the log of the server.' },
      ),
    ];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [
      attention(
        'server',
        {
          vi: `${baseUrl.origin} không trả lời: máy chủ chưa chạy?`,
          en: `${baseUrl.origin} does not answer: is the server running?`,
        },
        { vi: 'npm start', en: 'npm start' },
      ),
    ];
  }
}
