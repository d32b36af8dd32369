import { basename, dirname, join } from "node:path";
import { describeLoss } from "./describe_loss.ts";
import { readLedger } from "./ledger.ts";
import { replay } from "./ledger_state.ts";
import { readAt } from "../recording/read_at.ts";

/** Where a ledger and its recording do not agree, or what is missing in both. */
export interface LedgerProblem {
  text: string;
  kind: "ledger problem" | "lost session";
}

/**
 * Looks whether the ledgers beside a recording agree with it, and says where one
 * does not.
 */
export async function checkLedgers(path: string): Promise<LedgerProblem[]> {
  const folder = dirname(path);
  const name = basename(path);
  const problems: LedgerProblem[] = [];
  const add = (text: string, kind: LedgerProblem["kind"] = "ledger problem") =>
    problems.push({ text, kind });
  for await (const { name: ledger } of Deno.readDir(folder)) {
    if (!ledger.endsWith(".ledger")) continue;
    let files, losses;
    try {
      ({ files, losses } = replay(await readLedger(join(folder, ledger))));
    } catch (error) {
      add((error as Error).message);
      continue;
    }
    const logged = files.find((file) => file.name === name);
    if (!logged) continue;
    for (const loss of losses) {
      add(`the broker lost its session: ${describeLoss(loss)}`, "lost session");
    }
    using file = await Deno.open(path);
    const { size } = await file.stat();
    if (size < logged.offset) {
      add(
        `it is shorter than the ledger ${ledger} says: ${size} bytes, not ${logged.offset}`,
      );
      continue;
    }
    const there = await readAt(file, logged.offset, logged.bytes.length);
    const missing = logged.bytes.length - there.length;
    if (there.some((byte, index) => byte !== logged.bytes[index])) {
      add(
        `what follows byte ${logged.offset} is not what the ledger ${ledger} says; the next start of its recording puts that into ${name}.recovered`,
      );
    } else if (missing > 0) {
      add(
        `its last ${missing} bytes are in the ledger ${ledger} only; the next start of its recording completes them`,
      );
    }
  }
  return problems;
}
