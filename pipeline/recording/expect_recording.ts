import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import { formatToRead } from "./format_to_read.ts";
import { readBytes } from "./read_bytes.ts";

/** So much of a file says what it is, in bytes. */
const BEGINNING = 1024;

/**
 * Checks that a file is a recording, by its first line. One that ends in `.gz` is
 * unpacked, and an empty file passes: its rows may come.
 *
 * @throws {WeirError} if it cannot be read, or is no recording.
 *
 * @example
 * ```ts
 * import { expectRecording } from "../mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".txt" });
 * await Deno.writeTextFile(path, "Buy milk.\n");
 * const refused = await expectRecording(path).then(() => false, () => true);
 * if (!refused) throw path;
 * ```
 */
export async function expectRecording(path: string): Promise<void> {
  const text = await beginningOf(path);
  const format = formatToRead(path, text);
  if (format.begins(text)) return;
  const first = format.header.trim();
  throw new WeirError(
    "ERR_WEIR_FILE_HEADER",
    `${escape(path)} is no recording: its first line is ${
      first === "" ? "no row of one" : `not ${first}`
    }.`,
    { facts: { path } },
  );
}

async function beginningOf(path: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of readBytes(path)) {
    text += decoder.decode(bytes.subarray(0, BEGINNING), { stream: true });
    if (text.length >= BEGINNING / 4 || text.includes("\n")) break;
  }
  return text.replace(/\0+$/, "");
}
