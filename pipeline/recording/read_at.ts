/**
 * Reads so many bytes of a file from an offset on, or what there is of them; into
 * memory that is used again, if it is given.
 */
export async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
  memory: Uint8Array<ArrayBuffer> = new Uint8Array(length),
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = memory.subarray(0, length);
  let at = 0;
  // It waits for no disk.
  file.seekSync(offset, Deno.SeekMode.Start);
  while (at < length) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) break;
    at += read;
  }
  return bytes.subarray(0, at);
}
