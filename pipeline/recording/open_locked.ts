import { WeirError } from "../error.ts";
import { fileError, refuseIrregular } from "./file_error.ts";

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
    throw new WeirError("ERR_WEIR_FILE_IN_USE", inUse, {
      facts: { path, help },
    });
  } catch (error) {
    file?.close();
    throw fileError(path, error);
  }
}
