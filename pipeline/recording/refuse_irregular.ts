import { WeirError } from "../error.ts";

/**
 * Refuses what is there and is no regular file: a FIFO would hold up whoever
 * opens it, and a device such as `/dev/full` has no end.
 *
 * @throws {WeirError} where it is none, and what the file system throws for a
 * folder.
 *
 * @example
 * ```ts
 * import { refuseIrregular } from "./refuse_irregular.ts";
 *
 * await refuseIrregular(await Deno.makeTempFile(), "write");
 * ```
 */
export async function refuseIrregular(
  path: string,
  verb: "read" | "write",
): Promise<void> {
  let found: Deno.FileInfo;
  try {
    found = await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (found.isDirectory) throw new Deno.errors.IsADirectory();
  if (!found.isFile) {
    throw new WeirError(
      "ERR_WEIR_IRREGULAR",
      `Cannot ${verb} ${path}: ${IRREGULAR[verb]}`,
    );
  }
}

/** What to say of something that is no regular file. */
export const IRREGULAR = {
  read: "it is no regular file. Give the name of a recording.",
  write:
    "it is no regular file. Give the name of one; for CSV on stdout: weir sub --print csv",
};
