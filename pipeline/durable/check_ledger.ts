import { basename, dirname, join } from "node:path";
import { readLedger } from "./ledger.ts";
import { replay } from "./ledger_state.ts";
import { readAt } from "../recording/read_at.ts";

/**
 * Looks whether the ledgers beside a recording agree with it, and says where one
 * does not.
 */
export async function checkLedgers(path: string): Promise<string[]> {
  const folder = dirname(path);
  const name = basename(path);
  const problems: string[] = [];
  for await (const { name: ledger } of Deno.readDir(folder)) {
    if (!ledger.endsWith(".ledger")) continue;
    let files;
    try {
      ({ files } = replay(await readLedger(join(folder, ledger))));
    } catch (error) {
      problems.push((error as Error).message);
      continue;
    }
    const logged = files.find((file) => file.name === name);
    if (!logged) continue;
    using file = await Deno.open(path);
    const { size } = await file.stat();
    if (size < logged.offset) {
      problems.push(
        `it is shorter than the ledger ${ledger} says: ${size} bytes, not ${logged.offset}`,
      );
      continue;
    }
    const there = await readAt(file, logged.offset, logged.bytes.length);
    const missing = logged.bytes.length - there.length;
    if (there.some((byte, index) => byte !== logged.bytes[index])) {
      problems.push(
        `what follows byte ${logged.offset} is not what the ledger ${ledger} says; the next start of its recording puts that into ${name}.recovered`,
      );
    } else if (missing > 0) {
      problems.push(
        `its last ${missing} bytes are in the ledger ${ledger} only; the next start of its recording completes them`,
      );
    }
  }
  return problems;
}
