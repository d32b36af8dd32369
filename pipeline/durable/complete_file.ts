import { join } from "node:path";
import { refuseIrregular } from "../recording/file_error.ts";
import { formatFor } from "../recording/formats/format_for.ts";
import { formatOfFile } from "../recording/open_at_end.ts";
import { redo } from "../recording/redo.ts";
import type { RowFormat } from "../recording/row_format.ts";
import type { LoggedFile } from "./ledger_state.ts";

/** Completes a file from a ledger in this folder. */
export async function completeFile(
  { name, offset, bytes }: LoggedFile,
  folder: string,
  log: (text: string) => void,
  format?: RowFormat,
): Promise<void> {
  if (bytes.length === 0) return;
  const path = join(folder, name);
  // Another file than this one is of the format that it says itself.
  const { header } = format ??
    await formatOfFile(path, formatFor(name), () => {});
  await refuseIrregular(path, "write");
  const outcome = await redo(path, offset, bytes, header, {
    make: true,
  });
  if (outcome) log(`${path} was changed since. ${outcome}`);
}
