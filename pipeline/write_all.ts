/**
 * Writes all bytes to a file, a socket or stdout. A single `write()` may take
 * only some of them.
 *
 * @example
 * ```ts
 * import { writeAll } from "./mod.ts";
 *
 * await writeAll(Deno.stdout, new TextEncoder().encode("ready\n"));
 * ```
 */
export async function writeAll(
  writer: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  while (bytes.length > 0) {
    bytes = bytes.subarray(await writer.write(bytes));
  }
}
