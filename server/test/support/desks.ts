/** What an agency does through a dialect, whichever it is: one shape over the clients, for stories across dialects. */
import { assert } from '#foundation/refusal';
import type { LgspFault } from './lgsp-client.ts';
import type { World } from './world.ts';

export const dialects = ['vxp', 'lgsp', 'native'] as const;
export type DialectName = (typeof dialects)[number];

export interface Desk {
  send(file: Buffer, kind?: 'edoc' | 'status'): Promise<Sending>;
  waiting(kind?: 'edoc' | 'status'): Promise<readonly string[]>;
  /** The XML, without what a sender left before it. */
  fetch(docId: string): Promise<{ readonly xml: string; readonly receipt: string }>;
  mark(docId: string, status: string): Promise<void>;
}

export interface Sending {
  readonly docId: string;
  readonly receipt: string;
  readonly wasRepeat: boolean;
}

const openers = { vxp: openVxpDesk, lgsp: openLgspDesk, native: openNativeDesk } as const;

export async function openDesk(world: World, code: string, dialect: DialectName): Promise<Desk> {
  return openers[dialect](world, code);
}

function openVxpDesk(world: World, code: string): Desk {
  const client = world.client(code);
  return {
    async send(file, kind = 'edoc') {
      const { answer, receipt } = await client.sendEdoc(file, { kind });
      assert(answer.status === 'OK', `accepted, not ${answer.ErrorDesc}`);
      return { docId: answer.DocId!, receipt: receipt!, wasRepeat: answer['repeated'] === true };
    },
    waiting: async (kind) => idsOf((await client.getReceivedEdocList(kind)).answer.data),
    async fetch(docId) {
      const { body, receipt } = await client.downloadEdoc(docId);
      return { xml: body.toString(), receipt: receipt! };
    },
    async mark(docId, status) {
      const { answer } = await client.updateStatus(docId, status);
      assert(answer.status === 'OK', `marked, not ${answer.ErrorDesc}`);
    },
  };
}

async function openLgspDesk(world: World, code: string): Promise<Desk> {
  const client = await world.lgspClient(code);
  return {
    async send(file, kind) {
      const { answer, receipt } = await client.sendEdoc(file, kind && { kind });
      assert(answer.success, `accepted, not ${(answer.data as LgspFault | undefined)?.errorDesc}`);
      return { docId: answer.docId!, receipt: receipt!, wasRepeat: answer['repeated'] === true };
    },
    waiting: async (kind) => idsOf((await client.syncReceivedEdocList(kind)).answer.data),
    async fetch(docId) {
      const { answer, receipt } = await client.getEdoc(docId);
      return { xml: (answer.data as { edxml: string }).edxml, receipt: receipt! };
    },
    async mark(docId, status) {
      const { answer } = await client.updateStatus(docId, status);
      assert(answer.success, `marked, not ${answer.message}`);
    },
  };
}

/** With packages of edXML, which is what all dialects have in common. */
async function openNativeDesk(world: World, code: string): Promise<Desk> {
  const axis = await world.api(code);
  const kindOf = (kind: 'edoc' | 'status' = 'edoc') => (kind === 'edoc' ? 'document' : 'status');
  return {
    async send(file, kind) {
      const { data, error } = await axis.POST('/api/exchange/packages', {
        params: { query: { kind: kindOf(kind) } },
        headers: { 'Content-Type': 'application/octet-stream' },
        body: file as unknown as string,
        bodySerializer: (body) => body,
      });
      assert(data, `accepted, not ${error?.code}`);
      return { docId: data.id, receipt: data.receipt, wasRepeat: data.repeated };
    },
    async waiting(kind) {
      const { data } = await axis.GET('/api/exchange/deliveries', {
        params: { query: { kind: kindOf(kind) } },
      });
      return data!.deliveries.map(({ id }) => id);
    },
    async fetch(docId) {
      const { data, response } = await axis.GET('/api/exchange/deliveries/{delivery}/content', {
        params: { path: { delivery: docId } },
        parseAs: 'text',
      });
      return { xml: data!, receipt: response.headers.get('lienthong-receipt')! };
    },
    async mark(docId, status) {
      const { error } = await axis.POST('/api/exchange/deliveries/{delivery}/marks', {
        params: { path: { delivery: docId } },
        body: { mark: status as 'done' },
      });
      assert(error === undefined, `marked, not ${error?.code}`);
    },
  };
}

function idsOf(rows: unknown): string[] {
  return (rows as { docId: string }[]).map(({ docId }) => docId);
}
