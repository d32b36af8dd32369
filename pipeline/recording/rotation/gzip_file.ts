import { Buffer } from "node:buffer";
import { WeirError } from "../../error.ts";
import { escape } from "../../escape.ts";
import { writeAll } from "../../write_all.ts";
import { fileError } from "../file_error.ts";
import { lockSoon } from "../open_locked.ts";
import { readAt } from "../read_at.ts";
import { readBytes } from "../read_bytes.ts";
import { syncFolder } from "../sync_folder.ts";

/** So many bytes of a file are read at once. */
const CHUNK = 65_536;

/**
 * Compresses a file: `lab.csv.gz` takes the place of `lab.csv`. Until all of it
 * is on the disk itself, `lab.csv` stays. If a crash has left both, and they
 * hold the same, `lab.csv` is removed.
 *
 * @throws {WeirError} if that fails, the file is in use, or `lab.csv.gz` holds
 * something else. `lab.csv` is as it was.
 */
export async function gzipFile(path: string): Promise<void> {
  const packed = `${path}.gz`;
  try {
    using file = await Deno.open(path, { read: true, write: true });
    if (!await lockSoon(file)) {
      throw new WeirError(
        "ERR_WEIR_FILE_IN_USE",
        `${escape(path)} is being recorded by another weir.`,
        { facts: { path } },
      );
    }
    const found = await comparePacked(path, file);
    if (found === "other") {
      throw new WeirError(
        "ERR_WEIR_FILE_EXISTS",
        `${escape(packed)} is there already and holds something else. ${
          escape(path)
        } stays as it is.`,
        { facts: { path } },
      );
    }
    if (found === "none") await pack(file, packed);
    await syncFolder(packed);
    await Deno.remove(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw fileError(path, error);
  }
}

/** Whether a file and its `.gz` hold the same. */
export async function isPackedCopy(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path);
    return await comparePacked(path, file) === "same";
  } catch {
    return false;
  }
}

async function comparePacked(
  path: string,
  file: Deno.FsFile,
): Promise<"same" | "other" | "none"> {
  const packed = `${path}.gz`;
  try {
    await Deno.stat(packed);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "none";
    throw error;
  }
  let at = 0;
  try {
    for await (const bytes of readBytes(packed)) {
      const there = await readAt(file, at, bytes.length);
      if (Buffer.compare(there, bytes) !== 0) return "other";
      at += bytes.length;
    }
  } catch (error) {
    // It is not gzip, or is cut off.
    if (error instanceof WeirError) return "other";
    throw error;
  }
  return at === (await file.stat()).size ? "same" : "other";
}

/** Writes a file's bytes to another one, compressed and synced. */
async function pack(file: Deno.FsFile, packed: string): Promise<void> {
  const fresh = `${packed}.new`;
  const { mode } = await file.stat();
  const output = await Deno.open(fresh, {
    write: true,
    create: true,
    truncate: true,
    mode: mode === null ? undefined : mode & 0o777,
  });
  try {
    const bytes = ReadableStream.from(chunks(file))
      .pipeThrough(new CompressionStream("gzip"));
    for await (const part of bytes) await writeAll(output, part);
    await output.sync();
    output.close();
    await Deno.rename(fresh, packed);
  } catch (error) {
    try {
      output.close();
    } catch {
      // It is closed already.
    }
    await Deno.remove(fresh).catch(() => {});
    throw error;
  }
}

async function* chunks(
  file: Deno.FsFile,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await file.seek(0, Deno.SeekMode.Start);
  for (;;) {
    const bytes = new Uint8Array(CHUNK);
    const count = await file.read(bytes);
    if (count === null) return;
    yield bytes.subarray(0, count);
  }
}
