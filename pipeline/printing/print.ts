import type { SensorEvent } from "../event.ts";
import type { Sink } from "../flow.ts";
import { PRINT_FORMATS, type PrintFormatName } from "./print_formats.ts";
import { printLines, Unprintable } from "./print_lines.ts";
import { say } from "../say.ts";

/** Options of {@linkcode print}. */
export interface PrintOptions {
  /** How an event is written. Default: `"python"`. */
  format?: PrintFormatName;
  /**
   * After it aborts, a stdout that takes nothing (a pager, a stopped terminal)
   * holds up the flow for a second at most. Then the sink returns.
   */
  signal?: AbortSignal;
  /**
   * Whether an error of stdout is one of the flow. Default: false, it is reported
   * on stderr.
   */
  strict?: boolean;
}

/**
 * Returns a sink that prints events on stdout, one a line:
 * `SensorEvent(sensor_id='lux-1', ts=1484535480.613, val=371.6063)`, or in
 * another of {@linkcode PRINT_FORMATS}. It escapes control characters; in CSV
 * only on a terminal, so that a file gets the data as it is.
 *
 * While the disk of stdout is full, lines are left out, and counted at the end.
 * If stdout cannot be written any more (`| head`), the sink returns: as a branch
 * of `tee()` it leaves, and the rest goes on.
 *
 * @example
 * ```ts
 * import { pipe, print } from "../mod.ts";
 *
 * async function* source() {
 *   yield [{ sensor_id: "lux-1", ts: 1484535480.613, val: 371.6063 }];
 * }
 * await pipe(source(), print());
 * ```
 */
export function print(options: PrintOptions = {}): Sink<SensorEvent> {
  return async (flow) => {
    const { format = "python", signal, strict = false } = options;
    const { head, lines } = PRINT_FORMATS[format]();
    const terminal = Deno.stdout.isTerminal();
    try {
      await printLines<SensorEvent>((events) => lines(events, terminal), {
        head,
        signal,
      })(flow);
    } catch (error) {
      // Not an error of the flow, which goes on without it.
      if (strict || !(error instanceof Unprintable)) throw error;
      say(error.message);
    }
  };
}
