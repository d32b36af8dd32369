import type { SensorEvent } from "./event.ts";
import type { Sink } from "./flow.ts";
import { printLines, Unprintable } from "./print_lines.ts";
import { csvFormat } from "./recording/formats/csv.ts";
import { escape, jsonLine, repr } from "./escape.ts";

/** Options of {@linkcode print}. */
export interface PrintOptions {
  /** How an event is written, one a line. Default: `"python"`. */
  format?: "python" | "json" | "csv";
  /**
   * When it aborts, a stdout that takes nothing (a pager, a terminal that is
   * stopped) holds the flow up for a second at most: then it returns.
   */
  signal?: AbortSignal;
}

/**
 * Prints events on stdout, one a line:
 * `SensorEvent(sensor_id='lux-1', ts=1484535480.613, val=371.6063)`, or as JSON,
 * or as rows of CSV below their header. Control characters are escaped (in CSV
 * only where stdout is a terminal, so that a file gets the data as it is).
 *
 * Where stdout can no longer be written (`| head`, a full disk), it returns: in a
 * `tee()` the rest goes on without it.
 *
 * @example
 * ```ts
 * import { pipe, print } from "./mod.ts";
 *
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 1484535480.613, val: 371.6063 }];
 * }
 * await pipe(source(), print());
 * ```
 */
export function print(options: PrintOptions = {}): Sink<SensorEvent> {
  return async (flow) => {
    const { format = "python", signal } = options;
    const head = format === "csv" ? csvFormat().header : undefined;
    try {
      await printLines(formatLines(format), { head, signal })(flow);
    } catch (error) {
      // Not an error of the flow, which goes on without it.
      if (!(error instanceof Unprintable)) throw error;
      console.error(error.message);
    }
  };
}

/** How a batch is written, line by line. */
function formatLines(
  format: PrintOptions["format"],
): (events: readonly SensorEvent[]) => string {
  if (format === "csv") return csvLines();
  const line = format === "json" ? json : python;
  return (events) => events.map(line).join("");
}

function python({ sensor_id, ts, val }: SensorEvent): string {
  const value = typeof val === "string"
    ? repr(val)
    : typeof val === "boolean"
    ? (val ? "True" : "False")
    : val;
  return `SensorEvent(sensor_id=${repr(sensor_id)}, ts=${ts}, val=${value})\n`;
}

function json({ sensor_id, ts, val }: SensorEvent): string {
  return jsonLine({ sensor_id, ts, val }) + "\n";
}

function csvLines(): (events: readonly SensorEvent[]) => string {
  const { rows } = csvFormat();
  if (!Deno.stdout.isTerminal()) return rows;
  return (events) =>
    events.map((event) => escape(rows([event]).slice(0, -2)) + "\r\n").join("");
}
