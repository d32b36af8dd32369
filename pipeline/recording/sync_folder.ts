import { dirname } from "node:path";

/** Makes sure that a new name in a file's folder outlives a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  // Windows has no way to, and needs none.
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(dirname(path), { read: true });
  await directory.sync();
}
