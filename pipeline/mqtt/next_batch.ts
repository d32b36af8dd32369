/** Collects what arrives into the next batch, within bounds. */
export interface Inbox<T> {
  /**
   * Adds items of so many bytes in all. Returns a promise if there is no room
   * for more: it resolves when the batch has been taken.
   */
  put(items: readonly T[], bytes: number): Promise<void> | undefined;
  /** Resolves with what is there, as soon as something is; nothing at the end. */
  take(): Promise<T[] | undefined>;
  /** Ends it: what is in it can still be taken, then comes the end or error. */
  end(error?: unknown): void;
  /** Whether there is no room for more. */
  readonly full: boolean;
  /** From so many items on it is full. */
  readonly maxItems: number;
}

/**
 * From so many items on a batch is full: so few that V8 finds most of them dead
 * when it collects, and does not ask for more memory.
 */
const MAX_ITEMS = 256;

/** The same if each batch is synced before the next one. */
const MAX_SYNCED = 2_048;

/** From so many bytes on a batch is full. */
const MAX_BYTES = 4 * 1_048_576;

/**
 * Makes an inbox. While one batch is being worked on the next one forms, and
 * once that is full whoever fills it has to wait: memory is bounded, and a slow
 * sink slows the socket.
 */
export function createInbox<T>(
  { synced = false }: { synced?: boolean } = {},
): Inbox<T> {
  const maxItems = synced ? MAX_SYNCED : MAX_ITEMS;
  let items: T[] = [];
  let size = 0;
  let room: PromiseWithResolvers<void> | undefined;
  let ended = false;
  let failure: unknown;
  let arrived = Promise.withResolvers<void>();

  return {
    put(more, bytes) {
      for (const item of more) items.push(item);
      size += bytes;
      if (items.length > 0) arrived.resolve();
      if (items.length < maxItems && size < MAX_BYTES) return undefined;
      room ??= Promise.withResolvers();
      return room.promise;
    },
    async take() {
      if (items.length === 0 && !ended) await arrived.promise;
      if (items.length === 0) {
        if (failure !== undefined) throw failure;
        return undefined;
      }
      const batch = items;
      items = [];
      size = 0;
      if (!ended) arrived = Promise.withResolvers();
      room?.resolve();
      room = undefined;
      return batch;
    },
    end(error) {
      ended = true;
      failure ??= error;
      arrived.resolve();
    },
    get full() {
      return room !== undefined;
    },
    maxItems,
  };
}
