/**
 * The Deno that a runtime for compiled executables (denort) belongs to, as it
 * names itself to web servers; undefined where it does not.
 *
 * @throws where the file cannot be read.
 *
 * @example
 * ```ts ignore
 * console.log(await denortVersion("denort")); // 2.9.6
 * ```
 */
export async function denortVersion(path: string): Promise<string | undefined> {
  const bytes = await Deno.readFile(path);
  const text = new TextDecoder("latin1").decode(bytes);
  return /Deno\/(\d+\.\d+\.\d+)/.exec(text)?.[1];
}
