/**
 * The Deno version that a runtime for executables (denort) belongs to: the one
 * in its user agent. Undefined if there is none.
 *
 * @throws if the file cannot be read.
 */
export async function denortVersion(path: string): Promise<string | undefined> {
  const bytes = await Deno.readFile(path);
  const text = new TextDecoder("latin1").decode(bytes);
  return /Deno\/(\d+\.\d+\.\d+)/.exec(text)?.[1];
}
