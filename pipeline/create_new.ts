import { WeirError } from "./error.ts";
import { escape } from "./escape.ts";
import { fileError } from "./recording/file_error.ts";

/**
 * Makes a file that is not there yet, and opens it to be written.
 *
 * @throws {WeirError} `ERR_WEIR_FILE_EXISTS` if it is there.
 *
 * @example
 * ```ts
 * import { createNew, WeirError } from "./mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/report.html`;
 * using file = await createNew(path);
 * const again = await createNew(path).catch((error: WeirError) => error.code);
 * if (again !== "ERR_WEIR_FILE_EXISTS") throw again;
 * ```
 */
export async function createNew(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true, mode: 0o644 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new WeirError(
        "ERR_WEIR_FILE_EXISTS",
        `${escape(path)} is there already. Move it away first.`,
        { facts: { path } },
      );
    }
    throw fileError(path, error);
  }
}
