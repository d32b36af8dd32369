import type { Reject } from "./event.ts";
import type { Sink } from "./flow.ts";
import { createRejectReport } from "./reject_report.ts";
import { say } from "./say.ts";

/**
 * Returns a sink that reports rejects on stderr: the first one of each topic and
 * reason with the beginning of its payload and the file that keeps it, if there
 * is one, another one whenever there are ten times as many, and their number at
 * the end.
 *
 * @example
 * ```ts
 * import { reportRejects } from "./mod.ts";
 *
 * async function* source() {
 *   const payload = new TextEncoder().encode("{ON");
 *   yield [{ time: 1, topic: "stat/x", reason: "not JSON", payload }];
 * }
 * // Rejected a message on stat/x: not JSON: {ON. Kept in test.csv.rejects.jsonl
 * await reportRejects("test.csv.rejects.jsonl")(source());
 * ```
 */
export function reportRejects(path?: string): Sink<Reject> {
  const kept = path === undefined ? "" : `. Kept in ${path}`;
  return async (flow) => {
    const report = createRejectReport();
    let count = 0;
    let told = 0;
    for await (const batch of flow) {
      for (const reject of batch) {
        count++;
        const line = report.add(reject);
        if (line === undefined) continue;
        told++;
        say(line + kept);
      }
    }
    if (count > told) say(`Rejected ${count} messages in all`);
  };
}
