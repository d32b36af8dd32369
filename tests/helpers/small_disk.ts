import { run } from "./run.ts";

/** A disk of a few kilobytes, in a folder of its own. */
export interface SmallDisk extends AsyncDisposable {
  /** A path on it. */
  path(name: string): string;
  /** Fills it to the last byte. */
  fill(): Promise<void>;
  /** Makes room again. */
  free(): Promise<void>;
}

/** Mounts a tmpfs of so many kilobytes. */
export async function mountSmallDisk(kilobytes: number): Promise<SmallDisk> {
  const folder = await Deno.makeTempDir({ prefix: "weir-disk-" });
  await run("mount", [
    ...["-t", "tmpfs", "-o", `size=${kilobytes}k`, "weir", folder],
  ]);
  const filler = `${folder}/filler`;
  return {
    path: (name) => `${folder}/${name}`,
    async fill() {
      using file = await Deno.open(filler, { write: true, create: true });
      await file.seek(0, Deno.SeekMode.End);
      const page = new Uint8Array(4096);
      try {
        for (;;) await file.write(page);
      } catch {
        // It is full.
      }
    },
    free: () => Deno.remove(filler),
    async [Symbol.asyncDispose]() {
      // Where a test failed, somebody may still have a file open there.
      await run("umount", ["-l", folder]);
      await Deno.remove(folder);
    },
  };
}
