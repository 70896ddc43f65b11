/** Wakes those of this process who wait for events of an organisation. */
import type { OrganisationId } from '#foundation/ids';

export interface Waking extends Disposable {
  /** Resolves when one of the organisations has news since the watch began, or when patience or the signal ends. */
  next(options: { readonly withinMillis: number; readonly signal?: AbortSignal }): Promise<void>;
}

export interface FeedWatch {
  watch(organisations: readonly OrganisationId[]): Waking;
  /** Tells of all news of all organisations, by their ids or as undefined where they are too many to name. */
  listen(tell: (organisations: readonly OrganisationId[] | undefined) => void): Disposable;
  wake(organisations: readonly OrganisationId[]): void;
  /** Everybody looks for himself: where too many have news to name them. */
  wakeAll(): void;
  /** Ends all waiting, now and from now on: a server that drains must not wait for those who wait for news. */
  stop(): void;
  readonly isStopped: boolean;
  readonly waiting: number;
}

export function createFeedWatch(): FeedWatch {
  const watchers = new Map<OrganisationId, Set<() => void>>();
  const all = new Set<() => void>();
  const listeners = new Set<(organisations: readonly OrganisationId[] | undefined) => void>();
  let isStopped = false;
  const wakeAll = (): void => {
    for (const tell of all) tell();
    for (const tell of listeners) tell(undefined);
  };
  return {
    get waiting() {
      return all.size + listeners.size;
    },
    listen(tell) {
      listeners.add(tell);
      return { [Symbol.dispose]: () => void listeners.delete(tell) };
    },
    watch(organisations) {
      const news = Promise.withResolvers<void>();
      all.add(news.resolve);
      for (const id of organisations) watchers.set(id, (watchers.get(id) ?? new Set()).add(news.resolve));
      return {
        next: ({ withinMillis, signal }) => firstOf(news.promise, withinMillis, signal),
        [Symbol.dispose]() {
          all.delete(news.resolve);
          for (const id of organisations) {
            watchers.get(id)?.delete(news.resolve);
            if (watchers.get(id)?.size === 0) watchers.delete(id);
          }
        },
      };
    },
    wake(organisations) {
      for (const id of organisations) for (const tell of watchers.get(id) ?? []) tell();
      for (const tell of listeners) tell(organisations);
    },
    wakeAll,
    stop() {
      isStopped = true;
      wakeAll();
    },
    get isStopped() {
      return isStopped;
    },
  };
}

async function firstOf(news: Promise<void>, withinMillis: number, signal?: AbortSignal): Promise<void> {
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const timer = setTimeout(end, withinMillis);
  signal?.addEventListener('abort', () => end(), { once: true });
  await Promise.race([news, over]);
  clearTimeout(timer);
}
