import { dirname, join } from "node:path";
import type { SessionSubscription } from "../mqtt/session.ts";
import type { Doubt } from "./doubt.ts";
import type { LedgerState } from "./ledger_state.ts";
import type { OwnLedger } from "./own_ledger.ts";

/** Looks whether a ledger that was opened, or a file, has lost something. */
export async function findDoubts(
  recording: string,
  { ledger, contents, existed }: OwnLedger,
  state: LedgerState,
): Promise<Doubt[]> {
  const time = Date.now();
  if (contents.gap !== undefined) {
    return [{ time, what: "damaged", file: await ledger.keep() }];
  }
  if (contents.entries.length > 0) {
    return await longerFiles(dirname(recording), state);
  }
  const emptied = existed && await sizeOf(recording) > 0;
  return emptied ? [{ time, what: "empty" }] : [];
}

/**
 * The files that are longer than their ledger knows. Rows go to the ledger first,
 * so it has lost some, or somebody has added to the file.
 */
async function longerFiles(
  folder: string,
  { files, rejects, closed }: LedgerState,
): Promise<Doubt[]> {
  // Since it was closed, anybody may have added to them.
  if (closed) return [];
  const doubts: Doubt[] = [];
  // Of a file that was written in several places, the last of them counts.
  const ends = new Map(
    [...files, ...rejects ? [rejects] : []].map((file) => [file.name, file]),
  );
  for (const { name, offset, bytes } of ends.values()) {
    const size = await sizeOf(join(folder, name));
    const more = size - offset - bytes.length;
    if (more <= 0) continue;
    doubts.push({ time: Date.now(), what: "longer", file: name, bytes: more });
  }
  return doubts;
}

/** The size of a file in bytes; 0 if there is none. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch {
    return 0;
  }
}

/** Whether a ledger knows of a session; it may be there without one. */
export function knowsSession({ topics, heard, sure }: LedgerState): boolean {
  return topics.length > 0 || heard > 0 || sure;
}

/**
 * Notices that the broker has a session at the first connection of a ledger that
 * knows of none.
 */
export function noticeUnknown(
  subscription: SessionSubscription,
  add: (doubt: Doubt) => Promise<void>,
): SessionSubscription {
  let first = true;
  let unknown = false;
  return {
    ...subscription,
    connected(present, keeps) {
      unknown ||= first && present;
      first = false;
      subscription.connected(present, keeps);
    },
    async resume() {
      if (unknown) await add({ time: Date.now(), what: "unknown" });
      unknown = false;
      return await subscription.resume();
    },
  };
}
