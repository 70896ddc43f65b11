/** What the agencies know from the answers that reached them. It is what the database is held against. */
import type { Letter } from '../support/letters.ts';
import { readingSystems } from './feed-readers.ts';
import type { FeedReader } from './feed-readers.ts';
import { holds } from './simulation.ts';

/** A letter that was sent, once or many times. */
export interface Sending {
  readonly number: number;
  readonly system: string;
  readonly letter: Letter & { readonly documentId: string };
  /** Acknowledgements by the state of the directory in which they were given. */
  readonly receipts: Map<number, string>;
  envelopeId: string | undefined;
  refusedWith: string | undefined;
  isErased: boolean;
  /** A receiver said that it could not store its copy: sending again delivers another, with a receipt of its own. */
  isFailed: boolean;
  /** The copy that it passes on. */
  onwardOf: string | undefined;
}

/** A copy in a mailbox, from the first list that showed it. */
export interface Copy {
  readonly number: number;
  readonly id: string;
  readonly envelopeId: string;
  readonly kind: 'document' | 'status';
  readonly fromCode: string;
  readonly toCode: string;
  readonly documentId: string;
  readonly system: string;
  fetchReceipt: string | undefined;
  isDone: boolean;
  isDestroyed: boolean;
}

export interface Correspondence {
  readonly sendings: Sending[];
  readonly copies: Copy[];
  readonly readers: readonly FeedReader[];
  /** Moves with every change of the directory that was asked for. */
  directoryVersion: number;
  addSending(system: string, letter: Letter & { readonly documentId: string }): Sending;
  /** The version is that of the directory when it was asked: what changed under way is not held against the answer. */
  acknowledged(
    sending: Sending,
    answer: { readonly receipt: string; readonly envelopeId: string },
    version: number,
  ): void;
  /** By its id: two systems may see the same copy, one after the other. */
  copySeen(
    copy: Pick<Copy, 'id' | 'envelopeId' | 'kind' | 'fromCode' | 'toCode' | 'documentId' | 'system'>,
  ): Copy;
  fetched(copy: Copy, receipt: string): void;
}

export function createCorrespondence(): Correspondence {
  const sendings: Sending[] = [];
  const copies: Copy[] = [];
  const copiesById = new Map<string, Copy>();
  return {
    sendings,
    copies,
    readers: readingSystems.map((system) => ({ system, cursor: undefined, events: [] })),
    directoryVersion: 0,
    addSending(system, letter) {
      const number = sendings.length + 1;
      const sending: Sending = {
        number,
        system,
        letter,
        receipts: new Map(),
        envelopeId: undefined,
        refusedWith: undefined,
        onwardOf: undefined,
        isErased: false,
        isFailed: false,
      };
      sendings.push(sending);
      return sending;
    },
    acknowledged(sending, { receipt, envelopeId }, version) {
      sending.envelopeId = envelopeId;
      if (version !== this.directoryVersion || sending.isFailed) return;
      const before = sending.receipts.get(version);
      holds(before === undefined || before === receipt, 'X2', () => {
        return `letter ${sending.number} was answered by two receipts`;
      });
      sending.receipts.set(version, receipt);
    },
    copySeen(seen) {
      const known = copiesById.get(seen.id);
      if (known) return known;
      const copy: Copy = {
        number: copies.length + 1,
        ...seen,
        fetchReceipt: undefined,
        isDone: false,
        isDestroyed: false,
      };
      copies.push(copy);
      copiesById.set(copy.id, copy);
      return copy;
    },
    fetched(copy, receipt) {
      const before = copy.fetchReceipt;
      holds(before === undefined || before === receipt, 'X2', () => {
        return `copy ${copy.number} was handed out by two receipts`;
      });
      copy.fetchReceipt = receipt;
    },
  };
}
