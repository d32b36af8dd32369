import { lockSoon } from "./open_locked.ts";
import { WeirError } from "../error.ts";
import { writeAll } from "../write_all.ts";
import { readAt } from "./read_at.ts";

/**
 * Makes sure that bytes that were to be written to a file at an offset are kept:
 *
 * - If all are there, they are written again, to be sure of the disk.
 * - If the file ends in a part of them, as a crash leaves it, or in zeros, as a
 *   loss of power leaves it, they are completed.
 * - Otherwise somebody has changed the file: it is left alone, and they go to
 *   `FILE.recovered`.
 *
 * What is there is never cut off. With `make`, bytes that begin a file are made
 * one if there is none: a loss of power may leave not even its name. Resolves
 * with a message if bytes went to `FILE.recovered`.
 */
export async function redo(
  path: string,
  offset: number,
  bytes: Uint8Array,
  header: string,
  { make = false }: { make?: boolean } = {},
): Promise<string | undefined> {
  if (bytes.length === 0) return undefined;
  const create = make && offset === 0;
  if (await complete(path, offset, bytes, create)) return undefined;

  const recovered = `${path}.recovered`;
  using file = await Deno.open(recovered, {
    append: true,
    create: true,
    mode: 0o600,
  });
  const { size } = await file.stat();
  // A crash may have come between this and the next checkpoint.
  if (
    size >= bytes.length &&
    await complete(recovered, size - bytes.length, bytes)
  ) {
    return undefined;
  }
  if (size === 0 && offset > 0) {
    await writeAll(file, new TextEncoder().encode(header));
  }
  await writeAll(file, bytes);
  await file.syncData();
  return `The ${bytes.length} bytes that belonged at byte ${offset} are in ${recovered}, also those that may still be in the other.`;
}

async function complete(
  path: string,
  offset: number,
  bytes: Uint8Array,
  create = false,
): Promise<boolean> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true, write: true, create });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  try {
    if (!await lockSoon(file)) {
      throw new WeirError(
        "ERR_WEIR_FILE_IN_USE",
        `${path} is being recorded by another weir. Stop that one first.`,
      );
    }
    const { size } = await file.stat();
    if (size < offset) return false;
    const length = Math.min(size - offset, bytes.length);
    const there = await readAt(file, offset, length);
    if (there.length < length) return false;
    let same = true;
    for (let at = 0; at < there.length; at++) {
      if (there[at] === bytes[at]) continue;
      // A file may have grown on disk before what belongs into it came there.
      if (there[at] !== 0) return false;
      same = false;
    }
    if (size > offset + bytes.length && !same) return false;
    // Also what is all there: if a sync failed before the crash, the kernel may
    // hold for written what is not.
    await file.seek(offset, Deno.SeekMode.Start);
    await writeAll(file, bytes);
    await file.syncData();
    return true;
  } finally {
    file.close();
  }
}
