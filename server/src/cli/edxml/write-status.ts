/** An edXML status message: what became of a received document, told to the organisation that sent it. */
import { formatVietnamTime } from '#foundation/clock';
import type { WrittenOrganisation } from './write-document.ts';
import { writeOrganisation } from './write-document.ts';
import { edXmlNamespace, element } from './xml-text.ts';

export interface WrittenStatus {
  readonly from: WrittenOrganisation;
  readonly responseFor: {
    readonly organisationCode: string;
    /** `number/notation`. */
    readonly code: string;
    /** As the document wrote it; receivers match by DocumentId, never by date. */
    readonly promulgatedOn: string;
    readonly documentId: string;
  };
  readonly statusCode: string;
  readonly description: string;
  readonly at: Temporal.Instant;
}

export function writeStatus({ from, responseFor, statusCode, description, at }: WrittenStatus): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="${edXmlNamespace}"><edXML:edXMLEnvelope xmlns:edXML="${edXmlNamespace}"><edXML:edXMLHeader><edXML:MessageHeader>${[
    writeOrganisation('From', from),
    `<edXML:ResponseFor>${[
      element('OrganId', responseFor.organisationCode),
      element('Code', responseFor.code),
      element('PromulgationDate', responseFor.promulgatedOn),
      element('DocumentId', responseFor.documentId),
    ].join('')}</edXML:ResponseFor>`,
    element('StatusCode', statusCode),
    element('Description', description),
    element('Timestamp', formatVietnamTime(at)),
  ].join('')}</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>
`);
}
