// Sends a PDF through the native API and waits until its receiver has registered it. In this repository:
//   npx node examples/send_a_pdf.ts AXIS_URL CLIENT_ID KEY_FILE FROM TO LETTER.pdf
// KEY_FILE has the client's private key (PEM) or, where it has none, its secret.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../clients/typescript/src/index.ts';

const [baseUrl = '', clientId = '', keyFile = '', from = '', to = '', pdf = ''] = process.argv.slice(2);
const key = (await readFile(keyFile, 'utf8')).trim();
const credential = key.startsWith('-----BEGIN') ? { privateKey: key } : { secret: key };
const axis = connect({ baseUrl, clientId, ...credential });

const upload = await axis.upload(await readFile(pdf), { name: basename(pdf) });
const { data: sent, error } = await axis.POST('/api/exchange/envelopes', {
  params: { header: { 'idempotency-key': randomUUID() } },
  body: {
    from,
    to: [to],
    number: '128',
    notation: 'UBND-VP',
    promulgatedOn: new Date().toISOString().slice(0, 10),
    subject: 'V/v gửi báo cáo tháng 11 năm 2026',
    attachments: [{ upload }],
  },
});
if (!sent) throw new Error(`${error.code}: ${error.title}`);
process.stdout.write(`${sent.id}\n${sent.receipt}\n`);

for (let told = ''; !told.startsWith('done 03'); await sleep(500)) {
  const path = { envelope: sent.id };
  const { data } = await axis.GET('/api/exchange/envelopes/{envelope}', { params: { path } });
  const [recipient] = data?.recipients ?? [];
  const now = `${recipient?.state} ${recipient?.status?.code ?? '–'} ${recipient?.status?.name ?? ''}`;
  if (now !== told) process.stdout.write(`${now}\n`);
  told = now;
}
