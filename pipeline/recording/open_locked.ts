import { sleep } from "../backoff.ts";
import { WeirError } from "../error.ts";
import { fileError, refuseIrregular } from "./file_error.ts";

/**
 * A lock outlives its process, or its closed file, for a moment: a program that
 * is just being started has a copy of the handle. So long it is waited for, in
 * milliseconds.
 */
const PATIENCE = 500;

/**
 * Opens a file for reading and writing, or makes it with this mode, and locks it
 * against another weir. The lock goes when the file is closed, and with the
 * process, however that ends.
 *
 * @throws {WeirError} if it cannot be opened, or, with the text `inUse`, if it is
 * locked.
 */
export async function openLocked(
  path: string,
  mode: number,
  inUse: string,
  help?: string,
): Promise<Deno.FsFile> {
  for (const started = performance.now();;) {
    const file = await tryToLock(path, mode);
    if (file) return file;
    if (performance.now() - started > PATIENCE) {
      throw new WeirError("ERR_WEIR_FILE_IN_USE", inUse, {
        facts: { path, help },
      });
    }
    await sleep(0.02);
  }
}

/** Locks a file that is open. Resolves with whether it could. */
export async function lockSoon(file: Deno.FsFile): Promise<boolean> {
  for (const started = performance.now();;) {
    if (await file.tryLock(true)) return true;
    if (performance.now() - started > PATIENCE) return false;
    await sleep(0.02);
  }
}

async function tryToLock(
  path: string,
  mode: number,
): Promise<Deno.FsFile | undefined> {
  let file: Deno.FsFile | undefined;
  try {
    await refuseIrregular(path, "write");
    file = await Deno.open(path, {
      read: true,
      write: true,
      create: true,
      mode,
    });
    if (await file.tryLock(true)) {
      // Whoever had it may have put another file in its place just now.
      const [here, there] = await Promise.all([file.stat(), Deno.stat(path)]);
      if (here.ino === there.ino) return file;
    }
    file.close();
    return undefined;
  } catch (error) {
    file?.close();
    throw fileError(path, error);
  }
}
