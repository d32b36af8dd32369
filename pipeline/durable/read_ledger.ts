import { Buffer } from "node:buffer";
import { type Entry, readEntry } from "./ledger_entry.ts";

/** What the bytes of a ledger come to. */
export interface LedgerContents {
  /** Its whole entries. */
  entries: Entry[];
  /** Where the first of them that follow each other end. */
  end: number;
  /** A crash has left a part of an entry at the end. */
  torn: boolean;
  /**
   * Bytes were changed: from this entry on, what stood before is not known. A
   * crash tears the last entry only, and no entry is written over.
   */
  gap?: number;
}

/** Entries begin with their length, its CRC and the length of this, as JSON. */
const FACTS = '{"kind":"';
const BEFORE_FACTS = 12;

/** Reads the entries of a ledger, also those after damage. */
export function readEntries(bytes: Uint8Array): LedgerContents {
  const entries: Entry[] = [];
  let at = readOn(bytes, 0, entries);
  const end = at;
  let gap: number | undefined;
  for (let next; (next = nextEntry(bytes, at)) !== undefined;) {
    gap ??= entries.length;
    at = readOn(bytes, next, entries);
  }
  const torn = at < bytes.length;
  // The first entry comes with its file, so it is never torn.
  if (torn && entries.length === 0) gap = 0;
  return { entries, end, torn, ...gap === undefined ? {} : { gap } };
}

/** Reads entries that follow each other, and says where that ends. */
function readOn(bytes: Uint8Array, at: number, entries: Entry[]): number {
  for (let found; (found = readEntry(bytes, at)); at = found.end) {
    entries.push(found.entry);
  }
  return at;
}

/** Where the next whole entry begins after an offset. */
function nextEntry(bytes: Uint8Array, after: number): number | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let facts = after + BEFORE_FACTS;; facts++) {
    facts = buffer.indexOf(FACTS, facts);
    if (facts < 0) return undefined;
    const start = facts - BEFORE_FACTS;
    if (start > after && readEntry(bytes, start)) return start;
  }
}
