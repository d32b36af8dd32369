import { Buffer } from "node:buffer";
import { readAt } from "./read_at.ts";
import { redo } from "./redo.ts";

/**
 * Makes sure that a file has rows of which it is only known that they follow
 * others, somewhere after an offset: those that it lacks are added at its end, or
 * go to `FILE.recovered` if it does not end with a whole row.
 *
 * Resolves with a message if bytes went to `FILE.recovered`.
 */
export async function restoreRows(
  path: string,
  after: number,
  rows: Uint8Array,
  header: string,
): Promise<string | undefined> {
  if (rows.length === 0) return undefined;
  const { size, there } = await readTail(path, after);
  if (there.includes(rows)) return undefined;
  for (let row = 0; row < there.length; row = there.indexOf("\n", row) + 1) {
    const rest = there.subarray(row);
    // Its end is the beginning of them.
    if (
      rest.length < rows.length && rest.equals(rows.subarray(0, rest.length))
    ) {
      return await redo(path, size, rows.subarray(rest.length), header);
    }
    if (!rest.includes("\n")) {
      // A row that is torn: nothing may be added to it.
      return await redo(path, size + 1, rows, header);
    }
  }
  return await redo(path, size, rows, header);
}

async function readTail(path: string, after: number) {
  try {
    using file = await Deno.open(path);
    const { size } = await file.stat();
    const length = Math.max(0, size - after);
    return { size, there: Buffer.from(await readAt(file, after, length)) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // It has no place for them, so they go beside it.
    return { size: 1, there: Buffer.alloc(0) };
  }
}
