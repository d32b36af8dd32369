/** Bytes that are collected one after the other, in memory that is used again. */
export interface ByteStore {
  /** Copies bytes to the end. */
  add(bytes: Uint8Array): void;
  /** All of them. They are valid until the next change. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** Forgets them. */
  clear(): void;
}

/**
 * Makes an empty store. A list of what is added would do as well, but arrays
 * that outlive a batch are only freed when V8 looks at all of its memory: tens
 * of megabytes of them pile up until then.
 */
export function createByteStore(): ByteStore {
  let store = new Uint8Array(0);
  let size = 0;
  return {
    add(bytes) {
      const end = size + bytes.length;
      if (end > store.length) {
        const larger = new Uint8Array(Math.max(end, 2 * store.length));
        larger.set(store.subarray(0, size));
        store = larger;
      }
      store.set(bytes, size);
      size = end;
    },
    bytes: () => store.subarray(0, size),
    clear() {
      // After a flood it is not needed again.
      if (size < store.length / 4) store = new Uint8Array(0);
      size = 0;
    },
  };
}
