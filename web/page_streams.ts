/** Open pages, each with a stream of Server-Sent Events. */
export interface PageStreams {
  /** How many are open, and how many were dropped since they did not read. */
  count(): { open: number; dropped: number };
  /** Opens a stream that begins with an event; `undefined` if there are too many. */
  open(first: Uint8Array): ReadableStream<Uint8Array> | undefined;
  /** Sends an event to all of them. */
  send(event: Uint8Array): void;
  /** Ends all of them. */
  close(): void;
}

/** So many bytes may wait for a page. */
const MAX_WAITING = 1 << 20;

/** So many pages may be open. */
const MAX_PAGES = 500;

/** Makes the streams of pages. A page that does not read is dropped. */
export function createPageStreams(): PageStreams {
  const pages = new Set<ReadableStreamDefaultController<Uint8Array>>();
  let dropped = 0;
  return {
    count: () => ({ open: pages.size, dropped }),
    open(first) {
      if (pages.size >= MAX_PAGES) return undefined;
      let page: ReadableStreamDefaultController<Uint8Array>;
      return new ReadableStream<Uint8Array>({
        start(controller) {
          page = controller;
          pages.add(page);
          page.enqueue(first);
        },
        cancel: () => void pages.delete(page),
      }, new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING }));
    },
    send(event) {
      for (const page of pages) {
        if ((page.desiredSize ?? 0) > 0) {
          page.enqueue(event);
          continue;
        }
        pages.delete(page);
        dropped++;
        page.error(new Error("This page does not read."));
      }
    },
    close() {
      for (const page of pages) page.close();
      pages.clear();
    },
  };
}
