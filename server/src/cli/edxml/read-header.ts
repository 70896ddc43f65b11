/**
 * Reads only the head of an edXML message: enough to know who wrote to whom about which document. The axis judges
 * the message; this reader never refuses one, it says "unreadable" and lets the axis give the reason.
 */
import { SaxesParser } from 'saxes';

export interface MessageHead {
  readonly kind: 'document' | 'status';
  readonly from: { readonly code: string; readonly name: string };
  readonly to: readonly { readonly code: string; readonly name: string }[];
  readonly documentId: string;
  readonly number: string;
  readonly notation: string;
  readonly promulgatedOn: string;
  readonly subject: string;
  readonly typeName: string;
  readonly statusCode: string | undefined;
  readonly description: string;
  /** Of a status: the document that it answers. */
  readonly answersDocumentId: string | undefined;
}

// A circular to 3,000 receivers, each with a full address, stays below this.
const headLimitBytes = 8 * 1024 * 1024;

/** Stops reading at the end of the header, however large the attachments after it are. */
export async function readHead(chunks: AsyncIterable<Buffer | string>): Promise<MessageHead | undefined> {
  const values = new Map<string, string>();
  const receivers: { code: string; name: string }[] = [];
  const path: string[] = [];
  let isComplete = false;
  let text = '';

  const parser = new SaxesParser({ position: false });
  parser.on('opentag', ({ name }) => {
    path.push(localName(name));
    if (path.at(-1) === 'To' && path.at(-2) === 'MessageHeader') receivers.push({ code: '', name: '' });
    text = '';
  });
  const collect = (more: string): void => {
    text += more;
  };
  parser.on('text', collect);
  parser.on('cdata', collect);
  parser.on('closetag', () => {
    const inside = path.indexOf('MessageHeader');
    const field = inside < 0 ? '' : path.slice(inside + 1).join('/');
    const receiver = receivers.at(-1);
    if (receiver && field === 'To/OrganId') receiver.code = text.trim();
    else if (receiver && field === 'To/OrganName') receiver.name = text.trim();
    else if (field !== '' && !values.has(field)) values.set(field, text.trim());
    if (path.pop() === 'MessageHeader') isComplete = true;
    text = '';
  });

  const decoder = new TextDecoder('utf-8');
  let readBytes = 0;
  let hasBegun = false;
  try {
    for await (const chunk of chunks) {
      const bytes = Buffer.from(chunk);
      readBytes += bytes.length;
      let more = decoder.decode(bytes, { stream: true });
      if (!hasBegun) {
        // Real files begin with a byte order mark or some junk now and then.
        const start = more.indexOf('<');
        if (start < 0) continue;
        more = more.slice(start);
        hasBegun = true;
      }
      parser.write(more);
      if (isComplete || readBytes > headLimitBytes) break;
    }
  } catch {
    return undefined;
  }
  return isComplete ? toHead(values, receivers) : undefined;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function toHead(values: ReadonlyMap<string, string>, to: MessageHead['to']): MessageHead {
  const first = (path: string): string => values.get(path) ?? '';
  const statusCode = values.get('StatusCode');
  return {
    kind: statusCode === undefined ? 'document' : 'status',
    from: { code: first('From/OrganId'), name: first('From/OrganName') },
    to,
    documentId: first('DocumentId'),
    number: first('Code/CodeNumber'),
    notation: first('Code/CodeNotation'),
    promulgatedOn: first('PromulgationInfo/PromulgationDate'),
    subject: first('Subject'),
    typeName: first('DocumentType/TypeName'),
    statusCode,
    description: first('Description'),
    answersDocumentId: values.get('ResponseFor/DocumentId'),
  };
}
