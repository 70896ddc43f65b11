/**
 * The answer of `getEdoc`, written while the package is read: once for what it says and where its parts lie, once for its
 * XML as it stands, once for its files. Neither a package of 2 GB nor a file in it is ever held.
 */
import { assert } from '#foundation/refusal';
import { createEdxmlReader, range, readAttachments } from '../edxml/index.ts';
import type { DocumentMessage, EdxmlMessage } from '../edxml/index.ts';
import type { FetchedDelivery } from '../fetch-delivery.ts';
import { base64Text } from '../wire/base64-text.ts';

/** @param around the answer with an empty `data`. */
export async function* writeEdoc(
  { deliveryId, content }: FetchedDelivery,
  around: string,
): AsyncGenerator<Buffer, void, undefined> {
  const [head, tail, ...others] = around.split(/(?<=\{)(?=\})/);
  assert(head !== undefined && tail !== undefined && others.length === 0, 'there is one empty object');
  yield Buffer.from(`${head}"docId":${JSON.stringify(deliveryId)},`);
  const message = await readMessage(content);
  yield Buffer.from(`${JSON.stringify(describe(message)).slice(1, -1)},"edxml":"`);
  const { xmlPart } = message;
  yield* jsonText(xmlPart ? range(content, xmlPart.offset, xmlPart.length) : content);
  yield Buffer.from('","attachments":[');
  if (message.kind === 'document') yield* writeFiles(content, message);
  yield Buffer.from(`]${tail}`);
}

async function readMessage(content: AsyncIterable<Buffer>): Promise<EdxmlMessage> {
  const reader = createEdxmlReader();
  for await (const chunk of content) await reader.write(chunk);
  return reader.end();
}

/** As the message itself says it. */
function describe(message: EdxmlMessage) {
  const { organId, organName } = message.from;
  const from = { from: organId, fromName: organName };
  if (message.kind === 'status') {
    return { ...from, edocCode: message.responseFor.code, edocAbstract: message.description };
  }
  const { number, notation } = message.code;
  return { ...from, edocCode: `${number}/${notation}`, edocAbstract: message.subject };
}

/** What was accepted as UTF-8, between the quotes of a JSON text. */
async function* jsonText(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const chunk of content) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield Buffer.from(JSON.stringify(text).slice(1, -1));
  }
}

async function* writeFiles(
  content: AsyncIterable<Buffer>,
  message: DocumentMessage,
): AsyncGenerator<Buffer, void, undefined> {
  let separator = '';
  for await (const { attachment, file } of readAttachments(content, message.attachments)) {
    yield Buffer.from(`${separator}{"fileName":${JSON.stringify(attachment.name)},"fileContent":"`);
    yield* base64Text(file);
    yield Buffer.from('"}');
    separator = ',';
  }
}
