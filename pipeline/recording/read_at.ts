/**
 * Reads so many bytes of a file from an offset on, or what there is of them.
 *
 * @example
 * ```ts
 * import { readAt } from "./read_at.ts";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "timestamp,datetime");
 * using file = await Deno.open(path);
 * const bytes = await readAt(file, 10, 100);
 * if (new TextDecoder().decode(bytes) !== "datetime") throw bytes;
 * ```
 */
export async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let at = 0;
  await file.seek(offset, Deno.SeekMode.Start);
  while (at < length) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return bytes.subarray(0, at);
}
