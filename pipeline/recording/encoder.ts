/** A UTF-16 unit has at most so many bytes in UTF-8. */
const MAX_BYTES = 3;

/** Memory of at most so many bytes is kept for the next text. */
const MAX_KEPT = 1_048_576;

/**
 * Makes a function that encodes text as UTF-8, into memory that is used again:
 * its result is valid until the next call.
 */
export function createEncoder(): (text: string) => Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  let memory = new Uint8Array(0);
  return (text) => {
    const most = text.length * MAX_BYTES;
    if (most > MAX_KEPT) return encoder.encode(text);
    if (most > memory.length) {
      memory = new Uint8Array(Math.min(MAX_KEPT, 2 * most));
    }
    return memory.subarray(0, encoder.encodeInto(text, memory).written);
  };
}
