/** Which function answers which operation. */
import type { Handler } from './call.ts';
import type { OperationName } from './operations.ts';
import { getAgenciesList, getAgenciesListQD20, getSynchronizeUnit } from './operations/agencies.ts';
import { downloadEdoc, getEdoc } from './operations/fetch.ts';
import { countReceiveEdoc, countReceiveStatus, getReceivedEdocList } from './operations/mailbox.ts';
import { deleteAgency, registerAgency } from './operations/register.ts';
import { sendEdoc } from './operations/send-edoc.ts';
import { getSentEdocHistory } from './operations/history.ts';
import { getSentEdocList } from './operations/sent.ts';
import { updateStatus } from './operations/update-status.ts';

export const handlers: Readonly<Record<OperationName, Handler>> = {
  getAgenciesList,
  getAgenciesListQD20,
  getSynchronizeUnit,
  registerAgency,
  deleteAgency,
  sendEdoc,
  getReceivedEdocList,
  getEdoc,
  downloadEdoc,
  updateStatus,
  getSentEdocList,
  getSentEdocHistory,
  countReceiveEdoc,
  countReceiveStatus,
};
