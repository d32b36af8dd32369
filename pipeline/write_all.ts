/** A file, a socket, stdout. */
interface Writer {
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Writes all bytes; a single `write()` may take only some of them.
 *
 * @example
 * ```ts
 * import { writeAll } from "./write_all.ts";
 *
 * await writeAll(Deno.stdout, new TextEncoder().encode("ready\n"));
 * ```
 */
export async function writeAll(
  writer: Writer,
  bytes: Uint8Array,
): Promise<void> {
  while (bytes.length > 0) {
    bytes = bytes.subarray(await writer.write(bytes));
  }
}
