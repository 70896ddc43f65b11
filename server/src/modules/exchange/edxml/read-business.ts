import type { HeaderGroup } from './header-group.ts';
import type { Business, BusinessDocType, ReceiverChange, StaffInfo } from './message.ts';
import { refuse } from './refusals.ts';
import type { Warnings } from './warnings.ts';

/** What the package does: absent, it brings a new document. An unknown type is refused: a recall read as new is worse. */
export function readBusiness(business: HeaderGroup, warnings: Warnings): Business {
  const change = business.group('BussinessDocumentInfo');
  return {
    docType: readDocType(business.text('BussinessDocType')),
    reason: business.text('BussinessDocReason'),
    documentId: business.identifier('DocumentId', 'documentId'),
    paper: business.text('Paper'),
    staff: business.groups('StaffInfo').map(readStaff),
    documentChanged: change.text('DocumentInfo') === '1',
    receiversChanged: change.text('DocumentReceiver') === '1',
    receivers: change
      .group('ReceiverList')
      .groups('Receiver')
      .map((receiver) => readReceiver(receiver, warnings)),
    replacements: business
      .group('ReplacementInfoList')
      .groups('ReplacementInfo')
      .map((replacement) => ({
        documentId: replacement.requiredIdentifier('DocumentId', 'documentId'),
        organIds: replacement.group('OrganIdList').identifiers('OrganId', 'organId'),
      })),
  };
}

const docTypes: readonly BusinessDocType[] = [0, 1, 2, 3];

function readDocType(text: string): BusinessDocType {
  const docType = text === '' ? 0 : docTypes.find((known) => String(known) === text);
  if (docType === undefined) throw refuse('business_type_invalid', { value: text.slice(0, 20) });
  return docType;
}

function readReceiver(receiver: HeaderGroup, warnings: Warnings): ReceiverChange {
  const type = receiver.text('ReceiverType');
  const change = type === '0' ? 'removed' : type === '1' ? 'added' : null;
  if (change === null) warnings.add('value_unknown', `${receiver.path}/ReceiverType`, type);
  return { organId: receiver.requiredIdentifier('OrganId', 'organId'), change };
}

/** Who sent it; a status has the same group. */
export function readStaff(staff: HeaderGroup): StaffInfo {
  return {
    department: staff.text('Department'),
    staff: staff.text('Staff'),
    mobile: staff.text('Mobile'),
    email: staff.text('Email'),
  };
}
