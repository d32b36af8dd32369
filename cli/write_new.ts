import { createNew } from "../pipeline/create_new.ts";
import { WeirError } from "../pipeline/error.ts";
import { fileError } from "../pipeline/recording/file_error.ts";
import { writeAll } from "../pipeline/write_all.ts";

/**
 * Writes a file that is not there yet. One that is not whole is removed.
 *
 * @throws {WeirError} if it is there, or cannot be written.
 */
export async function writeNew(
  path: string,
  make: () => Promise<string | Uint8Array>,
): Promise<void> {
  // It is made first, so that nobody waits for what cannot be written.
  const file = await createNew(path);
  try {
    const made = await make();
    const bytes = typeof made === "string"
      ? new TextEncoder().encode(made)
      : made;
    await writeAll(file, bytes);
    await file.sync();
    file.close();
  } catch (error) {
    try {
      file.close();
    } catch {
      // It is closed already.
    }
    await Deno.remove(path);
    throw isFromDisk(error) ? fileError(path, error) : error;
  }
}

const isFromDisk = (error: unknown) =>
  typeof (error as { code?: unknown })?.code === "string" &&
  !(error instanceof WeirError);
