import { dirname } from "node:path";
import { fileError } from "../file_error.ts";

/** Makes the folder of a file, which its name may say. */
export async function makeFolder(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    if (folder !== ".") await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw fileError(path, error);
  }
}
