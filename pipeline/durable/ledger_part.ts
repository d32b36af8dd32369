import { dirname, relative, sep as SEPARATOR } from "node:path";
import type { Part } from "./ledger_entry.ts";

/** Where rows belong. */
export interface Place {
  /** Their file. */
  path: string;
  /** At this byte of it. */
  offset: number;
  /** The rows. */
  bytes: Uint8Array;
  /** What the file begins with. */
  header: string;
}

const encoder = new TextEncoder();

/**
 * A place as a ledger in this folder has it, and what the ledger takes for it. If
 * the file has no rows yet, they begin with its header: a loss of power may leave
 * not even that.
 */
export function toPart(
  { path, offset, bytes, header }: Place,
  folder: string,
): { part: Part; logged: Uint8Array[] } {
  const first = encoder.encode(header);
  const isNew = offset <= first.length;
  const logged = isNew ? [first, bytes] : [bytes];
  const length = logged.reduce((sum, { length }) => sum + length, 0);
  const name = nameIn(folder, path);
  return { part: { name, offset: isNew ? 0 : offset, length }, logged };
}

/** The name of a file in a ledger's folder, or below it. */
export function nameIn(folder: string, path: string): string {
  return relative(folder, path).replaceAll(SEPARATOR, "/");
}

/** The folders from the ledger's down to that of a file: each may have been made for it. */
export function foldersOf(path: string, folder: string): string[] {
  const found = [dirname(path)];
  while (found[0] !== folder && found[0] !== dirname(found[0])) {
    found.unshift(dirname(found[0]));
  }
  return found;
}
