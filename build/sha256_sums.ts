/**
 * The SHA-256 sums of files in a folder, in the format of `sha256sum`.
 *
 * @throws if a file cannot be read.
 */
export async function sha256sums(
  folder: string,
  names: readonly string[],
): Promise<string> {
  let sums = "";
  for (const name of names) {
    const bytes = await Deno.readFile(`${folder}/${name}`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    sums += `${digest.toHex()}  ${name}\n`;
  }
  return sums;
}
