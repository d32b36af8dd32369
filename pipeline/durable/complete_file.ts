import { basename, join } from "node:path";
import { refuseIrregular } from "../recording/file_error.ts";
import { formatFor } from "../recording/formats/format_for.ts";
import { formatOfFile } from "../recording/open_at_end.ts";
import { redo } from "../recording/redo.ts";
import { restoreRows } from "../recording/restore_rows.ts";
import type { RowFormat } from "../recording/row_format.ts";
import type { LoggedFile } from "./ledger_state.ts";

const NOTHING = new Uint8Array();

/**
 * The files of a ledger, or else the one at this path, the first of them with what
 * damage has left without a place.
 */
export function withUnplaced(
  files: readonly LoggedFile[],
  path: string,
  unplaced: Uint8Array = NOTHING,
): readonly LoggedFile[] {
  if (unplaced.length === 0) return files;
  const alone = { name: basename(path), offset: 0, bytes: NOTHING };
  const [first = alone, ...others] = files;
  return [{ ...first, unplaced }, ...others];
}

/** Completes a file from a ledger in this folder. */
export async function completeFile(
  { name, offset, bytes, unplaced = NOTHING }: LoggedFile,
  folder: string,
  log: (text: string) => void,
  format?: RowFormat,
): Promise<void> {
  if (bytes.length + unplaced.length === 0) return;
  const path = join(folder, name);
  // Another file than this one is of the format that it says itself.
  const { header } = format ??
    await formatOfFile(path, formatFor(name), () => {});
  await refuseIrregular(path, "write");
  const after = offset + bytes.length;
  for (
    const outcome of [
      await redo(path, offset, bytes, header, { make: true }),
      await restoreRows(path, after, unplaced, header),
    ]
  ) {
    if (outcome) log(`${path} was changed since. ${outcome}`);
  }
}
