import type { Reject } from "./event.ts";
import type { Sink } from "./flow.ts";
import { escape } from "./escape.ts";

/** How many rejects are told one by one. */
const MAX_TOLD = 10;

/**
 * Tells rejects on stderr: the first ten each, with the file in which they are
 * kept, if they are; all of them by their number at the end.
 *
 * @example
 * ```ts
 * import { tellRejects } from "./tell_rejects.ts";
 *
 * async function* source() {
 *   const payload = new TextEncoder().encode("?");
 *   yield [{ time: 1, topic: "stat/x", reason: "not JSON", payload }];
 * }
 * // Rejected a message on stat/x: not JSON. Kept in test.csv.rejects.jsonl
 * await tellRejects("test.csv.rejects.jsonl")(source());
 * ```
 */
export function tellRejects(path?: string): Sink<Reject> {
  const kept = path === undefined ? "" : `. Kept in ${path}`;
  return async (flow) => {
    let count = 0;
    for await (const batch of flow) {
      for (const { topic, reason } of batch) {
        if (++count > MAX_TOLD) continue;
        console.error(
          `Rejected a message on ${escape(topic)}: ${escape(reason)}${kept}`,
        );
      }
    }
    if (count > MAX_TOLD) console.error(`Rejected ${count} messages in all`);
  };
}
