import { grouped } from "./counted.ts";
import { escape } from "./escape.ts";
import type { Reject } from "./event.ts";
import { shorten } from "./shorten.ts";

/** Makes lines of rejects for a person to read, far fewer than there are rejects. */
export interface RejectReport {
  /** Takes a reject. Returns a line if there is something new to say. */
  add(reject: Reject): string | undefined;
}

/** So many topics and reasons are told apart. */
const MAX_KINDS = 100;

/** How many characters of a payload, and of a topic, are shown. */
const PAYLOAD = 40;
const TOPIC = 200;

/**
 * Makes a report of rejects: a line for the first one of each topic and reason,
 * with the beginning of its payload, and another one whenever there are ten times
 * as many. Numbers and quotes in a reason make no other reason of it. Beyond a
 * hundred topics and reasons, all further ones are counted as one.
 *
 * @example
 * ```ts
 * import { createRejectReport } from "./mod.ts";
 *
 * const report = createRejectReport();
 * const payload = new TextEncoder().encode("{ON");
 * const reject = { time: 1, topic: "stat/x", reason: "not JSON", payload };
 * if (report.add(reject) !== "Rejected a message on stat/x: not JSON: {ON") throw report;
 * if (report.add(reject) !== undefined) throw report;
 * ```
 */
export function createRejectReport(): RejectReport {
  const counts = new Map<string, number>();
  return {
    add({ topic, reason, payload }) {
      const on = shorten(topic, TOPIC);
      const kind = `${on}\n${reason.replace(/\d+|"[^"]*"/g, "…")}`;
      const known = counts.has(kind) || counts.size < MAX_KINDS;
      const key = known ? kind : "";
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (!isPowerOfTen(count)) return undefined;
      const what = count === 1 ? "a message" : `${grouped(count)} messages`;
      const where = known
        ? escape(on)
        : "further topics or for further reasons";
      const why = known ? escape(shorten(reason, TOPIC)) : "the last one";
      return `Rejected ${what} on ${where}: ${why}: ${beginning(payload)}`;
    },
  };
}

function isPowerOfTen(count: number): boolean {
  while (count % 10 === 0) count /= 10;
  return count === 1;
}

/** The first characters of a payload, fit for a terminal. */
function beginning(payload: Uint8Array): string {
  const text = new TextDecoder().decode(payload.subarray(0, 4 * PAYLOAD + 4));
  const characters = Array.from(text);
  const start = escape(characters.slice(0, PAYLOAD).join(""));
  return characters.length > PAYLOAD ? `${start}…` : start;
}
