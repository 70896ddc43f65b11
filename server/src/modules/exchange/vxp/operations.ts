/**
 * What may be called, how, and which signed keys each operation reads. The table is the rule: a required key that is
 * not signed is refused, an optional key that is sent but not signed is refused, and every other header is one that
 * an earlier call of the same client object left behind (the SDK never clears its headers) and is ignored.
 */
export interface Operation {
  readonly name: OperationName;
  readonly methods: readonly ('GET' | 'POST')[];
  /** Keys without prefix, beside `systemid` and `timestamp`, which every operation requires. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Only these read their request body; that of the others is `{}` or nothing and is thrown away. */
  readonly body: 'ignored' | 'json' | 'package';
}

export type OperationName =
  | 'getAgenciesList'
  | 'getAgenciesListQD20'
  | 'getSynchronizeUnit'
  | 'registerAgency'
  | 'deleteAgency'
  | 'sendEdoc'
  | 'getReceivedEdocList'
  | 'getEdoc'
  | 'downloadEdoc'
  | 'updateStatus'
  | 'getSentEdocList'
  | 'getSentEdocHistory'
  | 'countReceiveEdoc'
  | 'countReceiveStatus';

type Row = Partial<Omit<Operation, 'name'>>;

const table: Record<OperationName, Row> = {
  getAgenciesList: {},
  getAgenciesListQD20: { optional: ['level'] },
  getSynchronizeUnit: {},
  registerAgency: { body: 'json' },
  deleteAgency: { required: ['AgencyCode'] },
  sendEdoc: {
    required: ['messagetype', 'hash-file'],
    optional: ['servicetype', 'from', 'Content-Type', 'onwardOf'],
    body: 'package',
  },
  getReceivedEdocList: {
    required: ['messagetype'],
    optional: ['servicetype', 'fromDate', 'toDate', 'pageSize', 'pageIndex'],
  },
  getEdoc: { required: ['docId'] },
  downloadEdoc: { required: ['docId'], methods: ['GET'] },
  updateStatus: { required: ['docId', 'status'] },
  getSentEdocList: { required: ['messagetype'], optional: ['servicetype', 'docId'] },
  getSentEdocHistory: { required: ['docId'] },
  countReceiveEdoc: { methods: ['GET', 'POST'] },
  countReceiveStatus: { methods: ['GET', 'POST'] },
};

export const operations: readonly Operation[] = (Object.keys(table) as OperationName[]).map((name) => ({
  name,
  methods: ['POST'],
  required: [],
  optional: [],
  body: 'ignored',
  ...table[name],
}));

export function getOperation(name: OperationName): Operation {
  return operations.find((operation) => operation.name === name)!;
}
