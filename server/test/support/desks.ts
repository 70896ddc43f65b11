/** What an agency does through a dialect, whichever it is: one shape over the clients, for stories across dialects. */
import { assert } from '#foundation/refusal';
import type { LgspFault } from './lgsp-client.ts';
import type { World } from './world.ts';

export const dialects = ['vxp', 'lgsp'] as const;
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

export async function openDesk(world: World, code: string, dialect: DialectName): Promise<Desk> {
  return dialect === 'vxp' ? openVxpDesk(world, code) : openLgspDesk(world, code);
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

function idsOf(rows: unknown): string[] {
  return (rows as { docId: string }[]).map(({ docId }) => docId);
}
