/**
 * What the generator knows of the mail that it caused, so that it looks where something waits: thousands of empty lists
 * would measure the polling and not the exchange.
 */
export interface Postbox {
  /** A message was accepted for a mailbox of this hub. */
  put(hub: number): void;
  /** A hub with mail that nobody looks at now; the caller looks until its list is empty. */
  take(): number | undefined;
  /** The list of a hub was empty: whatever was put there before is handled, or was taken back. */
  emptied(hub: number): void;
  /** One message was handled. */
  handled(hub: number): void;
  /** Messages that are not handled yet. */
  readonly waiting: number;
}

export function createPostbox(): Postbox {
  const waitingOf = new Map<number, number>();
  const unread = new Set<number>();
  const inHand = new Set<number>();
  let waiting = 0;
  const set = (hub: number, count: number): void => {
    waiting += count - (waitingOf.get(hub) ?? 0);
    waitingOf.set(hub, count);
  };
  return {
    put(hub) {
      set(hub, (waitingOf.get(hub) ?? 0) + 1);
      unread.add(hub);
    },
    take() {
      const hub = unread.values().find((candidate) => !inHand.has(candidate));
      if (hub === undefined) return undefined;
      unread.delete(hub);
      inHand.add(hub);
      return hub;
    },
    emptied(hub) {
      inHand.delete(hub);
      if (!unread.has(hub)) set(hub, 0);
    },
    handled: (hub) => set(hub, Math.max(0, (waitingOf.get(hub) ?? 0) - 1)),
    get waiting() {
      return waiting;
    },
  };
}
