/** Collects what arrives into the next batch, within bounds. */
export interface Inbox<T> {
  /**
   * Adds an item of so many bytes. Calls `resume` when there is room for
   * another: at once, or when the batch has been taken.
   */
  put(item: T, bytes: number, resume: () => void): void;
  /** Resolves with what is there, as soon as something is; nothing at the end. */
  take(): Promise<T[] | undefined>;
  /** Ends it: what is in it can still be taken, then comes the end or error. */
  end(error?: unknown): void;
  /** Whether it is full and somebody waits to be resumed. */
  readonly full: boolean;
}

/**
 * At most so many items make a batch: what is read from a socket at a time, but
 * few enough that the garbage collector finds most of them dead.
 */
const MAX_ITEMS = 2_048;

/** At most so many bytes, and one item more, make a batch. */
const MAX_BYTES = 4 * 1_048_576;

/**
 * Makes an inbox. While one batch is being worked on the next one forms, and
 * once that is full whoever fills it has to wait: memory is bounded, and a slow
 * sink slows the socket.
 *
 * @example
 * ```ts
 * import { createInbox } from "./next_batch.ts";
 *
 * const inbox = createInbox<string>();
 * inbox.put("a", 1, () => {});
 * inbox.put("b", 1, () => {});
 * inbox.end();
 * const batch = await inbox.take();
 * if (batch?.join() !== "a,b" || await inbox.take()) throw new Error("not ended");
 * ```
 */
export function createInbox<T>(): Inbox<T> {
  let items: T[] = [];
  let size = 0;
  let resumes: (() => void)[] = [];
  let ended = false;
  let failure: unknown;
  let arrived = Promise.withResolvers<void>();

  return {
    put(item, bytes, resume) {
      items.push(item);
      size += bytes;
      if (items.length === 1) arrived.resolve();
      if (items.length < MAX_ITEMS && size < MAX_BYTES) resume();
      else resumes.push(resume);
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
      const waiting = resumes;
      resumes = [];
      for (const resume of waiting) resume();
      return batch;
    },
    end(error) {
      ended = true;
      failure ??= error;
      arrived.resolve();
    },
    get full() {
      return resumes.length > 0;
    },
  };
}
