const ROOT = new URL("../../", import.meta.url);

/** README, CONTRIBUTING and every page of docs/, by their paths in the checkout. */
export const PAGES: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  ...[...Deno.readDirSync(new URL("docs", ROOT))]
    .map(({ name }) => `docs/${name}`)
    .filter((name) => name.endsWith(".md")).sort(),
];

/** The text of a file of the checkout. */
export function readPage(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}
