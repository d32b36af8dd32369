import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";
import { globToRegExp, isGlob } from "./glob.ts";

/** What stands beside a recording and is none. */
const BESIDE =
  /\.(rejects\.jsonl|marks\.csv|torn|recovered|repaired|ledger|gz\.new)$/;

/**
 * Returns the paths of recordings: those that are named, and those that a
 * pattern (`lab-*.csv*`) names, in the order of their names. What weir writes
 * beside a recording, such as its rejects, is left out of a pattern. So is the
 * compressed copy of a file that is named too, if it holds the same; `onCopy`
 * takes its path.
 *
 * @throws {WeirError} `ERR_WEIR_FILE` if a pattern matches nothing.
 *
 * @example
 * ```ts
 * import { findRecordings } from "../mod.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/lab-1.csv`, "");
 * await Deno.writeTextFile(`${folder}/lab-1.csv.rejects.jsonl`, "");
 * const [path, ...more] = await findRecordings([`${folder}/lab-*`]);
 * if (path !== `${folder}/lab-1.csv` || more.length > 0) throw path;
 * ```
 */
export async function findRecordings(
  patterns: readonly string[],
  { onCopy = () => {} }: { onCopy?: (path: string) => void } = {},
): Promise<string[]> {
  const paths = new Set<string>();
  for (const pattern of patterns) {
    const found = await matchFiles(pattern);
    if (found.length === 0) {
      throw new WeirError(
        "ERR_WEIR_FILE",
        `No file is named like ${escape(pattern)}.`,
        { facts: { path: pattern } },
      );
    }
    for (const path of found) paths.add(path);
  }
  for (const path of paths) {
    if (!paths.has(`${path}.gz`)) continue;
    const { isPackedCopy } = await import("./rotation/gzip_file.ts");
    if (!await isPackedCopy(path)) continue;
    paths.delete(`${path}.gz`);
    onCopy(`${path}.gz`);
  }
  return [...paths];
}

/** The paths of the recordings that a pattern names. */
export async function matchFiles(pattern: string): Promise<string[]> {
  // A file may have a name that is a pattern.
  if (!isGlob(pattern) || await isThere(pattern)) return [pattern];
  let paths = [pattern.startsWith("/") ? "/" : ""];
  const segments = pattern.split("/").filter((segment) => segment !== "");
  for (const [at, segment] of segments.entries()) {
    const isLast = at === segments.length - 1;
    const next: string[] = [];
    for (const path of paths) {
      const names = isGlob(segment) ? await list(path, segment) : [segment];
      next.push(...names.map((name) => path + name + (isLast ? "" : "/")));
    }
    paths = next;
  }
  const found: string[] = [];
  for (const path of paths) {
    if (!BESIDE.test(path) && await isThere(path)) found.push(path);
  }
  return found;
}

const isThere = (path: string) =>
  Deno.stat(path).then(({ isDirectory }) => !isDirectory, () => false);

/** The names in a folder that a pattern matches, in their order. */
async function list(folder: string, pattern: string): Promise<string[]> {
  const match = globToRegExp(pattern, "[^/]");
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder || ".")) {
      if (match.test(name)) names.push(name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    if (error instanceof Deno.errors.NotADirectory) return [];
    throw error;
  }
  return names.sort();
}
