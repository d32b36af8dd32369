/** A folder of one test's own, gone when the test is over. */
export interface Folder extends AsyncDisposable {
  /** A path in it. */
  path(name: string): string;
  /** The text of a file in it. */
  read(name: string): Promise<string>;
}

/** Makes an empty folder. */
export async function makeFolder(): Promise<Folder> {
  const folder = await Deno.makeTempDir({ prefix: "weir-test-" });
  const path = (name: string) => `${folder}/${name}`;
  return {
    path,
    read: (name) => Deno.readTextFile(path(name)),
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
    },
  };
}
