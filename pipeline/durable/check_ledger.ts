import {
  basename,
  dirname,
  join,
  relative,
  resolve,
  sep as SEPARATOR,
} from "node:path";
import { describeLoss } from "./describe_loss.ts";
import { counted } from "../counted.ts";
import { describeDoubt } from "./doubt.ts";
import { readLedger } from "./ledger.ts";
import { type LoggedFile, replay } from "./ledger_state.ts";
import { sizeOf } from "./notice_doubts.ts";
import { readAt } from "../recording/read_at.ts";

/** Where a ledger and its recording do not agree, or what is missing in both. */
export interface LedgerProblem {
  text: string;
  kind: "ledger problem" | "lost session" | "doubt";
}

/**
 * Looks whether the ledgers beside a recording agree with it, and says where one
 * does not.
 */
export async function checkLedgers(path: string): Promise<LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  const add = (text: string, kind: LedgerProblem["kind"] = "ledger problem") =>
    problems.push({ text, kind });
  for await (const ledger of findLedgers(dirname(path))) {
    // What is added while this is read is in the ledger first.
    const size = await sizeOf(path);
    const contents = await readLedger(ledger);
    const state = replay(contents.entries, contents);
    const { files, rejects, losses, doubts, doubled, closed } = state;
    const name = relative(dirname(ledger), path).replaceAll(SEPARATOR, "/");
    const logged = [...files, rejects].find((file) => file?.name === name);
    if (!logged && !ledger.endsWith(`@${encodeURIComponent(name)}.ledger`)) {
      continue;
    }
    for (const doubt of doubts) add(describeDoubt(doubt));
    if (doubled.count > 0) {
      add(
        `${counted(doubled.count, "message")} of ${
          basename(ledger)
        } may have been recorded twice: the broker sent them so that nothing tells whether they came before`,
        "doubt",
      );
    }
    if (contents.gap !== undefined) {
      add(
        `the ledger ${
          basename(ledger)
        } is damaged; the next start of its recording keeps a copy and goes on`,
      );
      continue;
    }
    if (contents.entries.length === 0) {
      add(`the ledger ${basename(ledger)} is empty`);
    }
    if (!logged) continue;
    const more = size - logged.offset - logged.bytes.length;
    if (more > 0 && !closed) {
      add(
        `it is ${more} bytes longer than the ledger ${
          basename(ledger)
        } says: if nobody added them, the broker may send their messages again`,
      );
    }
    for (const loss of losses) {
      add(`the broker lost its session: ${describeLoss(loss)}`, "lost session");
    }
    const problem = await compare(path, logged, basename(ledger));
    if (problem !== undefined) add(problem);
  }
  return problems;
}

/** Where the ledger and the file do not agree. */
async function compare(
  path: string,
  { offset, bytes }: LoggedFile,
  ledger: string,
): Promise<string | undefined> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  if (size < offset) {
    return `it is shorter than the ledger ${ledger} says: ${size} bytes, not ${offset}`;
  }
  const there = await readAt(file, offset, bytes.length);
  if (there.some((byte, index) => byte !== bytes[index])) {
    return `what follows byte ${offset} is not what the ledger ${ledger} says; the next start of its recording puts that into ${
      basename(path)
    }.recovered`;
  }
  const missing = bytes.length - there.length;
  if (missing === 0) return undefined;
  return `its last ${missing} bytes are in the ledger ${ledger} only; the next start of its recording completes them`;
}

/** The folders above that may hold the ledger of a pattern: `%Y/%m/%d/lab.csv`. */
const LEVELS = 4;

/** Finds the ledgers in a folder, and in some above it. */
async function* findLedgers(folder: string): AsyncGenerator<string> {
  for (let level = 0; level <= LEVELS; level++) {
    try {
      for await (const { name } of Deno.readDir(folder)) {
        if (name.endsWith(".ledger")) yield join(folder, name);
      }
    } catch (error) {
      // What is above may be nobody's business.
      if (level === 0) throw error;
      return;
    }
    const above = resolve(folder, "..");
    if (above === resolve(folder)) return;
    folder = above;
  }
}
