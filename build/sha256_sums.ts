/**
 * The SHA-256 sums of files in a folder, as `sha256sum` writes them and
 * `sha256sum --check` reads them.
 *
 * @throws where a file cannot be read.
 *
 * @example
 * ```ts ignore
 * console.log(await sha256sums("dist", ["weir.exe"])); // 9f86d0…  weir.exe
 * ```
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
