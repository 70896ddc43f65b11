/** Packages as software of 2012 writes them: the SOAP message, and its files behind it. */
import { fixture } from './edxml.ts';

export interface SoapPart {
  readonly headers: readonly string[];
  readonly content: Buffer | string;
}

export interface SoapPackage {
  readonly message?: Buffer | string;
  readonly parts?: readonly SoapPart[];
  readonly lineEnd?: '\r\n' | '\n';
  /** The headers of the whole; software that writes the HTTP body to a file leaves them out. */
  readonly hasHead?: boolean;
}

const boundary = '----=_Part_0_2012.131';

export function soapMessage(change: (text: string) => string = (text) => text): Buffer {
  return Buffer.from(change(fixture('soap-2012.edxml').toString()));
}

export function soapPackage(given: SoapPackage = {}): Buffer {
  const { message = soapMessage(), parts = [], lineEnd = '\r\n', hasHead = true } = given;
  const head = [
    'MIME-Version: 1.0',
    `Content-Type: multipart/related; type="text/xml";`,
    ` start="<thu@minhson.invalid>"; boundary="${boundary}"`,
    '',
    '',
  ].join(lineEnd);
  const all: SoapPart[] = [
    {
      headers: ['Content-Type: text/xml; charset=UTF-8', 'Content-ID: <thu@minhson.invalid>'],
      content: message,
    },
    ...parts,
  ];
  return Buffer.concat([
    Buffer.from(hasHead ? head : ''),
    ...all.flatMap(({ headers, content }) => [
      Buffer.from([`--${boundary}`, ...headers, '', ''].join(lineEnd)),
      Buffer.from(content as Buffer),
      Buffer.from(lineEnd),
    ]),
    Buffer.from(`--${boundary}--${lineEnd}`),
  ]);
}

/** The file that the message's manifest names. */
export function namedFile(content: Buffer, encoding: 'binary' | 'base64' = 'binary'): SoapPart {
  return {
    headers: [
      'Content-Type: application/pdf; name="131.pdf"',
      `Content-Transfer-Encoding: ${encoding}`,
      'Content-ID: <tep1@minhson.invalid>',
    ],
    content: encoding === 'binary' ? content : content.toString('base64').replaceAll(/.{76}/g, '$&\r\n'),
  };
}

export function secondXml(files: Readonly<Record<string, Buffer>>): SoapPart {
  const attachments = Object.entries(files).map(
    ([name, content]) =>
      `    <edXML:attachment Content-Type="application/zip" Content-Transfer-Encoding="base64">
      <name>${name}</name>
      <value>
        ${content.toString('base64')}
      </value>
    </edXML:attachment>`,
  );
  return {
    headers: ['Content-Type: text/xml'],
    content: `<?xml version="1.0"?>
<edXML:document xmlns:edXML="http://www.e-doc.vn/Schema/">
  <edXML:attach>
${attachments.join('\n')}
  </edXML:attach>
</edXML:document>`,
  };
}
