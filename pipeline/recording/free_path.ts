import { extname } from "node:path";

/**
 * Resolves with a path beside this one at which nothing is yet: `lab-2.csv` for
 * `lab.csv`, or `lab-3.csv`.
 */
export async function freePath(path: string): Promise<string> {
  const end = extname(path);
  const name = end === "" ? path : path.slice(0, -end.length);
  for (let number = 2;; number++) {
    const next = `${name}-${number}${end}`;
    try {
      await Deno.lstat(next);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return next;
      throw error;
    }
  }
}
