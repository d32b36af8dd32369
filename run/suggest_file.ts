import { WeirError } from "../pipeline/error.ts";

/**
 * A name for a new file: `sensor-data-2026-11-22T12-03.csv`, of the time where
 * the terminal is.
 *
 * @throws {WeirError} if the folder cannot be looked into.
 */
export async function suggestFile(
  topic: string,
  ending = ".csv",
): Promise<string> {
  const name = topic.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "")
    .slice(0, 40) || "weir";
  const now = new Date();
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${
    two(now.getDate())
  }`;
  const base = `${name}-${day}T${two(now.getHours())}-${two(now.getMinutes())}`;
  for (let n = 1; n < 100; n++) {
    const file = n === 1 ? base + ending : `${base}-${n}${ending}`;
    if (!await isPermitted(file)) return file;
    try {
      await Deno.stat(file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return file;
      throw new WeirError(
        "ERR_WEIR_FILE",
        `Cannot look for ${file}: ${(error as Error).message}`,
      );
    }
  }
  return base + ending;
}

/**
 * Whether Deno may read and write a file. If it may not, it would ask, in the
 * middle of the screen.
 */
export async function isPermitted(path: string): Promise<boolean> {
  for (const name of ["read", "write"] as const) {
    const { state } = await Deno.permissions.query({ name, path });
    if (state !== "granted") return false;
  }
  return true;
}
