import type { Reject } from "./event.ts";
import type { Sink } from "./flow.ts";
import { escape } from "./escape.ts";
import { say } from "./say.ts";

/** How many rejects are reported one by one. */
const MAX_REPORTED = 10;

/**
 * Returns a sink that reports rejects on stderr: each of the first ten, with the
 * file in which they are kept, if there is one, and their number at the end.
 *
 * @example
 * ```ts
 * import { reportRejects } from "./mod.ts";
 *
 * async function* source() {
 *   const payload = new TextEncoder().encode("?");
 *   yield [{ time: 1, topic: "stat/x", reason: "not JSON", payload }];
 * }
 * // Rejected a message on stat/x: not JSON. Kept in test.csv.rejects.jsonl
 * await reportRejects("test.csv.rejects.jsonl")(source());
 * ```
 */
export function reportRejects(path?: string): Sink<Reject> {
  const kept = path === undefined ? "" : `. Kept in ${path}`;
  return async (flow) => {
    let count = 0;
    for await (const batch of flow) {
      for (const { topic, reason } of batch) {
        if (++count > MAX_REPORTED) continue;
        say(
          `Rejected a message on ${escape(topic)}: ${escape(reason)}${kept}`,
        );
      }
    }
    if (count > MAX_REPORTED) {
      say(`Rejected ${count} messages in all`);
    }
  };
}
