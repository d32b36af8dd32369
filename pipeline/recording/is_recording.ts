import { fileError, refuseIrregular } from "./file_error.ts";
import { formatFor } from "./formats/format_for.ts";
import { beginsAsRecording } from "./open_at_end.ts";

/**
 * Resolves with whether a file is a recording of the format that its name says,
 * or the torn beginning of one; with `undefined` if there is no such file.
 *
 * @throws {WeirError} if it cannot be read, or is no regular file.
 *
 * @example
 * ```ts
 * import { isRecording } from "../mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".csv" });
 * await Deno.writeTextFile(path, "time,value\r\n");
 * if (await isRecording(path)) throw path;
 * if (await isRecording(`${path}.none`) !== undefined) throw path;
 * ```
 */
export async function isRecording(path: string): Promise<boolean | undefined> {
  try {
    await refuseIrregular(path, "write");
    using file = await Deno.open(path);
    return await beginsAsRecording(file, formatFor(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw fileError(path, error);
  }
}
