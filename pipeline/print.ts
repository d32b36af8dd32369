import type { SensorEvent } from "./event.ts";
import type { Sink } from "./flow.ts";
import { createRowFormat, HEADER } from "./recording/rows.ts";
import { escape, jsonLine, repr } from "./text.ts";
import { writeAll } from "./write.ts";

/** Options of {@linkcode print}. */
export interface PrintOptions {
  /** How an event is written, one a line. Default: `"python"`. */
  format?: "python" | "json" | "csv";
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
    const { format = "python" } = options;
    const encoder = new TextEncoder();
    let unwritten: unknown;
    const write = async (text: string) => {
      try {
        await writeAll(Deno.stdout, encoder.encode(text));
      } catch (error) {
        throw unwritten = error;
      }
    };
    const lines = format === "csv"
      ? csvLines()
      : format === "json"
      ? (events: readonly SensorEvent[]) => events.map(json).join("")
      : (events: readonly SensorEvent[]) => events.map(python).join("");
    try {
      if (format === "csv") await write(HEADER);
      for await (const batch of flow) await write(lines(batch));
    } catch (error) {
      if (error !== unwritten) throw error;
      // A reader that has seen enough is nothing to tell of.
      if (unwritten instanceof Deno.errors.BrokenPipe) return;
      console.error(`Nothing more is printed: ${(error as Error).message}`);
    }
  };
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
  const rows = createRowFormat();
  if (!Deno.stdout.isTerminal()) return rows;
  return (events) =>
    events.map((event) => escape(rows([event]).slice(0, -2)) + "\r\n").join("");
}
